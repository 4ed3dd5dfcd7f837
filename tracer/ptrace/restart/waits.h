/* Waiting calls that would end early because their thread is traced. SPDX-License-Identifier: MIT
 *
 * The kernel drops a signal that does nothing when it is sent, unless the receiver is traced
 * (kernel/signal.c, sig_ignored). So the signal ends a waiting call of a tracee, as every stop of
 * ours does. The kernel restarts most calls itself; this module restarts the others. A call whose
 * time limit has passed meanwhile ends as if by the limit. On aarch64 that can be done at a call's
 * exit, and at the stop that we made: what a signal does there to a call without an exit stop (mode
 * quiet) is not known. */
#ifndef PINHOLE_TRACER_PTRACE_RESTART_WAITS_H
#define PINHOLE_TRACER_PTRACE_RESTART_WAITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tracer/ptrace/restart/at_call.h"

struct tracee;
struct tracee_table;

enum wait_kind {
	WAIT_NONE,	  /* the thread was not in such a call */
	WAIT_INTERRUPTED, /* a call that fails with EINTR whatever wakes it (signal(7)), unless it is restarted */
	WAIT_SLEEP,	  /* a call that the kernel continues by restart_syscall(2) */
};

struct wait {
	enum wait_kind kind;
	int64_t limit; /* its time limit in nanoseconds; -1: none, or an absolute time */
	int result;    /* its result when that has passed */
	uint32_t nr;   /* its number */
	bool again;    /* the kernel has continued it before: the thread is at restart_syscall(2) */
};

/* At a call's exit, or any stop before the thread's next instruction: returns the call that it was
 * in. The process's id is `tgid`. `slept`: the number of the sleep that was interrupted last; 0:
 * unknown. */
struct wait waits_look(pid_t tid, pid_t tgid, enum at_stop stop, uint32_t slept);
struct wait waits_look_at(const struct tracee *tracee);

/* At such a stop: the call that would be restarted fails with EINTR after all. */
void waits_interrupt(const struct tracee *tracee);

/* The effect of a signal on the tracee's process (signal(7)): nothing, because it is ignored or
 * does nothing by default; it stops or continues the process; or something else: a handler runs, or
 * the process ends. */
enum effect { EFFECT_NONE, EFFECT_STOP, EFFECT_OTHER } waits_effect(pid_t tid, int signal);

/* At such a stop, if only the stop itself or a signal that does nothing ended the call: restarts
 * it, or ends it as by its time limit. Leaves sleeps to the kernel, unless a filter of the program
 * denies restart_syscall(2), or is just being installed: the program would be killed. Returns
 * whether the call is restarted. Its limit is then kept in the table, and waits_over must be called
 * at its exit. */
bool waits_make_anew(struct tracee_table *t, struct tracee *tracee);

/* At a stop after which the kernel may continue by restart_syscall(2): notes which call that
 * continues. */
void waits_note(struct tracee *tracee);

/* Notes that the call has ended. */
void waits_over(struct tracee_table *t, struct tracee *tracee);

/* Interrupts the calls whose time is up. Returns the milliseconds until the next one's is, or -1:
 * there is none. */
int64_t waits_end_due(struct tracee_table *t);

#endif
