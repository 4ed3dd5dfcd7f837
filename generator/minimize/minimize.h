/* Which of the calls that a policy allows a program can do without: found by trying. What a trial is, and how many are made
 * at once, is the caller's; this only says which to make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_MINIMIZE_H
#define PINHOLE_GENERATOR_MINIMIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"

enum verdict {
	VERDICT_UNTRIED,   /* the time was over before */
	VERDICT_NEEDED,	   /* each trial with this call answered by an error failed */
	VERDICT_STUBBABLE, /* all trials pass with this and all other stubbable ones answered */
	VERDICT_ALONE,	   /* a trial passes with this one answered, but not together with those before it */
};

/* One call that a policy lets through. */
struct candidate {
	const char *syscall; /* the policy's */
	const char *group;   /* abi_group */
	enum verdict verdict;
	uint16_t answer; /* the errno with which a trial passed; of those needed 0 */
	bool in_group;	 /* found with its whole group, by a single trial */
	char *evidence;	 /* what the trials about it alone showed, "ENOSYS: exit status 1: …"; malloc'ed, or NULL */
};

/* One trial: answers[i] is the errno that candidate i is answered by, 0 where it is allowed. */
struct trial {
	uint16_t *answers;
	ptrdiff_t about; /* the candidate that it is about, -1 where it is about several */
	bool together;	 /* of the second half: what passes alone is put together, and needs time that the first left */
	bool must;	 /* to be made though the time is over: without it, all the trials before were for nothing */
	bool passed, made; /* made: false where the time was over */
};

/* Makes trials, which are all of one half, and fills passed and made of each. Returns 0 or a negative code. */
typedef int trial_maker(void *context, struct trial *trials, size_t n, struct error *e);

struct minimize_options {
	const uint16_t *errnos; /* what a call is answered by, in the order tried; ends with 0 */
	bool by_group;		/* first all calls of a group at once */
	trial_maker *make;
	void *context;
};

/* The calls that a policy lets through but those that each does (infer_always), each once though it may have a rule for each architecture, in the policy's order.
 * malloc'ed; NULL: no memory. */
struct candidate *minimize_candidates(const struct policy *p, size_t *n);

void minimize_free(struct candidate *candidates, size_t n);

/* Fills the verdicts. First each call is tried by itself, independent of the others, so that trials can be made at once;
 * then those that can be missed are put together, by halves where they do not go together (delta debugging: Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002). Returns 0 or a negative code. */
int minimize(struct candidate *candidates, size_t n, const struct minimize_options *options, struct error *e);

/* Answers calls in a policy: each rule of candidate i for which answers[i] is not 0 becomes that errno, whatever the
 * arguments. `why` is the reason that the rules get, after what they have (NULL: none). Returns 0 or ERR_MEMORY. */
int minimize_apply(struct policy *p, const struct candidate *candidates, size_t n, const uint16_t *answers,
		   const char *why, struct error *e);

/* What was found, for people and for programs (the keys are in pinhole(1)). */
void minimize_text(const struct candidate *candidates, size_t n, struct text *out);
void minimize_json(const struct candidate *candidates, size_t n, struct text *out);

#endif
