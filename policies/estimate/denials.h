/* How probable it is that a policy denies a further run like those recorded: each run is tried under the policy of
 * others, and what such a policy covers is no news. How policies are made is told by a function: that is not this
 * folder's.
 *
 * A run that tells all that it did is tried under the policy of all others: so many as there are runs, less one, teach
 * it. Any run is tried under the policy of those before it in time: of a warm run, what it did not tell was known then.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_DENIALS_H
#define PINHOLE_POLICIES_ESTIMATE_DENIALS_H

#include "policies/estimate/estimate.h"
#include "policies/estimate/replay.h"

/* Derives policies. */
struct policy_maker {
	/* The policy of what `only` takes of the profile's facts; NULL: an error. */
	struct policy *(*make)(const void *self, const struct profile *p, const struct fact_filter *only,
			       struct error *e);
	/* Whether its policies are about a fact: others are not asked about. NULL: about all. */
	bool (*covers)(const void *self, const struct profile *p, const struct fact *f);
	const void *self;
};

/* What is denied of a run. */
struct denied_run {
	size_t run;
	bool recent; /* it is among the later half of all, in the order of time */
	struct replay denied;
};

struct denials {
	size_t runs, complete; /* of these, those that tell all that they did */
	bool estimated;	       /* there are enough of them */
	double chance; /* that a further run is denied: the share of them that are, under the policy of all others */
	struct interval within;
	VEC(struct denied_run) alone; /* these, in the profile's order */
	bool row_estimated;
	struct row_estimate row;	   /* of all runs in the order of time: with_news is how many are denied */
	VEC(struct denied_run) row_denied; /* these, in the order of time */
};

/* Tries the runs. The profile must outlive what is found, which denials_clear clears in either case. Returns 0 or a
 * negative code. */
int denials_find(const struct profile *p, const struct policy_maker *maker, struct denials *out, struct error *e);
void denials_clear(struct denials *d);

/* The best estimate that there is: of runs that tell all that they did, or else of the row. false: there are too few
 * runs. *runs is how many it is made of. */
bool denials_chance(const struct denials *d, double *chance, struct interval *within, size_t *runs);

/* show/denials_text.c: appends the words; and the words in lines of so many columns, with what is denied of which run.
 */
void denials_words(const struct denials *d, struct text *out);
void denials_text(const struct profile *p, const struct denials *d, size_t columns, struct text *out);

#endif
