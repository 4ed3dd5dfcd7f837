/* Starting a command as a tracee. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_LAUNCH_H
#define PINHOLE_TRACER_PTRACE_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/tracer.h"

struct launch {
	pid_t pid;
	int go;     /* the end to write to: a byte lets the child go on */
	int report; /* the end to read from: the child writes a report if a step fails */
};

/* Forks a child and attaches to it with PTRACE_SEIZE. The child waits for launch_go; then it installs the filter, if
 * there is one, and executes the command. It sets no_new_privs only where the filter needs that (seccomp(2)). If it may
 * not install the filter, it ends; in mode quiet it goes on without one. Before that it calls options->prepare, if there is one. Returns 0, ERR_SYSTEM where tracing is not
 * permitted, or another negative code; after a failure there is no child, and nothing to close. */
int launch_start(struct launch *l, char *const argv[], const struct watch_filter *filter,
		 const struct record_options *options, struct error *e);

/* Once the child has executed the command: returns why it has no filter (an errno value), or 0: it has it, or there was
 * none. */
int launch_unfiltered(struct launch *l);

/* Lets the child go on to the command. Returns 0 or ERR_SYSTEM. */
int launch_go(struct launch *l, struct error *e);

/* After the child has ended without executing the command: fills *e with the reason. Returns a negative code. */
int launch_failed(struct launch *l, const char *command, struct error *e);

void launch_close(struct launch *l);

#endif
