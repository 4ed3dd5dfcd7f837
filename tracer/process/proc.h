/* What /proc says about a thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_PROC_H
#define PINHOLE_TRACER_PROCESS_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "tracer/process/proc_text.h"

/* Returns whether /proc is mounted and of this PID namespace. A new PID namespace has the old /proc until somebody
 * mounts another (pid_namespaces(7)): then /proc/TID is another thread. */
bool proc_usable(void);

/* Returns a number of /proc/TID/status, written in that base. `field`: the name at the line's beginning, with its
 * colon. 0 where it cannot be read. */
uint64_t proc_status(pid_t tid, const char *field, int base);

/* Returns the letter of the line "State:" there, or 0. */
char proc_state(pid_t tid);

/* Returns the time that a thread has spent in the kernel, in ticks of the clock (sysconf(3), _SC_CLK_TCK); 0 where /proc does not
 * tell. */
uint64_t proc_system_time(pid_t tgid, pid_t tid);

/* Returns whether a thread's process is the first one of a PID namespace. */
bool proc_is_first(pid_t tid);

/* Returns whether a thread waits in the kernel where a signal, or PTRACE_INTERRUPT, does not wake it, or only does harm. */
bool proc_is_deaf(pid_t tid);

/* Returns whether a device is a FUSE file system, by the mounts that a thread sees. Its server may be a tracee that
 * waits for us, so that reading its files, or their pages in memory, may deadlock. Where there is no memory to find
 * out, returns true. */
bool proc_is_fuse(pid_t tid, unsigned major, unsigned minor);

/* Fills *st with the file that a link of /proc leads to, without asking a FUSE server: with AT_STATX_DONT_SYNC the
 * kernel answers from its cache (statx(2), Linux 5.0). Returns false where it cannot. */
bool proc_stat(const char *link, struct statx *st);

/* Returns whether the memory of a thread's program can be read without waiting for anyone. false where /proc does not
 * tell which file the program is, or where that is on a FUSE file system. */
bool proc_program_is_readable(pid_t tid);

/* Returns whether a process id means the same to a thread as here: it has our PID namespace. Where /proc does not tell, it has. */
bool proc_has_our_ids(pid_t tid);

/* Reads where a thread waits at a call, and with which arguments. Returns false where it does not wait, or /proc does not tell
 * (CONFIG_HAVE_ARCH_TRACEHOOK; ptrace's access mode). */
bool proc_waiting(pid_t tid, struct proc_waiting *out);

/* Returns whether a descriptor of a thread stands for that process: a pidfd, or its folder of /proc (pidfd_send_signal(2)). */
bool proc_descriptor_is_process(pid_t tid, int fd, pid_t pid);

#endif
