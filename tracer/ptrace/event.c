/* What a stop means, given the state of its thread. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/event.h"

#include <sys/ptrace.h>

static enum event classify_call(enum thread_state state, int op)
{
	if (op < 0)
		return EVENT_OTHER;
	if (op != PTRACE_SYSCALL_INFO_ENTRY && op != PTRACE_SYSCALL_INFO_SECCOMP)
		return EVENT_RETURN;
	return state == THREAD_IN_CALL ? EVENT_SAME_CALL : EVENT_CALL;
}

enum event event_classify(enum thread_state state, enum stop_kind stop, int op)
{
	if (stop == STOP_ENDED)
		return EVENT_END;
	if (state == THREAD_UNKNOWN)
		return EVENT_STRANGER;
	if (stop == STOP_EXIT)
		return EVENT_ENDING;
	if (state == THREAD_INJECTS && stop != STOP_EXEC)
		return EVENT_INJECTION;
	switch (stop) {
	case STOP_SYSCALL:
	case STOP_SECCOMP:
		return classify_call(state, op);
	case STOP_CHILD:
		return EVENT_CHILD;
	case STOP_EXEC:
		return EVENT_EXEC;
	case STOP_SIGNAL:
		return EVENT_SIGNAL;
	case STOP_GROUP:
		return EVENT_GROUP;
	default:
		return EVENT_OTHER;
	}
}
