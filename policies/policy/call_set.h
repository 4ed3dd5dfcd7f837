/* Policies as sets of calls: what one allows and another does not, their union, what is left of one.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_POLICY_CALL_SET_H
#define PINHOLE_POLICIES_POLICY_CALL_SET_H

#include "policies/policy/policy.h"

/* A set of calls of one name on one architecture: those that meet one of the alternatives. An alternative without tests
 * is every call; no alternative is none. */
struct call_set {
	VEC(struct alternative) any;
};

void call_set_clear(struct call_set *s);

/* What a policy lets through of a call (allow and log), told apart from nothing at all. Where `by_default` is false, what
 * only the policy's default lets through does not count. Fills *out (empty before); returns 0 or a negative code. */
int policy_permits(const struct policy *p, enum arch arch, const char *syscall, bool by_default, struct call_set *out,
		   struct error *e);

/* What a policy does with a call, as sets that have nothing in common: one for each of the call's rules that can answer, in
 * their order, and the last for the default. The default's is empty where a rule always holds. */
struct call_part {
	struct action action;
	struct call_set set;
	bool by_default;
};
struct call_parts {
	VEC(struct call_part) all;
};

/* Fills *out (empty before); call_parts_clear in either case. Returns 0 or a negative code (ERR_LIMIT: a part would take
 * too many alternatives to say). */
int policy_parts(const struct policy *p, enum arch arch, const char *syscall, struct call_parts *out, struct error *e);
void call_parts_clear(struct call_parts *parts);

/* Adds an alternative, which is taken over (and cleared where that fails). ERR_LIMIT: there are too many. */
int call_set_add(struct call_set *out, struct alternative *a, struct error *e);

/* Fills an empty set with all calls that a rule is about; rules before it are not looked at. */
int call_set_of_rule(const struct rule *r, enum arch arch, struct call_set *out, struct error *e);

/* Every call. */
int call_set_fill(struct call_set *out, struct error *e);

/* Fills an empty set with a copy. */
int call_set_copy(struct call_set *out, const struct call_set *from, enum arch arch, const char *syscall,
		  struct error *e);

/* Fills an empty set with both sets' calls. */
int call_set_common(const struct call_set *a, const struct call_set *b, enum arch arch, const char *syscall,
		    struct call_set *out, struct error *e);

/* Fills an empty set with a copy of a rule's alternatives, and whether a rule still has just these. */
int call_set_of(const struct rule *r, enum arch arch, struct call_set *out, struct error *e);
bool call_set_is(const struct call_set *s, const struct rule *r);

/* Adds a reason to those that a rule gives, unless it gives it already. Returns 0 or ERR_MEMORY. */
int rule_add_why(struct rule *r, const char *why, struct error *e);

/* from = from without what is in `what`. ERR_LIMIT: it would take too many alternatives to say. */
int call_set_subtract(struct call_set *from, const struct call_set *what, enum arch arch, const char *syscall,
		      struct error *e);

/* Whether some arguments meet all tests. (Yes also where there are too many tests of one argument to be sure.) */
bool alternative_possible(const struct alternative *a);

/* Fills an empty alternative with a copy. Returns 0 or ERR_MEMORY. */
int alternative_copy(struct alternative *out, const struct alternative *a, const struct syscall_desc *call,
		     enum arch arch, struct error *e);

/* Makes one of two alternatives that differ in one test only, and drops repeated ones: a rule (or set) says the same in
 * fewer. Returns 0 or ERR_MEMORY. */
int alternatives_join(struct alternative *items, size_t *count, const struct syscall_desc *call, enum arch arch,
		      struct error *e);

/* combine.c: policies put together. ------------------------------------------------------------------------------ */

/* Adds to a policy what another one allows on the policy's architectures. New and widened rules give `why` as their
 * reason. Returns 0 or a negative code. */
int policy_add_all(struct policy *into, const struct policy *from, const char *why, struct error *e);

/* Takes the rules, and the alternatives of rules, out of a policy that a base has already: allows, or answers alike.
 * Returns 0 or a negative code. */
int policy_leave_out(struct policy *p, const struct policy *base, struct error *e);

#endif
