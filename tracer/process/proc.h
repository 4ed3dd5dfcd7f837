/* What /proc says of a thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_PROC_H
#define PINHOLE_TRACER_PROCESS_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Whether /proc is there and names threads by the ids that they have here. In a new PID namespace the old /proc is
 * mounted until somebody mounts a new one (pid_namespaces(7)): then its /proc/TID is another's. */
bool proc_usable(void);

/* A number of /proc/TID/status, in that base; 0 where it can't be had. */
uint64_t proc_status(pid_t tid, const char *field, int base);

/* The letter of the State line there, or 0. */
char proc_state(pid_t tid);

/* Whether the file system of that device is a FUSE one, by the mounts that a thread sees. Who serves that may be a
 * tracee that waits for us, so that neither a program there nor its pages in memory can be touched. */
bool proc_is_fuse(pid_t tid, unsigned major, unsigned minor);

/* Fills *st with the file that a link of /proc leads to, without asking a FUSE server: with AT_STATX_DONT_SYNC the
 * kernel answers from its cache (statx(2), Linux 5.0). Returns false where it cannot. */
bool proc_stat(const char *link, struct statx *st);

/* Returns whether the memory of a thread's program can be read without waiting for anyone. false where /proc does not
 * tell which file the program is, or where that is on a FUSE file system. */
bool proc_program_is_readable(pid_t tid);

#endif
