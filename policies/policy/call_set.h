/* Computes with the sets of calls that policies allow: difference, union, rest.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_POLICY_CALL_SET_H
#define PINHOLE_POLICIES_POLICY_CALL_SET_H

#include "policies/policy/policy.h"

/* A set of calls of one name on one architecture: the calls that meet one of the alternatives. An
 * alternative without tests is every call; a set without alternatives is empty. */
struct call_set {
	VEC(struct alternative) any;
};

void call_set_clear(struct call_set *s);

/* Fills *out (empty before) with the calls that a policy lets through (allow and log). With
 * `by_default` false, leaves out calls that only the default lets through. Returns 0 or a negative
 * code. */
int policy_permits(const struct policy *p, enum arch arch, const char *syscall, bool by_default, struct call_set *out,
		   struct error *e);

/* How a policy answers a call, as disjoint sets: one for each rule of the call that can answer, in
 * order, and one for the default. The default's set is empty if a rule always holds. */
struct call_part {
	struct action action;
	struct call_set set;
	bool by_default;
};
struct call_parts {
	VEC(struct call_part) all;
};

/* Fills *out (empty before); call call_parts_clear in either case. Returns 0 or a negative code.
 * ERR_LIMIT: a part would need too many alternatives. */
int policy_parts(const struct policy *p, enum arch arch, const char *syscall, struct call_parts *out, struct error *e);
void call_parts_clear(struct call_parts *parts);

/* Adds an alternative, which it takes over, and clears it on failure. ERR_LIMIT: there are too many
 * alternatives. */
int call_set_add(struct call_set *out, struct alternative *a, struct error *e);

/* Fills an empty set with all calls that meet a rule; ignores rules before it. */
int call_set_of_rule(const struct rule *r, enum arch arch, struct call_set *out, struct error *e);

/* Fills an empty set with a copy. */
int call_set_copy(struct call_set *out, const struct call_set *from, enum arch arch, const char *syscall,
		  struct error *e);

/* Fills an empty set with the calls that are in both sets. */
int call_set_common(const struct call_set *a, const struct call_set *b, enum arch arch, const char *syscall,
		    struct call_set *out, struct error *e);

/* Fills an empty set with the alternatives of a rule; and returns whether a rule still has just the
 * alternatives of a set. */
int call_set_of(const struct rule *r, enum arch arch, struct call_set *out, struct error *e);
bool call_set_is(const struct call_set *s, const struct rule *r);

/* Adds a reason to a rule, unless the rule has it already. Returns 0 or ERR_MEMORY. */
int rule_add_why(struct rule *r, const char *why, struct error *e);

/* Removes from `from` the calls of the other set. ERR_LIMIT: the result would need too many
 * alternatives. */
int call_set_subtract(struct call_set *from, const struct call_set *what, enum arch arch, const char *syscall,
		      struct error *e);

/* Returns whether some arguments meet all tests. Also returns true if one argument has too many
 * tests to decide. */
bool alternative_possible(const struct alternative *a);

/* Fills an empty alternative with a copy. Returns 0 or ERR_MEMORY. */
int alternative_copy(struct alternative *out, const struct alternative *a, const struct syscall_desc *call,
		     enum arch arch, struct error *e);

/* Joins alternatives that differ in one test only, and drops duplicates, so that a rule or set has
 * fewer. Returns 0 or ERR_MEMORY. */
int alternatives_join(struct alternative *items, size_t *count, const struct syscall_desc *call, enum arch arch,
		      struct error *e);

/* combine.c: combines policies.
 * ------------------------------------------------------------------------------- */

/* Adds to a policy the calls that another one allows on the policy's architectures. New and widened
 * rules get the reason `why`. Returns 0 or a negative code. */
int policy_add_all(struct policy *into, const struct policy *from, const char *why, struct error *e);

/* Removes rules, and alternatives of rules, that a base allows or answers alike. Returns 0 or a
 * negative code. */
int policy_leave_out(struct policy *p, const struct policy *base, struct error *e);

#endif
