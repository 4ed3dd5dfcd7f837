/* Tightening a program at points that it reaches while it runs: its entry point, the first call of a phase.
 * SPDX-License-Identifier: MIT
 *
 * The command is the process that asked for it, so that waiting, signals and job control are as ever. A helper, which
 * is nobody's child that anyone knows, traces it and all that it starts, has each process install the filters that are
 * due (inject.h), and lets go of a process once it has them all. Until then the processes die with the helper
 * (PTRACE_O_EXITKILL): none goes on without its filter. */
#ifndef PINHOLE_TRACER_DEPLOY_H
#define PINHOLE_TRACER_DEPLOY_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/tracer.h"

struct deployment {
	const struct watch_filter *first; /* for every process that has reached its entry point */
	bool installed;			  /* by whoever called deploy_start, before its execve; else by the helper */
	const struct watch_filter *last;  /* at the first call `phase_at` since the entry point; or NULL */
	const char *phase_at;
};

/* Whether the kernel takes that filter from this process, which stays as it is. no_new_privs must be set. Returns 0 or
 * ERR_SYSTEM. */
int deploy_try(const struct watch_filter *filter, struct error *e);

/* Starts the helper. On success it traces this process, which is to go on to execve(2) and has no child and no
 * descriptor more than before (but those that its exec closes). What goes wrong later the helper says on the program's
 * standard error, and ends it with status 2. Returns 0, or ERR_SYSTEM where that is not permitted (the text says what
 * to do). */
int deploy_start(const struct deployment *d, struct error *e);

#endif
