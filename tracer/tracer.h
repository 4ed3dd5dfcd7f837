/* The tracer: watches a command and everything it starts, and makes facts of what they ask of the kernel.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_H
#define PINHOLE_TRACER_H

#include <stdbool.h>

#include "../policies/base/error.h"
#include "../policies/profile.h"

enum record_mode {
	RECORD_EXACT, /* a filter whose only answer is RET_TRACE: one stop a call (seccomp(2)) */
	RECORD_PLAIN, /* PTRACE_SYSCALL: two stops a call; the tracee sees no filter (ptrace(2)) */
};

struct record_options {
	enum record_mode mode;
	const char *label; /* or NULL */
};

/* Whether programs and the phase `load` can be told: that takes the /proc of this PID namespace. */
bool tracer_sees_programs(void);

/* Runs a command (argv[0] is looked up in PATH as execvp(3) does) and follows its whole tree until the last process
 * of it has ended. What was seen is added to `p` as one run. *status is the command's own wait status
 * (waitpid(2)). The tracees die with the tracer (PTRACE_O_EXITKILL, Linux 3.8). Returns 0, ERR_INPUT where the
 * command can't be run, ERR_SYSTEM where tracing is not permitted (the text says what to do), or another negative
 * code; after a failure the tree is gone and `p` is to be thrown away. SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and
 * SIGUSR2 are blocked then, so that the caller can save the profile first. */
int tracer_record(const struct record_options *options, char *const argv[], struct profile *p, int *status,
		  struct error *e);

#endif
