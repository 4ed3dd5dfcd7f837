/* Functions that the rules of inference share. Internal to generator/infer/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INFER_H
#define PINHOLE_GENERATOR_INFER_H

#include "generator/generator.h"
#include "policies/abi/siblings.h"
#include "policies/policy/call_set.h"

/* All facts about one call on one architecture, in all phases that the policy is for. */
struct seen_call {
	enum arch arch;
	uint32_t nr;
	const struct syscall_desc *desc; /* or NULL */
	const struct fact *const *facts; /* sorted by values */
	size_t n;
};

/* The state of a derivation. */
struct inferring {
	struct policy *policy;
	const struct profile *profile;
	const struct infer_options *options;
	struct text *warnings;
	struct error *e;
	VEC(struct seen_call) calls; /* by architecture and number */
};

static const struct action infer_allow = {.kind = ACTION_ALLOW};

/* argument_tests.c: the tests of a rule. ------------------------------------------------------------------------ */

/* Returns the bits that are set in that argument of any fact; all bits if a fact does not record it. */
uint64_t seen_bits(const struct seen_call *c, unsigned arg);

/* Fills a rule's alternatives from the facts, at the requested tightness; no alternative means no
 * tests. Appends the reason to why. Returns 0 or a negative code. */
int infer_arguments(enum args_mode mode, const struct seen_call *c, struct rule *rule, struct text *why,
		    struct error *e);

/* infer.c ---------------------------------------------------------------------------------------------------- */

/* Returns whether --args=shape tests an argument: the test closes something, or it is a permission mode. */
bool infer_shape_tests(const char *syscall, const struct arg *arg);

/* Returns the rule of that call and architecture, to be changed; NULL: none. */
struct rule *infer_rule(struct inferring *in, enum arch arch, const char *name);

/* Returns the facts of that call; NULL: none. */
const struct seen_call *infer_seen(const struct inferring *in, enum arch arch, const char *name);

/* sibling_rules.c: calls that replace others. ------------------------------------------------------------------- */

/* Whether argument 0 of the seen calls may have the row's value (for flags: all its bits).
 * Negative: an error. */
int row_holds(const struct sibling *s, const struct seen_call *c, struct error *e);

/* Allows the row's call, tested as closely as `from` (no alternative: no tests), whose calls it
 * replaces. The reason is `why`; `kind` stands before the first reason of that kind. Does nothing
 * if the policy deliberately answers the call. Returns 0 or a negative code. */
int infer_row(struct inferring *in, const struct sibling *s, enum arch arch, const struct call_set *from,
	      const char *kind, const char *why);

/* Adds an alternative (takes it over; without tests it means any arguments) and the reason, unless
 * the rule already has all its calls. A rule without alternatives is a new one. Returns 0 or a
 * negative code. */
int infer_widen(struct rule *rule, struct alternative *a, enum arch arch, const char *why, struct error *e);

/* generalise.c ---------------------------------------------------------------------------------------------------- */

/* Adds the calls that --generalize asks for. Returns 0 or a negative code. */
int infer_generalise(struct inferring *in);

/* after_enosys.c ------------------------------------------------------------------------------------------------ */

/* Allows the calls of libcs and runtimes that follow when the policy answers ENOSYS. Returns 0 or a
 * negative code. */
int infer_in_place(struct inferring *in);

/* carry.c: --arch ----------------------------------------------------------------------------------------- */

/* A call on another architecture that replaces a seen one, or that every program there makes
 * (row->from NULL). */
struct carried_row {
	enum arch arch;
	const struct sibling *row;
	enum arch source;
};

/* Facts as they would be on other architectures. Runs and programs have the positions of the
 * original profile. */
struct carried {
	struct profile *profile; /* NULL: none */
	VEC(struct carried_row) rows;
};

/* How many facts were carried. */
static inline size_t carried_count(const struct carried *c)
{
	return c->profile != NULL ? profile_fact_count(c->profile) : 0;
}

/* Makes facts for those architectures of `to` that the profile has no facts for, from those of
 * x86_64 or aarch64 (whichever has more). Appends to `warnings` what cannot be carried. Returns 0,
 * ERR_MEMORY, or ERR_INPUT if nothing can be carried to an architecture. Call carried_clear in any
 * case. */
int infer_carry(const struct profile *p, arch_set to, struct carried *out, struct text *warnings, struct error *e);

/* Adds to the policy's rules which calls they replace. Returns 0 or ERR_MEMORY. */
int carried_whys(const struct carried *carried, struct policy *p, struct error *e);

void carried_clear(struct carried *carried);

/* portable.c: --portable --------------------------------------------------------------------------------- */

/* For qsort, of pointers to facts: by architecture, number, whether it is wide, values, and phase. */
int infer_by_tuple(const void *a, const void *b);

/* Adds the calls of another libc, libc version or kernel that replace seen ones. Returns 0 or a
 * negative code. */
int infer_portable(struct inferring *in);

#endif
