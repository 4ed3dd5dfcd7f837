/* What a stop means, given the state of its thread, and what to do about it. Pure: no ptrace calls.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_EVENT_H
#define PINHOLE_TRACER_PTRACE_EVENT_H

#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/tracee.h"

enum event {
	EVENT_END,	 /* the thread is gone: its call will not return; forget the thread */
	EVENT_ENDING,	 /* it is about to end: detach it, so that it ends without a tracer (but keep our own child) */
	EVENT_STRANGER,	 /* its process is unknown: keep it stopped (THREAD_UNKNOWN) */
	EVENT_INJECTION, /* it makes calls for pinhole: take the injection's next step */
	EVENT_CALL,	 /* a call begins: tell the watcher; the previous call has ended */
	EVENT_SAME_CALL, /* the filter's stop of a call that already had its entry stop: continue */
	EVENT_RETURN,	 /* a call ends: undo changes to it; restart it, or tell the watcher its result */
	EVENT_CHILD,	 /* it made a thread or process: note its process */
	EVENT_EXEC,	 /* it runs a new program, and its process has no other thread now */
	EVENT_SIGNAL, /* a signal is about to be delivered: deliver it, unless it was meant for us or for the recorder
		       */
	EVENT_GROUP,  /* a stopping signal took effect: let the thread stay stopped */
	EVENT_OTHER,  /* a thread's first stop, one caused by our interruption, or nothing of interest: continue */
};

/* `op`: from PTRACE_GET_SYSCALL_INFO (ptrace(2)) at the stops STOP_SYSCALL and STOP_SECCOMP; or -1:
 * not requested, or refused because the thread was killed meanwhile. A call with both stops has its
 * entry stop first, then the filter's (Linux 4.8). */
enum event event_classify(enum thread_state state, enum stop_kind stop, int op);

#endif
