/* Estimates what further runs would show, from how many runs saw each fact. Pure arithmetic: it
 * knows only numbers, no facts, runs or profiles.
 *
 * The papers call facts species and runs sampling units, and what is counted is incidence: whether
 * a run saw a fact, not how often. Q1 is the number of facts that exactly one run saw, Q2 that two
 * saw; T is the number of runs.
 * - Good (1953), Biometrika 40: the share of what was seen once is the chance of something new.
 * - Esty (1983), Annals of Statistics 11: the interval of that.
 * - Chao (1987), Biometrics 43: a lower bound of the number of unseen species, and its interval;
 *   for incidence "Chao2", as in Colwell (2013), EstimateS 9.1, appendix B, with the bias-corrected
 *   form and both variances.
 * - Colwell et al. (2012), Journal of Plant Ecology 5; Chao et al. (2014), Ecological Monographs
 *   84: coverage, curves.
 * - Wilson (1927), JASA 22: the interval of a share.
 * - Crow (1974), in Reliability and Biometry (SIAM): the rate of events that become rarer as a
 *   power of time.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_H
#define PINHOLE_POLICIES_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/vector.h"

/* The least number of complete runs for an estimate; and the least length of a row of news. */
enum { ESTIMATE_RUNS = 5, ESTIMATE_ROW = 8 };

/* A 95 % interval. */
struct interval {
	double low, high;
};

/* How many facts of one run only that run saw, and how many only one other run saw too. */
struct tally {
	uint32_t alone, twice;
};

/* Facts by the runs that saw them. Empty if all is zero but the number of runs; incidence_free
 * frees it. */
struct incidence {
	size_t runs, facts, once, twice; /* T, facts seen, Q1, Q2 */
	uint64_t total;			 /* sum of the facts' runs */
	struct tally *tallies;		 /* by run */
	VEC(uint32_t) counts;		 /* in how many runs each fact was seen */
	VEC(uint32_t) touched;		 /* runs whose tally is not zero; some may occur twice */
};

/* Makes an empty one for so many runs. false: no memory. */
bool incidence_make(struct incidence *x, size_t runs);
void incidence_free(struct incidence *x);

/* Empties it. The cost depends on its content, not on the number of runs. */
void incidence_clear(struct incidence *x);

/* Adds a fact with the positions of the n runs that saw it, each once. A fact without runs is
 * ignored. false: no memory. */
bool incidence_add(struct incidence *x, const uint32_t *runs, size_t n);

struct estimate {
	size_t runs, facts, once, twice;
	double coverage;   /* the share of a further run's incidences that belong to seen facts */
	size_t runs_alone; /* runs that saw something no other run saw: it would have been news after all others */
	double news;	   /* the probability that a further run has news: the share of those runs */
	struct interval news_within;
	double new_facts;	       /* new facts in a further run, on average: Q1/T */
	double unseen;		       /* unseen facts: Chao2, bias-corrected, minus the seen facts */
	struct interval unseen_within; /* Chao's, widened because rare facts come in groups */
	bool classic;		       /* the classic form exists: two runs shared something */
	double unseen_classic;
	struct interval classic_within; /* Chao's own, as if facts occurred independently */
	double halving; /* further runs until half of the unseen facts would be seen; 0: there is nothing to halve */
};

/* Computes estimates from at least ESTIMATE_RUNS runs (false: there are fewer, and *out has only
 * the counts). Sorts the content of x. */
bool estimate(struct incidence *x, struct estimate *out);

/* The facts that so many runs show on average: for fewer runs than there are (rarefaction) or for
 * more (extrapolation, which is meaningful up to twice as many). *deviation: the standard deviation
 * of a rarefied value, 0 beyond. *of: what `estimate` computed from x. */
double estimate_curve(const struct incidence *x, const struct estimate *of, double runs, double *deviation);

/* The news in a row in the order of time, of runs or of equal spans of one run. The only assumption
 * is that news become rarer and do not depend on the order in any other way. */
struct row_estimate {
	size_t length, with_news, idle; /* the last `idle` had no news */
	size_t recent, recent_news;	/* the later half, and how many in it had news */
	double news; /* the probability that the next one has news: the smaller of Crow's and the last quarter's */
	struct interval
	    news_within; /* from 0 to the upper end of the recent share, which overestimates: news become rarer */
	double growth;	 /* news grow as n to this power: 1 means as often as ever, 0 hardly any more */
};

/* Estimates from a row of at least ESTIMATE_ROW (false: the row is shorter). */
bool estimate_row(const bool *news, size_t length, struct row_estimate *out);

/* Wilson's interval for the share `part` of n (at least 1). */
struct interval share_within(double part, double n);

#endif
