/* How far a profile can be trusted: what further runs like those recorded would still show. The estimates themselves,
 * and the papers they are from, stand in estimate.h; here is which runs and facts they are made of.
 *
 * What counts as a fact here is what a filter sees: the call with its arguments, of whatever phase. So what the loader
 * does in every run and the program does once more is no news.
 *
 * A run tells all that it did, or (a warm run) only what was new to it. Incidences are those of the first kind alone.
 * Of a row of any runs it is known which of them had news: what each run did not tell was known before it. The two are
 * never mixed. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_CONFIDENCE_H
#define PINHOLE_POLICIES_ESTIMATE_CONFIDENCE_H

#include "policies/estimate/estimate.h"
#include "policies/profile/profile.h"

/* Into how many equal spans one long run is cut. */
enum { CONFIDENCE_SPANS = 40 };

/* The facts of one system call, or of one program. */
struct confidence_part {
	char *name;  /* anybody's text */
	char *about; /* of a call: the arguments by which its facts differ, "domain, type, protocol"; or NULL */
	struct estimate of;
};

struct curve_point {
	double runs, facts, deviation; /* deviation: 0 past the runs that there are */
};

struct confidence {
	const struct profile *profile;
	size_t runs, complete; /* of these, those that tell all that they did */
	size_t facts;	       /* phases together */
	size_t wide;	       /* facts that stand for many: what else they would stand for is not estimated */
	bool estimated;	       /* there are enough complete runs; else `of` says what was counted, and no more */
	struct estimate of;
	VEC(struct curve_point) curve;
	VEC(struct confidence_part) calls, programs; /* those that promise most news first */
	bool row_estimated;
	struct row_estimate row; /* all runs, in the order of time */
	bool spans_estimated;	 /* one run tells when it saw what */
	size_t span_run;	 /* which: the longest */
	uint64_t span_ms;	 /* how long a span is */
	struct row_estimate spans;
};

/* Fills *out; cleared by confidence_clear in either case. The profile must outlive it. Returns 0 or ERR_MEMORY. */
int confidence_make(const struct profile *p, struct confidence *out, struct error *e);
void confidence_clear(struct confidence *c);

/* The place of each run in the order of time, for the caller to free. Of runs that began in the same second, the one that knew less
 * came first. NULL: no memory. */
uint32_t *runs_in_time(const struct profile *p);

/* confidence_text.c: for people ----------------------------------------------------------------------------- */

/* Appends one or two plain sentences: the best that can be said. They hold nobody's text but names of calls. */
void confidence_words(const struct confidence *c, struct text *out);

/* Appends the figures, and the words in lines of so many columns. by: "syscall", "program", or NULL for what promises most
 * news alone. Returns 0, or ERR_INPUT for another word. */
int confidence_text(const struct confidence *c, const char *by, size_t columns, struct text *out, struct error *e);

/* Appends a duration: "40 ms", "1.5 s", "12 min", "3 h". */
void duration_text(uint64_t ms, struct text *out);

/* Appends how often, of runs say, something of that chance happens: "about 1 run in 40". */
void chance_text(double chance, const char *noun, struct text *out);

/* confidence_json.c: appends all of it as a JSON object, with what is denied under a policy unless that is NULL. FORMAT.md
 * describes it. */
struct denials;
void confidence_json(const struct confidence *c, const struct denials *d, struct text *out);

/* The best estimate of the chance of news: of runs that tell all that they did, or else of the row. false: there are too few runs.
 * *runs is how many it is made of. */
bool confidence_chance(const struct confidence *c, double *chance, size_t *runs);

#endif
