/* Translates a policy for other tools' formats: to calls, each with alternatives of simple comparisons. Internal to
 * generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_TRANSLATE_H
#define PINHOLE_GENERATOR_EMIT_TRANSLATE_H

#include "generator/emit/emit.h"

/* A comparison of an argument's whole register (unsigned, 64 bits, as in struct seccomp_data). */
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

/* Returns the operator in C: "==", ">=", "<=" or "!=". */
const char *comparison_sign(const struct comparison *c);

struct comparison_list {
	VEC(struct comparison) all;
};

/* Appends comparisons of which at least one holds exactly where the test does: the fewest for each of its ranges. `whole`: the
 * argument fills its register and has no other test, so that >= and <= can be used. Returns false where there is no memory. */
bool test_comparisons(const struct test *t, bool whole, struct comparison_list *out);

/* Holds where all its comparisons hold. They are ordered by argument. */
struct clause {
	VEC(struct comparison) all;
};

typedef VEC(struct clause) clause_list;

/* What the output says of one call, on all architectures of the policy. */
struct said {
	const char *syscall; /* the policy owns it */
	struct action action;
	bool always; /* with any arguments; otherwise where one of the clauses holds */
	clause_list any;
	const char *why; /* the policy owns it; or NULL */
};

/* All actions that a policy can have. */
#define ACTIONS_ALL                                                                                                    \
	(1u << ACTION_KILL | 1u << ACTION_KILL_THREAD | 1u << ACTION_TRAP | 1u << ACTION_ERRNO | 1u << ACTION_LOG |    \
	 1u << ACTION_ALLOW)

/* What a format can say. */
struct able {
	bool arguments;	  /* tests of arguments */
	bool only_allow;  /* tests only in rules that let the call through */
	bool answers;	  /* several actions for one call, which depend on its arguments, not on an order of rules */
	unsigned actions; /* of rules: bits 1 << enum action_kind */
	bool numbers;	  /* calls that pinhole has no name for ("syscall_0x1ff") */
	uint16_t errnos;  /* the highest errno; 0: no limit */
	bool old_names;	  /* its readers may not know the names of calls newer than Linux 6.1, and object to them */
};

/* The calls of a policy, by name. A call with several actions has an entry for each; no arguments meet two of these entries. */
struct said_list {
	VEC(struct said) calls;
};

/* Translates a policy within the limits of a format. What the format cannot say becomes softer (for example, a rule that lets a call
 * through loses its tests), or with in->strict harder (the rule is left out), and is noted. Where a call has several answers and
 * the format has one, those that are opposite to the default are kept. A clause has one comparison of an argument, as libseccomp
 * requires, and ignores the half of a register that the kernel ignores. Calls that get the default are left out; with old_names
 * also those newer than Linux 6.1 that were not seen, but added by --generalize. Returns 0 or a negative code. Call said_clear in either case. */
int express(const struct emit_input *in, const struct able *able, struct said_list *out, struct emit_notes *notes,
	    struct error *e);
void said_clear(struct said_list *list);

/* Returns whether the call came after Linux 6.1, on one of these architectures. */
bool newer_than_6_1(const char *syscall, arch_set archs);

/* Returns how soft an action is: from 0 for kill to the highest value for allow. */
int action_softness(struct action a);

/* Appends the names of the calls that always have this action, joined by `between`. */
void said_names(const struct said_list *list, struct action action, const char *between, struct text *out);

/* Returns whether an earlier call than the one at `i` has the same action. */
bool action_had(const struct said_list *list, size_t i);

#endif
