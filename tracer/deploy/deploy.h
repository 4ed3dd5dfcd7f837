/* Giving a program its filters while it runs: at its entry point, and at the first call of a phase.
 * SPDX-License-Identifier: MIT
 *
 * This process becomes the command, so that waiting, signals and job control work as without pinhole. A helper process,
 * which is no child of the command, traces the command and everything that it starts. The helper has each process
 * install the filters that are due (inject.h), and leaves a process once it has all of them. Until then the processes
 * die with the helper (PTRACE_O_EXITKILL): none goes on without its filter. */
#ifndef PINHOLE_TRACER_DEPLOY_H
#define PINHOLE_TRACER_DEPLOY_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/tracer.h"

struct deployment {
	const struct watch_filter *first; /* for every process that has reached its entry point */
	bool installed;			  /* the caller of deploy_start installs it before its execve; else the helper does */
	const struct watch_filter *last;  /* for every process that makes the call `phase_at` after its entry point; or NULL */
	const char *phase_at; /* the name of a call; of `last` */
};

/* Tries whether the kernel accepts a filter from this process, in a child; this process stays as it is. no_new_privs
 * must be set. Returns 0 or ERR_SYSTEM. */
int deploy_try(const struct watch_filter *filter, struct error *e);

/* Starts the helper, which then traces this process. The caller must go on to execve(2); it has no new child, and no
 * new descriptors that outlive the exec. If something fails later, the helper says so on the program's standard error
 * and ends the program with status 2. Returns 0, or ERR_SYSTEM where tracing is not permitted (the text says what to
 * do). */
int deploy_start(const struct deployment *d, struct error *e);

#endif
