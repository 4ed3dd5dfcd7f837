/* Calls that wait, and that end earlier because their thread is traced. SPDX-License-Identifier: MIT
 *
 * A signal that does nothing is dropped when it is sent, but for who is traced (kernel/signal.c, sig_ignored). So it ends calls
 * that wait, as every stop of ours does. The kernel makes most calls anew by itself; the others are made anew here. A call
 * with a time limit that has passed meanwhile ends as by that. On x86_64: arm64 looks at the result's register before the
 * stop, and nothing can be done there. */
#ifndef PINHOLE_TRACER_PTRACE_WAITS_H
#define PINHOLE_TRACER_PTRACE_WAITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tracee;
struct tracee_table;

enum wait_kind {
	WAIT_NONE,	  /* the thread was at no such call */
	WAIT_INTERRUPTED, /* a call that fails with EINTR whatever woke it (signal(7)), or would if it were not to be made anew */
	WAIT_SLEEP,	  /* one that the kernel goes on with by restart_syscall(2) */
};

struct wait {
	enum wait_kind kind;
	int64_t limit; /* its time limit in nanoseconds; -1: it has none, or an absolute one */
	int result;    /* what it returns when that has passed */
	uint32_t nr;   /* its number */
	bool again;    /* the kernel has gone on with it before, so that the thread is at restart_syscall(2) */
};

/* At a call's exit, or any stop before the thread's next instruction: the call that it was at. Its process's id is `tgid`.
 * `slept`: the number of the sleep that was interrupted last; 0: not known. */
struct wait waits_look(pid_t tid, pid_t tgid, uint32_t slept);
struct wait waits_look_at(const struct tracee *tracee);

/* At such a stop: the call is made anew, where no handler runs, its time from the beginning. At once at a signal's stop or
 * PTRACE_INTERRUPT's; elsewhere after the next stop of any kind: without one the program would get that number as an error. */
void waits_restart(pid_t tid);

/* At such a stop: that call returns this. */
void waits_return(pid_t tid, int result);

/* At such a stop: the call that was to be made anew fails with EINTR after all. */
void waits_interrupt(const struct tracee *tracee);

/* What a signal does to that tracee's process (signal(7)): nothing, as it is ignored, or is so by default; it stops or
 * continues it; or something else: a handler runs, or it ends. */
enum effect { EFFECT_NONE, EFFECT_STOP, EFFECT_OTHER } waits_effect(pid_t tid, int signal);

/* At such a stop, where nothing but the stop itself or a signal that does nothing has ended the call: has it made anew, or end
 * as by its time limit. Sleeps are left to the kernel, but where a filter of the program's own denies restart_syscall(2), or is
 * just being installed: the program would be killed. Returns whether the call is made anew. Then its limit is kept in the
 * table, and its exit is to be told by waits_over. */
bool waits_make_anew(struct tracee_table *t, struct tracee *tracee);

/* At a stop that the kernel may go on from by restart_syscall(2): which call that is for. */
void waits_note(struct tracee *tracee);

/* The call has ended. */
void waits_over(struct tracee_table *t, struct tracee *tracee);

/* Interrupts the calls whose time is up. Returns in how many milliseconds the next one's is, or -1: there is none. */
int64_t waits_end_due(struct tracee_table *t);

#endif
