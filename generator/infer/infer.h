/* What the rules of inference share. Internal to generator/infer/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INFER_H
#define PINHOLE_GENERATOR_INFER_H

#include "generator/generator.h"
#include "policies/abi/siblings.h"
#include "policies/policy/call_set.h"

/* All facts about one call on one architecture, of whatever phase, that a policy is derived from. */
struct seen_call {
	enum arch arch;
	uint32_t nr;
	const struct syscall_desc *desc; /* or NULL */
	const struct fact *const *facts; /* sorted by values */
	size_t n;
};

/* A derivation on its way. */
struct inferring {
	struct policy *policy;
	const struct profile *profile;
	const struct infer_options *options;
	struct text *warnings;
	struct error *e;
	VEC(struct seen_call) calls; /* by architecture and number */
};

static const struct action infer_allow = {.kind = ACTION_ALLOW};

/* argument_tests.c: what a rule tests. ------------------------------------------------------------------------------- */

/* Every bit that any fact has in that argument; all its bits where the facts do not record it. */
uint64_t seen_bits(const struct seen_call *c, unsigned arg);

/* Fills a rule's alternatives from the facts, by the tightness asked for; none means that nothing is tested. The reason
 * is appended to why. Returns 0 or a negative code. */
int infer_arguments(enum args_mode mode, const struct seen_call *c, struct rule *rule, struct text *why,
		    struct error *e);

/* infer.c ---------------------------------------------------------------------------------------------------- */

/* The call, whatever its arguments. On several architectures it is one rule, unless it has a reason of its own. Returns 0
 * or ERR_MEMORY. */
int infer_name(struct inferring *in, const char *name, arch_set archs, const char *why);

/* Returns whether --args=shape tests an argument: the test closes something, or it is a permission mode. */
bool infer_shape_tests(const char *syscall, const struct arg *arg);

/* The rule of that call and architecture, to be changed; NULL: none. */
struct rule *infer_rule(struct inferring *in, enum arch arch, const char *name);

/* What was seen of that call; NULL: nothing. */
const struct seen_call *infer_seen(const struct inferring *in, enum arch arch, const char *name);

/* sibling_rules.c: calls that are made in place of others. ------------------------------------------------------------ */

/* Whether argument 0 of what was seen may have the row's value (of flags: all its bits). Negative: an error. */
int row_holds(const struct sibling *s, const struct seen_call *c, struct error *e);

/* Allows the row's call, as closely tested as `from` (no alternative: it tests nothing), the calls that it stands for. The
 * reason is `why`; `kind` stands before the first of the reasons of that kind. Does nothing where the policy answers the
 * call on purpose. Returns 0 or a negative code. */
int infer_row(struct inferring *in, const struct sibling *s, enum arch arch, const struct call_set *from,
	      const char *kind, const char *why);

/* Adds an alternative, which it takes (without tests: any arguments), and the reason, unless the rule has all its calls already.
 * A rule without alternatives is new. Returns 0 or a negative code. */
int infer_widen(struct rule *rule, struct alternative *a, enum arch arch, const char *why, struct error *e);

/* generalise.c ---------------------------------------------------------------------------------------------------- */

/* Adds what --generalize asks for to what was seen. Returns 0 or a negative code. */
int infer_generalise(struct inferring *in);

/* after_enosys.c ------------------------------------------------------------------------------------------------ */

/* Allows what libcs and runtimes call in place of what the policy answers by ENOSYS. Returns 0 or a negative code. */
int infer_in_place(struct inferring *in);

/* carry.c: --arch ----------------------------------------------------------------------------------------- */

/* A call of another architecture that stands for one that was seen, or that every program there makes (row->from NULL). */
struct carried_row {
	enum arch arch;
	const struct sibling *row;
	enum arch source;
};

/* Facts as they would be on other architectures. Runs and programs have the positions of the profile that they come from. */
struct carried {
	struct profile *profile; /* NULL: none */
	VEC(struct carried_row) rows;
};

/* How many facts were carried. */
static inline size_t carried_count(const struct carried *c)
{
	return c->profile != NULL ? profile_fact_count(c->profile) : 0;
}

/* Makes the facts of those architectures of `to` that the profile has no facts of, from those of x86_64 or aarch64 (of which
 * there are more). Appends to `warnings` what cannot be carried. Returns 0, ERR_MEMORY, or ERR_INPUT if nothing can be
 * carried to an architecture. Call carried_clear in any case. */
int infer_carry(const struct profile *p, arch_set to, struct carried *out, struct text *warnings, struct error *e);

/* Adds to the policy's rules in place of which calls they stand. Returns 0 or ERR_MEMORY. */
int carried_whys(const struct carried *carried, struct policy *p, struct error *e);

void carried_clear(struct carried *carried);

/* portable.c: --portable --------------------------------------------------------------------------------- */

/* For qsort, of pointers to facts: by architecture, number, whether it is wide, values, and phase. */
int infer_by_tuple(const void *a, const void *b);

/* Adds what another libc, libc version or kernel calls in place of what was seen. Returns 0 or a negative code. */
int infer_portable(struct inferring *in);

#endif
