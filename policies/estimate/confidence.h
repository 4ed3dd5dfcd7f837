/* How far a profile can be trusted: how much further runs like the recorded ones would still show.
 * estimate.h has the estimates and the papers that they come from; this file chooses the runs and
 * facts for them.
 *
 * A fact here is what a filter sees: the call with its arguments, in any phase. So a call that the
 * loader makes in every run is not new when the program makes it too.
 *
 * A run reports all its facts, or (a warm run) only those that were new to it. Incidences come from
 * runs of the first kind only. For a row of any runs it is known which of them had news, because
 * facts that a run did not report were known before it. The two are never mixed.
 *
 * Where runs are not independent of each other (replicas on one host), clusters of runs are counted in their place. A cluster
 * has what its runs have; of its complete runs it reports all.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_CONFIDENCE_H
#define PINHOLE_POLICIES_ESTIMATE_CONFIDENCE_H

#include "policies/estimate/clusters.h"
#include "policies/estimate/estimate.h"
#include "policies/profile/profile.h"

/* The number of equal spans that one long run is cut into. */
enum { CONFIDENCE_SPANS = 40 };

/* The facts of one system call, or of one program. */
struct confidence_part {
	char *name;  /* text from outside */
	char *about; /* for a call: the arguments in which its facts differ, "domain, type, protocol"; or NULL */
	struct estimate of;
};

struct curve_point {
	double runs, facts, deviation; /* deviation: 0 beyond the number of runs */
};

struct confidence {
	const struct profile *profile;
	struct run_clusters clusters; /* what is counted below as `runs` and `complete` */
	size_t explored;       /* runs in which something was made to go wrong; neither they nor their facts count below */
	size_t runs, complete; /* of these, those that report all their facts */
	size_t facts;	       /* phases combined */
	size_t wide;	       /* facts that stand for many; no estimate covers what else they would stand for */
	bool estimated;	       /* there are enough complete runs; otherwise `of` has only the counts */
	struct estimate of;
	VEC(struct curve_point) curve;
	VEC(struct confidence_part) calls, programs; /* most expected news first */
	bool row_estimated;
	struct row_estimate row; /* all runs in the order of time */
	bool spans_estimated;	 /* one run says when it first saw its facts */
	size_t span_run;	 /* which: the longest */
	uint64_t span_ms;	 /* the length of a span */
	struct row_estimate spans;
};

/* Fills *out; cleared by confidence_clear in either case. The profile must outlive it. Returns 0 or ERR_MEMORY. */
int confidence_make(const struct profile *p, struct confidence *out, struct error *e);

/* The same, with the runs that have the same VALUE in the word WORD=VALUE of their labels counted as one; see
 * run_clusters_make, whose errors it returns. There are no spans of a run then. */
int confidence_make_by(const struct profile *p, const char *word, struct confidence *out, struct error *e);
void confidence_clear(struct confidence *c);

/* confidence_text.c: for people ----------------------------------------------------------------------------- */

/* Appends one or two plain sentences: the best available estimate. They contain no outside text but
 * names of calls. */
void confidence_words(const struct confidence *c, struct text *out);

/* Appends the figures, and the words in lines of so many columns. by: "syscall", "program", or NULL
 * for only the calls with most expected news. Returns 0, or ERR_INPUT for another word. */
int confidence_text(const struct confidence *c, const char *by, size_t columns, struct text *out, struct error *e);

/* Appends a duration: "40 ms", "1.5 s", "12 min", "3 h". */
void duration_text(uint64_t ms, struct text *out);

/* Appends how often something of that chance happens, in runs for example: "about 1 run in 40". */
void chance_text(double chance, const char *noun, struct text *out);

/* Appends the upper end of such a chance, rounded up: "1 run in 4". */
void at_most_text(double chance, const char *noun, struct text *out);

/* confidence_json.c: appends all of it as a JSON object, with the denials under a policy unless
 * NULL. FORMAT.md describes it. */
struct denials;
void confidence_json(const struct confidence *c, const struct denials *d, struct text *out);

/* Returns the best estimate of the chance of news: from runs that report all their facts, or
 * otherwise from the row. false: there are too few runs. *runs: how many runs it was computed
 * from. */
bool confidence_chance(const struct confidence *c, double *chance, size_t *runs);

#endif
