/* A stop, in the state that its thread is in → what it means and what to do about it. Pure: no ptrace calls.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_EVENT_H
#define PINHOLE_TRACER_PTRACE_EVENT_H

#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/tracee.h"

enum event {
	EVENT_END,	 /* the thread is gone: a call that it was at will not return; forget the thread */
	EVENT_ENDING,	 /* it is about to end: let go of it, so that it ends without a tracer (but not our own child) */
	EVENT_STRANGER,	 /* nobody has told whose thread it is: keep it stopped (THREAD_UNKNOWN) */
	EVENT_INJECTION, /* it makes calls for pinhole: take the next step of that */
	EVENT_CALL,	 /* a call begins: tell the watcher. The call before has ended, if it has not told so */
	EVENT_SAME_CALL, /* the filter's stop of a call that the watcher was told of at its entry stop: only go on */
	EVENT_RETURN,	 /* a call ends: put back what was changed in it; make it anew, or tell the watcher how it ended */
	EVENT_CHILD,	 /* it made a thread or process: say whose that is */
	EVENT_EXEC,	 /* it runs a new program, and its process has no other thread now */
	EVENT_SIGNAL,	 /* a signal is about to be delivered: deliver it, unless it was meant for us or for the recorder */
	EVENT_GROUP,	 /* a stopping signal took effect: let the thread stay stopped */
	EVENT_OTHER,	 /* a thread's first stop, or one that an interruption of ours made, or nothing of interest: only go on */
};

/* `op`: of PTRACE_GET_SYSCALL_INFO (ptrace(2)) at the stops STOP_SYSCALL and STOP_SECCOMP; or -1: not asked for, or
 * refused, as the thread was killed meanwhile. A call that stops at its entry and at the filter does so in this order
 * (Linux 4.8). */
enum event event_classify(enum thread_state state, enum stop_kind stop, int op);

#endif
