/* Watching processes that run already, and leaving them as they were. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_ATTACH_H
#define PINHOLE_TRACER_PTRACE_ATTACH_H

#include "policies/base/error.h"
#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/tracee.h"

/* The options of PTRACE_SEIZE for all tracees; those that were launched have PTRACE_O_EXITKILL besides. */
extern const long attach_options;

/* What of a thread itself is in the way of PTRACE_SEIZE, which failed with that errno value: it is not there, traced
 * already, of the kernel, … Returns a negative code with what to do about it, or 0: something else is. */
int attach_obstacle(pid_t tid, int number, struct error *e);

/* Traces all threads of n processes (each given by the id of any of its threads) and of all their descendants, and adds
 * them to the table: in phase main, followed with PTRACE_SYSCALL. No filter is installed. Returns 0; ERR_INPUT where
 * one is not there or is a thread of the kernel, ERR_SYSTEM where tracing it is not permitted, or ERR_MEMORY: then
 * attach_end leaves those that it has. */
int attach_start(struct tracee_table *t, const pid_t *pids, size_t n, struct error *e);

/* A tracee has stopped: leaves it as it would be without us, or lets it go on to a stop at which that can be done. A
 * thread waits at its stop until its leader has been left. */
void attach_leave(struct tracee_table *t, struct tracee *tracee, struct stop stop);

/* Leaves those that wait in vain, or no longer need to: their leader has ended, waits in vfork, or has been left. */
void attach_leave_waiting(struct tracee_table *t);

/* Leaves all tracees: a stopped one stays stopped, a signal on its way is delivered. What does not stop at once, a
 * parent in vfork for one, is left by the kernel when this process ends. The table is empty then. */
void attach_end(struct tracee_table *t);

#endif
