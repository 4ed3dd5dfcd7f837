/* A wait status → what kind of stop it is. SPDX-License-Identifier: MIT */
#include "stop.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

struct stop stop_classify(int status)
{
	if (!WIFSTOPPED(status))
		return (struct stop){STOP_ENDED, 0};
	int signal = WSTOPSIG(status);
	switch ((unsigned)status >> 16) {
	case 0:
		if (signal == (SIGTRAP | 0x80))
			return (struct stop){STOP_SYSCALL, 0};
		return (struct stop){STOP_SIGNAL, signal};
	case PTRACE_EVENT_SECCOMP:
		return (struct stop){STOP_SECCOMP, 0};
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		return (struct stop){STOP_CHILD, 0};
	case PTRACE_EVENT_EXEC:
		return (struct stop){STOP_EXEC, 0};
	case PTRACE_EVENT_STOP:
		if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)
			return (struct stop){STOP_GROUP, signal};
		return (struct stop){STOP_TRAP, 0};
	default:
		return (struct stop){STOP_OTHER, 0};
	}
}
