/* Makes the filters of a program that `run` starts, and decides when each is installed.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_RUN_FILTERS_H
#define PINHOLE_TOOLS_RUN_FILTERS_H

#include "tools/command.h"
#include "tracer/deploy/deploy.h"

struct run_options {
	bool container; /* the command starts a container, which gets the policy */
	bool at_entry;	/* install the filter at the entry point; otherwise at exec */
	bool one_phase; /* install no second filter, even if the profile has a phase serve */
	bool log;	/* SECCOMP_FILTER_FLAG_LOG */
	/* The file of --serve and the call of --phase-at, which replace those of the profile; or
	 * NULL. */
	const char *serve, *phase_at;
	bool default_given;
	struct action default_action;
};

/* Applies --default. A default of log or allow also answers numbers of newer kernels, as `policy
 * --default` does. */
void run_set_default(struct policy *p, const struct run_options *o);

/* The filters made from a file. Begin with all zero. */
struct deployed_filters {
	/* the filter of the start, and that of phase serve; the latter is empty if there is one
	 * phase */
	struct filter first, last;
	struct watch_filter watch[2];
	struct profile *profile; /* owner of the string how.phase_at */
	struct deployment how;
};

/* Makes the filters of a profile, policy or filter file. Prints notes to standard error. Returns 0
 * or a negative code; call deployed_filters_clear in either case. */
int deployed_filters_make(const char *path, const struct run_options *o, struct deployed_filters *out, struct error *e);
void deployed_filters_clear(struct deployed_filters *d);

#endif
