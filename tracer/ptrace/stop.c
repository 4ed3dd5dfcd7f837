/* The kind of a stop, from its wait status. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/stop.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

struct stop stop_classify(int status)
{
	if (!WIFSTOPPED(status))
		return (struct stop){.kind = STOP_ENDED};
	int signal = WSTOPSIG(status);
	switch ((unsigned)status >> 16) {
	case 0:
		if (signal == (SIGTRAP | 0x80))
			return (struct stop){.kind = STOP_SYSCALL};
		return (struct stop){.kind = STOP_SIGNAL, .signal = signal};
	case PTRACE_EVENT_SECCOMP:
		return (struct stop){.kind = STOP_SECCOMP};
	case PTRACE_EVENT_VFORK:
		return (struct stop){.kind = STOP_CHILD, .vfork = true};
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_CLONE:
		return (struct stop){.kind = STOP_CHILD};
	case PTRACE_EVENT_EXEC:
		return (struct stop){.kind = STOP_EXEC};
	case PTRACE_EVENT_EXIT:
		return (struct stop){.kind = STOP_EXIT};
	case PTRACE_EVENT_STOP:
		if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)
			return (struct stop){.kind = STOP_GROUP, .signal = signal};
		return (struct stop){.kind = STOP_TRAP};
	default:
		return (struct stop){.kind = STOP_OTHER};
	}
}
