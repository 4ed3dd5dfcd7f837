/* Starting a command as a tracee. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_LAUNCH_H
#define PINHOLE_TRACER_PTRACE_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/tracer.h"

struct launch {
	pid_t pid;
	int go;     /* write end: a byte lets the child go */
	int report; /* read end: the child says here why it could not exec */
};

/* Forks a child and attaches to it with PTRACE_SEIZE. It waits for launch_go; then it goes to execve(2). Before that it
 * installs the filter, if there is one (with no_new_privs only where that is needed, seccomp(2)). Where it must not,
 * that is the end of it, but with `optional` it goes on without. Returns 0 or a negative code. */
int launch_start(struct launch *l, char *const argv[], const struct watch_filter *filter, bool optional,
		 struct error *e);

/* Once the child has executed the command: whether it went on without its filter; why (an errno value), or 0. */
int launch_unfiltered(struct launch *l);

/* Lets the child go. Returns 0 or ERR_SYSTEM. */
int launch_go(struct launch *l, struct error *e);

/* After the child has ended without an exec: fills *e with the reason. Always a negative code. */
int launch_failed(struct launch *l, const char *command, struct error *e);

void launch_close(struct launch *l);

#endif
