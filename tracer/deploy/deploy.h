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
#include "tracer/ptrace/stop.h"
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

/* tighten.c: the loop's part. -------------------------------------------------------------------------------- */

struct recorder;
struct tracee;
struct process;
struct call;

/* At a call's entry stop: begins to install the filter that is due, if one is. */
void deploy_call(struct recorder *r, struct tracee *tracee, const struct call *call, const char *name);

/* At a stop of a tracee that is installing one. */
void deploy_injected(struct recorder *r, struct tracee *tracee, struct stop stop);

/* At an exec stop, before anything is changed for it, and at the end of a thread that was to install one: another thread of
 * the process may go on without that. */
void deploy_abandoned(struct process *process);

/* A process was made: what it has of its maker's filters. */
void deploy_inherit(struct process *process, const struct process *parent);

/* A process whose maker is not known will not go on. */
void deploy_drop(pid_t tid);

#endif
