/* What /proc says of a thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_PROC_H
#define PINHOLE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether /proc is there and names threads by the ids that they have here. In a new PID namespace the old /proc is
 * mounted until somebody mounts a new one (pid_namespaces(7)): then its /proc/TID is another's. */
bool proc_usable(void);

/* A number of /proc/TID/status, in that base; 0 where it can't be had. */
uint64_t proc_status(pid_t tid, const char *field, int base);

/* The letter of the State line there, or 0. */
char proc_state(pid_t tid);

/* Whether a thread's program lies on a FUSE file system. Who serves that may be a tracee that waits for us, so that
 * neither the file nor its pages in memory can be touched. Told without asking the server. */
bool proc_program_on_fuse(pid_t tid);

#endif
