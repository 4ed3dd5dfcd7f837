/* The filters of a program that is run, and when it gets which. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_RUN_FILTERS_H
#define PINHOLE_TOOLS_RUN_FILTERS_H

#include "tools/command.h"
#include "tracer/deploy/deploy.h"

struct run_options {
	bool at_entry;	/* at the entry point; else at exec */
	bool one_phase; /* leave it at that, even where the profile has a phase serve */
	bool log;	/* SECCOMP_FILTER_FLAG_LOG */
	/* The filter of phase serve and the call that it begins at, in place of what the profile says; or NULL. */
	const char *serve, *phase_at;
	bool default_given;
	struct action default_action;
};

/* What is made of a file. All zero is none. */
struct deployed_filters {
	struct filter first, last; /* the last: empty where there is one phase */
	struct watch_filter watch[2];
	struct profile *profile; /* whose is what how.phase_at says */
	struct deployment how;
};

/* Makes the filters of a profile, policy or filter. What a person should know is said on standard error. Returns 0 or a
 * negative code; deployed_filters_clear in either case. */
int deployed_filters_make(const char *path, const struct run_options *o, struct deployed_filters *out, struct error *e);
void deployed_filters_clear(struct deployed_filters *d);

#endif
