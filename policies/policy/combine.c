/* Combines policies: adds what another one allows, or leaves out what a base allows.
 * SPDX-License-Identifier: MIT */
#include "policies/policy/call_set.h"

#include <stdlib.h>
#include <string.h>

int rule_add_why(struct rule *r, const char *why, struct error *e)
{
	struct text t = {0};
	if (r->why != NULL && strstr(r->why, why) != NULL)
		return 0;
	text_add(&t, "%s%s%s", r->why != NULL ? r->why : "", r->why != NULL ? "; " : "", why);
	char *copy = t.failed ? NULL : strdup(text_string(&t));
	text_free(&t);
	if (copy == NULL)
		return error_memory(e);
	free(r->why);
	r->why = copy;
	return 0;
}

/* Splits a rule for one architecture off a rule for several. Returns NULL if out of memory, or if
 * there is no such rule. */
static struct rule *rule_alone(struct policy *p, enum arch arch, const char *syscall)
{
	struct rule *r = (struct rule *)policy_rule(p, arch, syscall);
	if (r == NULL || r->archs == ARCH_BIT(arch))
		return r;
	r->archs &= (arch_set)~ARCH_BIT(arch);
	char *why = r->why;
	return policy_add_rule(p, syscall, ARCH_BIT(arch), r->action, why);
}

/* Replaces the alternatives of a rule by those of a set. */
static void set_alternatives(struct rule *r, struct call_set *set)
{
	bool all = false;
	while (r->any.count > 0)
		alternative_clear(&r->any.items[--r->any.count]);
	vec_free(&r->any);
	for (size_t i = 0; i < set->any.count; i++)
		all |= set->any.items[i].tests.count == 0;
	if (all) /* a rule without alternatives holds for every call */
		return;
	memcpy(&r->any, &set->any, sizeof(set->any));
	*set = (struct call_set){0};
}

static bool has_several(const struct policy *p, enum arch arch, const char *syscall)
{
	const struct rule *r = policy_rule(p, arch, syscall);
	return r != NULL && policy_next_rule(p, arch, r) != NULL;
}

/* Adds the alternatives of a set, which it takes over, to a rule. */
static int add_set(struct rule *r, struct call_set *set, enum arch arch, const char *why, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < set->any.count && rc == 0; i++) {
		rc = vec_push(&r->any, set->any.items[i]) ? 0 : error_memory(e);
		if (rc == 0)
			set->any.items[i] = (struct alternative){0};
	}
	if (rc == 0)
		rc = alternatives_join(r->any.items, &r->any.count, abi_call(arch, r->syscall), arch, e);
	return rc == 0 ? rule_add_why(r, why, e) : rc;
}

static bool has_all(const struct call_set *set)
{
	for (size_t i = 0; i < set->any.count; i++)
		if (set->any.items[i].tests.count == 0)
			return true;
	return false;
}

/* Adds a rule for the calls of a set, which it takes over, before the other rules of its call. If
 * the first of these has the same answer, adds the calls to it instead. */
static int put_first(struct policy *p, enum arch arch, const char *syscall, struct action action, struct call_set *set,
		     const char *why, struct error *e)
{
	struct rule *first = (struct rule *)policy_rule(p, arch, syscall);
	if (first != NULL && first->archs == ARCH_BIT(arch) && action_equal(first->action, action) && first->any.count > 0 &&
	    !has_all(set))
		return add_set(first, set, arch, why, e);
	size_t at = first != NULL ? (size_t)(first - p->rules.items) : p->rules.count;
	struct rule *added = policy_add_rule(p, syscall, ARCH_BIT(arch), action, why);
	if (added == NULL)
		return error_memory(e);
	set_alternatives(added, set);
	struct rule r = *added;
	memmove(&p->rules.items[at + 1], &p->rules.items[at], (p->rules.count - 1 - at) * sizeof(r));
	p->rules.items[at] = r;
	return 0;
}

/* Adds the alternatives of one rule that lets calls through to another. */
static int widen(struct rule *r, const struct rule *from, enum arch arch, struct error *e)
{
	struct call_set all = {0};
	if (r->any.count == 0)
		return 0;
	if (from->any.count == 0) {
		while (r->any.count > 0)
			alternative_clear(&r->any.items[--r->any.count]);
		return 0;
	}
	int rc = call_set_of(from, arch, &all, e);
	for (size_t i = 0; i < all.any.count; i++)
		if (rc < 0 || !vec_push(&r->any, all.any.items[i])) {
			alternative_clear(&all.any.items[i]);
			rc = rc < 0 ? rc : error_memory(e);
		}
	vec_free(&all.any);
	return rc == 0 ? alternatives_join(r->any.items, &r->any.count, abi_call(arch, r->syscall), arch, e) : rc;
}

/* Removes from a refusing rule the calls that another policy lets through; the default lets calls
 * through. */
