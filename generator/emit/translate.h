/* A policy as other tools' formats can say it: by call, and by alternatives of simple comparisons. Internal to
 * generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_TRANSLATE_H
#define PINHOLE_GENERATOR_EMIT_TRANSLATE_H

#include "generator/emit/emit.h"

/* A comparison of an argument's whole register, as seccomp's data holds it (unsigned, 64 bits). */
enum comparison_op {
	COMPARE_MASKED, /* (argument & mask) == value */
	COMPARE_LEAST,	/* argument >= value */
	COMPARE_MOST,	/* argument <= value */
	COMPARE_OTHER,	/* argument != value */
};

struct comparison {
	uint8_t arg, op;
	uint64_t mask, value;
};

/* "==", ">=", "<=" or "!=", as C has it. */
const char *comparison_sign(const struct comparison *c);

struct comparison_list {
	VEC(struct comparison) all;
};

/* Appends the comparisons of which one holds where the test does: the fewest for each of its ranges. `whole`: the argument is all of
 * its register, and this is its only test, so that its order can be compared. false: no memory. */
bool test_comparisons(const struct test *t, bool whole, struct comparison_list *out);

/* All hold. Ordered by argument. */
struct clause {
	VEC(struct comparison) all;
};

/* What is said of one call on all architectures of the policy. */
struct said {
	const char *syscall; /* the policy's */
	struct action action;
	bool always; /* with any arguments; else where a clause holds */
	VEC(struct clause) any;
	const char *why; /* the policy's, or NULL */
};

/* All actions that a policy can have. */
#define ACTIONS_ALL                                                                                                    \
	(1u << ACTION_KILL | 1u << ACTION_KILL_THREAD | 1u << ACTION_TRAP | 1u << ACTION_ERRNO | 1u << ACTION_LOG |    \
	 1u << ACTION_ALLOW)

/* What a format can say. */
struct able {
	bool arguments;	  /* tests of arguments */
	bool only_allow;  /* where they let the call through only */
	bool answers;	  /* several actions for one call, by its arguments, in whatever order the format tries them */
	unsigned actions; /* of rules: bits 1 << enum action_kind */
	bool numbers;	  /* calls that this pinhole has no name for ("syscall_0x1ff") */
	uint16_t errnos;  /* the highest errno; 0: all of them */
};

/* The calls of a policy, by name. A call that has several actions stands there once for each; no arguments meet two of
 * them. */
struct said_list {
	VEC(struct said) calls;
};

/* Says a policy in what a format is able to. What it can't say is made softer (a rule that lets more through than the
 * default, say, holds for any arguments), or with in->strict harder (it is left out), and noted. Of several answers to a call,
 * where the format has one, those stay that the default would turn into their opposite. A clause compares an
 * argument once, as libseccomp asks, and holds whatever the caller left in the half of a register that the kernel does
 * not look at. Nothing is said of calls that get the default anyway. Returns 0 or a negative code; said_clear in either
 * case. */
int express(const struct emit_input *in, const struct able *able, struct said_list *out, struct emit_notes *notes,
	    struct error *e);
void said_clear(struct said_list *list);

/* How soft an answer is: that of `allow` is the highest. */
int action_softness(struct action a);

/* The names of the calls that have this action with any arguments, joined by `between`. */
void said_names(const struct said_list *list, struct action action, const char *between, struct text *out);

/* Whether an earlier call than the one at `i` has the same action. */
bool action_had(const struct said_list *list, size_t i);

#endif
