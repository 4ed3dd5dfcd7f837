/* Finds by trials which of a policy's allowed calls a program can do without. The caller makes the trials; this decides which to
 * make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_MINIMIZE_H
#define PINHOLE_GENERATOR_MINIMIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"

enum verdict {
	VERDICT_UNTRIED,   /* the time ended before its trial */
	VERDICT_NEEDED,	   /* each trial that answered this call by an error failed */
	VERDICT_STUBBABLE, /* a trial that answered this and all other stubbable calls by errors passed */
	VERDICT_ALONE,	   /* a trial that answered this call alone passed, but not together with the calls before it */
};

/* One call that a policy lets through. */
struct candidate {
	const char *syscall; /* the policy owns it */
	const char *group;   /* abi_group */
	enum verdict verdict;
	uint16_t answer; /* the errno with which a trial passed; 0: none did */
	bool in_group;	 /* one trial of its whole group passed */
	char *evidence;	 /* what the trials about it alone showed, "ENOSYS: exit status 1: …"; malloc'ed, or NULL */
};

/* One trial: answers[i] is the errno that candidate i is answered by, 0 where it is allowed. */
struct trial {
	uint16_t *answers;
	ptrdiff_t about; /* the only candidate that it answers; -1: it answers several */
	bool together;	 /* it is of the second half, which tries calls together and needs the rest of the time */
	bool must;	 /* make it even if the time is over: without it, all trials before were useless */
	bool passed, made; /* made: false where the time was over */
	size_t ran, failed; /* how often the test ran for it, and failed: for who makes the trials */
};

/* Makes trials, which are all of the same half, and sets `passed` and `made` of each. Returns 0 or a negative code. */
typedef int trial_maker(void *context, struct trial *trials, size_t n, struct error *e);

struct minimize_options {
	const uint16_t *errnos; /* the errors that calls are answered by, in the order of trials; ends with 0 */
	bool by_group;		/* first try all calls of a group at once */
	trial_maker *make;
	void *context;
};

/* Returns the calls that a policy lets through, except those that every policy lets through (infer_always), in the policy's order.
 * A call with several rules is listed once. Free them by minimize_free. NULL: no memory. */
struct candidate *minimize_candidates(const struct policy *p, size_t *n);

void minimize_free(struct candidate *candidates, size_t n);

/* Sets the verdicts. First tries each call by itself: these trials are independent, so many can be made at once. Then tries the
 * calls that passed together, and by halves where that fails (delta debugging: Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002). Returns 0 or a negative code. */
int minimize(struct candidate *candidates, size_t n, const struct minimize_options *options, struct error *e);

/* Changes a policy: where answers[i] is not 0, each rule that lets candidate i through answers that errno instead, whatever the
 * arguments. `why` is appended to the rules' reasons (NULL: nothing is). Returns 0 or ERR_MEMORY. */
int minimize_apply(struct policy *p, const struct candidate *candidates, size_t n, const uint16_t *answers,
		   const char *why, struct error *e);

/* Append the verdicts, for people and for programs (the keys are in pinhole(1)). */
void minimize_text(const struct candidate *candidates, size_t n, struct text *out);
void minimize_json(const struct candidate *candidates, size_t n, struct text *out);

#endif
