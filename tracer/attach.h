/* Watching processes that run already, and leaving them as they were. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_ATTACH_H
#define PINHOLE_ATTACH_H

#include "../policies/base/error.h"
#include "stop.h"
#include "tracee.h"

/* The options of PTRACE_SEIZE for all tracees; those that were launched have PTRACE_O_EXITKILL besides. */
extern const long attach_options;

/* What of a thread itself is in the way of PTRACE_SEIZE, which failed with that errno value: it is not there, traced already,
 * of the kernel, … Returns a negative code with what to do about it, or 0: something else is. */
int attach_obstacle(pid_t tid, int number, struct error *e);

/* Traces all threads of n processes (each given by the id of any of its threads) and of all their descendants, and adds
 * them to the table: in phase main, followed with PTRACE_SYSCALL. No filter is installed. Returns 0; ERR_INPUT where one is
 * not there or is a thread of the kernel, ERR_SYSTEM where tracing it is not permitted, or ERR_MEMORY: then attach_end
 * leaves those that it has. */
int attach_start(struct tracee_table *t, const pid_t *pids, size_t n, struct error *e);

/* At a stop that PTRACE_INTERRUPT made (STOP_TRAP, or a call's exit): the call that the tracee was at is made anew, where no
 * handler runs, its time from the beginning. On x86_64; elsewhere this does nothing. */
void attach_restart(pid_t tid);

/* At any stop: the call that attach_restart or attach_resume was to make anew fails with EINTR after all. */
void attach_interrupt(pid_t tid);

/* At such a stop, or a signal's: whether the tracee was at a call that fails with EINTR whatever it was that woke it, or
 * would if it were not to be made anew; and whether that call has a time limit. */
enum interruption { INTERRUPTION_NONE, INTERRUPTION_UNLIMITED, INTERRUPTION_LIMITED } attach_interruption(pid_t tid);

/* At such a stop: so are calls that fail with EINTR when they are stopped, as most are by themselves (signal(7),
 * "Interruption of system calls and library functions by stop signals"). */
void attach_resume(pid_t tid);

/* What a signal does to that tracee's process (signal(7)): nothing, as it is ignored, or is so by default; it stops or
 * continues it; or something else: a handler runs, or it ends. */
enum effect { EFFECT_NONE, EFFECT_STOP, EFFECT_OTHER } attach_effect(pid_t tid, int signal);

/* A tracee has stopped: leaves it as it would be without us, or lets it go on to a stop at which that can be done. A thread
 * waits at its stop until its leader has been left. */
void attach_leave(struct tracee_table *t, struct tracee *tracee, struct stop stop);

/* Leaves those that wait in vain, or no longer need to: their leader has ended, waits in vfork, or has been left. */
void attach_leave_waiting(struct tracee_table *t);

/* Leaves all tracees: a stopped one stays stopped, a signal on its way is delivered. What does not stop at once, a parent in
 * vfork for one, is left by the kernel when this process ends. The table is empty then. */
void attach_end(struct tracee_table *t);

#endif
