/* A wait status → what kind of stop it is. Pure: no ptrace calls. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_STOP_H
#define PINHOLE_TRACER_PTRACE_STOP_H

#include <stdbool.h>

enum stop_kind {
	STOP_ENDED,   /* exited or killed; the tracee is gone: forget it */
	STOP_SYSCALL, /* entry or exit of a call under PTRACE_SYSCALL: PTRACE_GET_SYSCALL_INFO tells which */
	STOP_SECCOMP, /* the filter answered RET_TRACE: count the call, continue */
	STOP_CHILD,   /* fork, vfork or clone made a tracee, PTRACE_GETEVENTMSG tells its id: adopt it, continue */
	STOP_EXEC,    /* a new image, before its first instruction: the process starts anew, continue */
	STOP_EXIT,    /* the thread is about to end (PTRACE_O_TRACEEXIT): let go of it */
	STOP_TRAP,    /* a SEIZEd tracee's first stop, or the end of a group-stop: continue without a signal */
	STOP_GROUP,   /* a stopping signal took effect: PTRACE_LISTEN, so that it stays stopped until SIGCONT */
	STOP_SIGNAL,  /* a signal is about to be delivered: continue with it */
	STOP_OTHER,   /* an event that was not asked for: continue */
};

struct stop {
	enum stop_kind kind;
	int signal; /* of STOP_SIGNAL and STOP_GROUP */
	bool vfork; /* of STOP_CHILD: the new process has its maker's memory, and that waits, until exec or its end */
};

/* Classifies what waitpid(2) reported for a tracee that was attached with PTRACE_SEIZE and PTRACE_O_TRACESYSGOOD
 * (ptrace(2), "Stopped states"). */
struct stop stop_classify(int status);

#endif