static int give_way(struct rule *r, const struct rule *from, enum arch arch, struct error *e)
{
	struct call_set left = {0}, what = {0};
	int rc = call_set_of_rule(r, arch, &left, e);
	if (rc == 0)
		rc = call_set_of_rule(from, arch, &what, e);
	if (rc == 0)
		rc = call_set_subtract(&left, &what, arch, r->syscall, e);
	if (rc == 0 && left.any.count == 0)
		r->action = from->action;
	if (rc == 0)
		set_alternatives(r, &left);
	call_set_clear(&left);
	call_set_clear(&what);
	return rc;
}

/* Adds a rule to the only rule that the policy has for the call. */
static int add_to_rule(struct policy *into, const struct rule *from, enum arch arch, const char *why, struct error *e)
{
	struct call_set before = {0};
	struct rule *r = rule_alone(into, arch, from->syscall);
	if (r == NULL)
		return error_memory(e);
	struct action action = r->action;
	int rc = call_set_of(r, arch, &before, e);
	if (rc == 0)
		rc = lets_through(r->action) ? widen(r, from, arch, e) : give_way(r, from, arch, e);
	if (rc == 0 && (!action_equal(action, r->action) || !call_set_is(&before, r)))
		rc = rule_add_why(r, why, e);
	call_set_clear(&before);
	return rc;
}

/* Copies the rules of a call for which the policy has none. */
static int copy_rules(struct policy *into, const struct policy *from, const struct rule *first, enum arch arch,
		      const char *why, struct error *e)
{
	int rc = 0;
	for (const struct rule *r = first; r != NULL && rc == 0; r = policy_next_rule(from, arch, r)) {
		struct call_set set = {0};
		struct rule *added = policy_add_rule(into, r->syscall, ARCH_BIT(arch), r->action, why);
		rc = added == NULL ? error_memory(e) : call_set_of(r, arch, &set, e);
		if (rc == 0)
			set_alternatives(added, &set);
		call_set_clear(&set);
	}
	return rc;
}

/* Adds a rule before this policy's rules of the call, for the calls that only the other policy lets
 * through. */
static int add_before(struct policy *into, const struct policy *from, enum arch arch, const char *syscall, const char *why,
		      struct error *e)
{
	struct call_parts parts = {0};
	struct call_set had = {0};
	int rc = policy_parts(from, arch, syscall, &parts, e);
	if (rc == 0)
		rc = policy_permits(into, arch, syscall, true, &had, e);
	for (size_t i = 0; i < parts.all.count && rc == 0; i++) {
		struct call_part *part = &parts.all.items[i];
		if (part->by_default || !lets_through(part->action))
			continue;
		rc = call_set_subtract(&part->set, &had, arch, syscall, e);
		if (rc == 0 && part->set.any.count > 0)
			rc = put_first(into, arch, syscall, part->action, &part->set, why, e);
	}
	call_set_clear(&had);
	call_parts_clear(&parts);
	return rc;
}

/* Adds the rules of one call; `first` is the first of them in `from`. Adds nothing if this policy
 * lets the call through by default and has no rule for it. Adds a refusal if this policy has no
 * rule yet, as it may be milder than the default: clone3 gets ENOSYS instead of a kill. */
static int add_call(struct policy *into, const struct policy *from, const struct rule *first, enum arch arch,
		    const char *why, struct error *e)
{
	const struct rule *old = policy_rule(into, arch, first->syscall);
	bool by_default = lets_through(into->default_action);
	if (old == NULL)
		return by_default ? 0 : copy_rules(into, from, first, arch, why, e);
	if (has_several(into, arch, first->syscall) || has_several(from, arch, first->syscall))
		return add_before(into, from, arch, first->syscall, why, e);
	if (!lets_through(first->action))
		return 0;
	/* A refusal other than the default's stays for the remaining calls. */
	if (!lets_through(old->action) && !by_default && first->any.count > 0)
		return add_before(into, from, arch, first->syscall, why, e);
	return add_to_rule(into, first, arch, why, e);
}

int policy_add_all(struct policy *into, const struct policy *from, const char *why, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < from->rules.count && rc == 0; i++) {
		const struct rule *r = &from->rules.items[i];
		for (int arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
			if ((r->archs & into->archs & ARCH_BIT(arch)) && policy_rule(from, (enum arch)arch, r->syscall) == r)
				rc = add_call(into, from, r, (enum arch)arch, why, e);
	}
	if (rc == 0)
		policy_drop_unreached(into);
	return rc == 0 ? policy_finish(into, e) : rc;
}

/* Returns 1 if the set includes all calls that meet the alternative (NULL: every call), 0 if not,
 * or a negative code. */
