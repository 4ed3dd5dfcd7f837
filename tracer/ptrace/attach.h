/* Attaching to running processes, and leaving them as they were. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_ATTACH_H
#define PINHOLE_TRACER_PTRACE_ATTACH_H

#include "policies/base/error.h"
#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/tracee.h"

/* The options of PTRACE_SEIZE for all tracees. Launched ones have PTRACE_O_EXITKILL too. */
extern const long attach_options;

/* PTRACE_SEIZE of a thread has failed with that errno value: if the thread itself is the reason (it is gone, traced
 * already, of the kernel, …), fills *e, which says what to do, and returns a negative code. Returns 0 if the reason is
 * another one. */
int attach_obstacle(pid_t tid, int number, struct error *e);

/* Attaches to all threads of n processes (each given by the id of any of its threads) and of their descendants, and
 * adds them to the table: in phase `main`, followed with PTRACE_SYSCALL. Installs no filter. Returns 0; ERR_INPUT where
 * a process is not there or is a thread of the kernel; ERR_SYSTEM where tracing it is not permitted; or ERR_MEMORY.
 * After a failure attach_end leaves those that were attached. */
int attach_start(struct tracee_table *t, const pid_t *pids, size_t n, struct error *e);

/* In milliseconds: how often attach_hear looks. */
enum { ATTACH_HEARING = 10 };

/* Interrupts the threads that were attached to and not interrupted, as they were deaf (proc_is_deaf), once they are so no more.
 * An interruption would wait for the end of the wait, and meanwhile no signal but SIGKILL would end it, even after the thread has
 * been left: the kernel wakes nobody for whom something waits already (wants_signal, kernel/signal.c). */
void attach_hear(struct tracee_table *t);

/* At a stop of a tracee: it is not deaf any more. */
void attach_heard(struct tracee_table *t, struct tracee *tracee);

/* At a stop of a tracee: leaves it as it would be without us, or lets it go on to a stop at which it can be left. A
 * thread whose leader has not been left yet stays at its stop (THREAD_LEAVING). */
void attach_leave(struct tracee_table *t, struct tracee *tracee, struct stop stop);

/* Leaves the threads that need not wait for their leader any more: it has been left, has ended, or waits in vfork. */
void attach_leave_waiting(struct tracee_table *t);

/* Leaves all tracees. A process that job control has stopped stays stopped; a signal that was about to be delivered is
 * delivered. A thread that does not stop soon, such as a parent in vfork, is left by the kernel when this process ends.
 * The table is empty afterwards. */
void attach_end(struct tracee_table *t);

#endif
