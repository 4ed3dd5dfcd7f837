/* What has been seen in some runs, and what further runs would show: estimates from how many runs each fact was seen in.
 * Pure arithmetic: of facts, runs and profiles it knows nothing but numbers.
 *
 * Facts are what the papers call species, runs their sampling units, and what is counted is incidence: whether a run saw a
 * fact, not how often. Q1 is the number of facts that one run alone saw, Q2 that two did; T the number of runs.
 * - Good (1953), Biometrika 40: the share of what was seen once is the chance of something new.
 * - Esty (1983), Annals of Statistics 11: the interval of that.
 * - Chao (1987), Biometrics 43: the number of what was not seen, a lower bound of it, and its interval; of incidence
 *   "Chao2", as in Colwell (2013), EstimateS 9.1, appendix B, with the bias-corrected form and the variances of both.
 * - Colwell et al. (2012), Journal of Plant Ecology 5; Chao et al. (2014), Ecological Monographs 84: coverage and curves.
 * - Wilson (1927), JASA 22: the interval of a share.
 * - Crow (1974), in Reliability and Biometry (SIAM): the present rate of events that become rarer as a power of time.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_H
#define PINHOLE_POLICIES_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/vector.h"

/* Fewer runs, of which each tells all that it did, are too few for an estimate; so are fewer in a row of news. */
enum { ESTIMATE_RUNS = 5, ESTIMATE_ROW = 8 };

/* A 95 % interval. */
struct interval {
	double low, high;
};

/* How many facts of one run were seen in it alone, and in one other. */
struct tally {
	uint32_t alone, twice;
};

/* Facts by the runs that saw them. All zero but for the runs is an empty one; freed by incidence_free. */
struct incidence {
	size_t runs, facts, once, twice; /* T, facts seen, Q1, Q2 */
	uint64_t total;			 /* sum of the facts' runs */
	struct tally *tallies;		 /* by run */
	VEC(uint32_t) counts;		 /* in how many runs each fact was seen */
	VEC(uint32_t) touched;		 /* runs whose tally is not zero, perhaps more than once */
};

/* Makes an empty one of so many runs. false: no memory. */
bool incidence_make(struct incidence *x, size_t runs);
void incidence_free(struct incidence *x);

/* Empties it; the cost is that of what is in it, not of its runs. */
void incidence_clear(struct incidence *x);

/* Adds a fact with the positions of the n runs that saw it, each once. One that none saw is no fact. false: no memory.
 */
bool incidence_add(struct incidence *x, const uint32_t *runs, size_t n);

struct estimate {
	size_t runs, facts, once, twice;
	double coverage;   /* the share of the incidences of a further run that are of facts seen */
	size_t runs_alone; /* runs that saw something that no other saw: leave each out, and it would have been news */
	double news;	   /* the probability that a further run has news: the share of these */
	struct interval news_within;
	double new_facts;	       /* facts that a further run shows on average: Q1/T */
	double unseen;		       /* Chao2, bias-corrected, less the facts seen */
	struct interval unseen_within; /* Chao's, wider as rare facts come in groups */
	bool classic;		       /* whether there is the classic form: two runs shared something */
	double unseen_classic;
	struct interval classic_within; /* Chao's own, as if facts came independently of one another */
	double halving; /* further runs until half of the unseen would have been seen; 0: there is nothing to halve */
};

/* Estimates from at least ESTIMATE_RUNS runs (false: there are fewer, and *out says only what was counted). Puts what
 * is in x in order. */
bool estimate(struct incidence *x, struct estimate *out);

/* The facts that so many runs show on average: of those that are there (rarefaction), or with further ones
 * (extrapolation, which is worth something up to twice as many). *deviation is the standard deviation of what is
 * rarefied, 0 beyond. *of is what estimate made of x. */
double estimate_curve(const struct incidence *x, const struct estimate *of, double runs, double *deviation);

/* What is told by a row of runs, or of equal spans of one, in the order of time: which of them had news. That news
 * become rarer, and in no other way depend on the order, is all that is supposed. */
struct row_estimate {
	size_t length, with_news, idle; /* the last `idle` had none */
	size_t recent, recent_news;	/* the later half, and how many of it had news */
	double news; /* the probability that the next has news: the smaller of Crow's and the last quarter's */
	struct interval
	    news_within; /* from 0 to the upper end of the recent share, which is rather too high: news become rarer */
	double growth;	 /* news are as n to this power: 1 as often as ever, 0 hardly any more */
};

/* Estimates from a row of at least ESTIMATE_ROW (false: it is shorter). */
bool estimate_row(const bool *news, size_t length, struct row_estimate *out);

/* Wilson's interval of a share of n (at least 1) that is `part`. */
struct interval share_within(double part, double n);

#endif
