/* The kind of a stop, from its wait status. Pure: no ptrace calls. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_STOP_H
#define PINHOLE_TRACER_PTRACE_STOP_H

#include <stdbool.h>

enum stop_kind {
	STOP_ENDED,   /* exited or killed; the tracee is gone: forget it */
	STOP_SYSCALL, /* entry or exit of a call under PTRACE_SYSCALL: PTRACE_GET_SYSCALL_INFO says which */
	STOP_SECCOMP, /* the filter answered RET_TRACE: count the call, continue */
	STOP_CHILD,   /* fork, vfork or clone made a tracee, PTRACE_GETEVENTMSG gives its id: adopt it, continue */
	STOP_EXEC,    /* a new image, before its first instruction: the process starts anew, continue */
	STOP_EXIT,    /* the thread is about to end (PTRACE_O_TRACEEXIT): detach it */
	STOP_TRAP,    /* a SEIZEd tracee's first stop, or the end of a group-stop: continue without a signal */
	STOP_GROUP,   /* a stopping signal took effect: PTRACE_LISTEN, so that it stays stopped until SIGCONT */
	STOP_SIGNAL,  /* a signal is about to be delivered: continue with it */
	STOP_OTHER,   /* an event that was not requested: continue */
};

struct stop {
	enum stop_kind kind;
	int signal; /* for STOP_SIGNAL and STOP_GROUP */
	bool vfork; /* for STOP_CHILD: until exec or its end the new process uses its parent's memory, and the parent
		       waits */
};

/* Classifies what waitpid(2) reported for a tracee that was attached with PTRACE_SEIZE and PTRACE_O_TRACESYSGOOD
 * (ptrace(2), "Stopped states"). */
struct stop stop_classify(int status);

#endif
