/* How probable it is that a policy denies a further run like the recorded ones. Each run is tried
 * under a policy learned from other runs; calls that this policy covers are not news. A function
 * derives the policies, because that is not this folder's job.
 *
 * A run that reports all its facts is tried under the policy of all other runs: all but one. Every
 * run is tried under the policy of the earlier runs: what a warm run did not report was known then.
 * Where clusters of runs are counted, "run" below means a cluster.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_DENIALS_H
#define PINHOLE_POLICIES_ESTIMATE_DENIALS_H

#include "policies/estimate/clusters.h"
#include "policies/estimate/estimate.h"
#include "policies/estimate/replay.h"

/* Derives policies. */
struct policy_maker {
	/* Returns the policy of the facts that `only` selects; NULL: an error. */
	struct policy *(*make)(const void *self, const struct profile *p, const struct fact_filter *only,
			       struct error *e);
	/* Whether its policies are about a fact; other facts are not tried. NULL: about all. */
	bool (*covers)(const void *self, const struct profile *p, const struct fact *f);
	const void *self;
};

/* The denials of a run. */
struct denied_run {
	size_t run; /* of a cluster, one of its runs */
	bool recent; /* it is in the later half of all runs, in the order of time */
	struct replay denied;
};

struct denials {
	struct run_clusters clusters;
	size_t runs, complete; /* of these, the runs that report all their facts */
	bool estimated;	       /* there are enough complete runs */
	double chance;	       /* that a further run is denied: the share of complete runs that are denied */
	struct interval within;
	VEC(struct denied_run) alone; /* those runs, in the profile's order */
	bool row_estimated;
	struct row_estimate row;	   /* all runs in the order of time; with_news counts the denied ones */
	VEC(struct denied_run) row_denied; /* those runs, in the order of time */
};

/* Tries the runs. The profile must outlive the result, which denials_clear clears in either case.
 * Returns 0 or a negative code. */
int denials_find(const struct profile *p, const struct policy_maker *maker, struct denials *out, struct error *e);

/* The same by clusters of runs; see run_clusters_make, whose errors it returns. */
int denials_find_by(const struct profile *p, const char *word, const struct policy_maker *maker, struct denials *out,
		    struct error *e);
void denials_clear(struct denials *d);

/* Returns the best estimate available: from runs that report all their facts, or otherwise from the
 * row. false: there are too few runs. *runs: how many runs it was computed from. */
bool denials_chance(const struct denials *d, double *chance, struct interval *within, size_t *runs);

/* show/denials_text.c: appends the words; or the words in lines of so many columns, with the
 * denials of each run. */
void denials_words(const struct denials *d, struct text *out);
void denials_text(const struct profile *p, const struct denials *d, size_t columns, struct text *out);

#endif
