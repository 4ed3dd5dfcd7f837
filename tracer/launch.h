/* Starting a command as a tracee. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_LAUNCH_H
#define PINHOLE_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "../policies/base/error.h"

struct launch {
	pid_t pid;
	int report; /* read end: the child says here why it could not exec */
};

/* Forks a child, attaches to it with PTRACE_SEIZE, and lets it go towards execve(2); with `filter` it installs a
 * filter that answers RET_TRACE to every call first (with no_new_privs only where that is needed, seccomp(2)).
 * Returns 0 or a negative code. */
int launch_start(struct launch *l, char *const argv[], bool filter, struct error *e);

/* After the child has ended without an exec: fills *e with the reason. Always a negative code. */
int launch_failed(struct launch *l, const char *command, struct error *e);

void launch_close(struct launch *l);

#endif
