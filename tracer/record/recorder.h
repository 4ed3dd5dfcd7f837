/* A recording that is under way. Internal to tracer/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORDER_H
#define PINHOLE_TRACER_RECORDER_H

#include "tracer/deploy/deploy.h"
#include "tracer/ptrace/launch.h"
#include "tracer/ptrace/tracee.h"
#include "tracer/record/fair_wait.h"
#include "tracer/record/program_image.h"
#include "tracer/record/quiet.h"
#include "tracer/record/record_stacks.h"
#include "tracer/tracer.h"

/* A call as PTRACE_GET_SYSCALL_INFO tells it. */
struct call {
	enum arch arch;
	uint32_t nr;
	uint64_t args[6];
};

struct recorder {
	struct profile *profile;
	const struct record_options *options;
	const struct deployment *deploy; /* nothing is recorded, but filters installed; or NULL */
	int words;			 /* of it: a copy of the command's standard error, or -1 */
	struct quiet quiet;
	uint32_t run;
	struct tracee_table tracees;
	struct turns turns;
	struct image_cache images;
	struct callers callers;
	struct launch launcher;
	pid_t command;	    /* the first process; 0: processes that ran before are watched */
	bool started;	    /* its execve has succeeded: what came before was pinhole's own doing */
	struct call launch; /* that execve; a filter may let it pass */
	struct record_result result;
	int64_t checked;   /* when held tracees were looked at last; this and what follows in milliseconds, now_ms() */
	int64_t began, last_new, last_told;
	bool told_of_tracing; /* to options->traces */
	enum { TIME_LEFT, TIME_UP, TIME_OVER } time; /* of options->until_ms */
};

/* loop.c: the call at whose entry a tracee stands, or that its filter asks about; false: at none, or of an unknown architecture. */
struct __ptrace_syscall_info;
bool call_told(const struct __ptrace_syscall_info *info, struct call *call);

/* loop.c: watches until no tracee is left, or it is time to end. Returns 0 or a negative code. */
int watch(struct recorder *r, struct error *e);

#endif
