/* What estimates count: runs, or clusters of runs that resemble each other more than others do, such as the runs of one host. A
 * cluster is one sampling unit: what one of its runs saw, the others are likely to see, so ten runs of one host tell
 * less than ten hosts (Kish, Survey Sampling, 1965, chapter 5). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_CLUSTERS_H
#define PINHOLE_POLICIES_ESTIMATE_CLUSTERS_H

#include "policies/profile/profile.h"

struct run_clusters {
	const char *noun; /* what one is called: "run", or the word of the labels ("host"); not owned */
	uint32_t *of;	  /* by run: its cluster */
	uint32_t *place;  /* by run: the place of its cluster in the order of time. That of an explored run is behind all others */
	size_t count;	  /* clusters with a run that was not explored */
	size_t all;	  /* all clusters: the values of `of` are less */
};

/* Divides the runs of a profile: with word NULL, each is a cluster of its own; otherwise the runs with the same VALUE in
 * the word WORD=VALUE of their labels are one, and so are all runs without that word. `word` must outlive *out, which
 * run_clusters_clear clears in either case. Returns 0; ERR_INPUT if the word is no name or no run has it; or ERR_MEMORY. */
int run_clusters_make(const struct profile *p, const char *word, struct run_clusters *out, struct error *e);
void run_clusters_clear(struct run_clusters *c);

/* Returns how many runs were not explored (run_is_explored): estimates are made from these. */
size_t runs_unprovoked(const struct profile *p);

#endif