static int covered(const struct alternative *a, const struct call_set *by, enum arch arch, const char *syscall,
		   struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	struct call_set left = {0};
	struct alternative copy = {0};
	struct error inner = {0};
	int rc = a != NULL ? alternative_copy(&copy, a, call, arch, e) : 0;
	if (rc == 0)
		rc = call_set_add(&left, &copy, e);
	if (rc == 0)
		rc = call_set_subtract(&left, by, arch, syscall, &inner);
	bool none = left.any.count == 0;
	call_set_clear(&left);
	if (rc == ERR_LIMIT)
		return 0; /* too complex to decide: keep it */
	return rc < 0 ? error_set(e, rc, "%s", inner.text) : none;
}

/* Returns 1 if a policy answers all calls of a name as the base does, 0 if not, or a negative
 * code. */
static int answers_alike(const struct policy *p, const struct policy *base, enum arch arch, const char *syscall,
			 struct error *e)
{
	struct call_parts ours = {0}, theirs = {0};
	struct error inner = {0};
	int rc = policy_parts(p, arch, syscall, &ours, &inner), alike = 1;
	if (rc == 0)
		rc = policy_parts(base, arch, syscall, &theirs, &inner);
	for (size_t i = 0; i < ours.all.count && rc == 0 && alike; i++)
		for (size_t k = 0; k < theirs.all.count && rc == 0 && alike; k++) {
			struct call_set both = {0};
			const struct call_part *a = &ours.all.items[i], *b = &theirs.all.items[k];
			if (!action_equal(a->action, b->action) && !(a->by_default && b->by_default))
				rc = call_set_common(&a->set, &b->set, arch, syscall, &both, &inner);
			alike = both.any.count == 0;
			call_set_clear(&both);
		}
	call_parts_clear(&ours);
	call_parts_clear(&theirs);
	if (rc == ERR_LIMIT)
		return 0; /* too complex to decide: keep it */
	return rc < 0 ? error_set(e, rc, "%s", inner.text) : alike;
}

/* Removes from a call's only rule what the base allows on the architecture. *gone: nothing is
 * left. */
static int leave_out_of(struct rule *r, const struct policy *base, enum arch arch, bool *gone, struct error *e)
{
	struct call_set by = {0};
	const struct rule *other = policy_rule(base, arch, r->syscall);
	*gone = false;
	if (r->action.kind != ACTION_ALLOW) {
		*gone = other != NULL && action_equal(other->action, r->action) && other->any.count == 0 && r->any.count == 0;
		return 0;
	}
	int rc = policy_permits(base, arch, r->syscall, false, &by, e);
	if (rc == 0 && r->any.count == 0)
		rc = covered(NULL, &by, arch, r->syscall, e);
	if (r->any.count == 0) {
		*gone = rc > 0;
	} else if (rc == 0) {
		size_t kept = 0;
		for (size_t i = 0; i < r->any.count; i++) {
			int c = rc < 0 ? rc : covered(&r->any.items[i], &by, arch, r->syscall, e);
			rc = c < 0 ? c : 0;
			if (c > 0)
				alternative_clear(&r->any.items[i]);
			else
				r->any.items[kept++] = r->any.items[i];
		}
		*gone = kept == 0;
		r->any.count = kept;
	}
	call_set_clear(&by);
	return rc < 0 ? rc : 0;
}

/* Removes calls with several rules that the base answers alike. Otherwise keeps all their rules. */
static int leave_out_several(struct policy *p, const struct policy *base, enum arch arch, struct error *e)
{
	for (size_t i = 0; i < p->rules.count; i++) {
		struct rule *r = &p->rules.items[i];
		if (!(r->archs & base->archs & ARCH_BIT(arch)) || policy_rule(p, arch, r->syscall) != r ||
		    !has_several(p, arch, r->syscall))
			continue;
		int alike = answers_alike(p, base, arch, r->syscall, e);
		if (alike < 0)
			return alike;
		for (const struct rule *next; alike && r != NULL; r = (struct rule *)next) {
			next = policy_next_rule(p, arch, r);
			r->archs &= (arch_set)~ARCH_BIT(arch);
		}
	}
	return 0;
}

static void drop_empty(struct policy *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->rules.count; i++)
		if (p->rules.items[i].archs == 0)
			rule_clear(&p->rules.items[i]);
		else
			p->rules.items[kept++] = p->rules.items[i];
	p->rules.count = kept;
}

int policy_leave_out(struct policy *p, const struct policy *base, struct error *e)
{
	int rc = 0;
	for (int arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
		rc = leave_out_several(p, base, (enum arch)arch, e);
	for (size_t i = 0; i < p->rules.count; i++) {
		struct rule *r = &p->rules.items[i];
		for (int arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
			bool gone = false;
			if ((r->archs & base->archs & ARCH_BIT(arch)) && !has_several(p, (enum arch)arch, r->syscall))
				rc = leave_out_of(r, base, (enum arch)arch, &gone, e);
			if (gone)
				r->archs &= (arch_set)~ARCH_BIT(arch);
		}
	}
	drop_empty(p);
	return rc == 0 ? policy_finish(p, e) : rc;
}
