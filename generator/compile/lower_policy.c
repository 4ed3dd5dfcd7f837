/* Lowering: makes of a policy, for one architecture, the decision for each system call number.
 * SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <assert.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

void lowered_clear(struct lowered *l)
{
	for (size_t i = 0; i < l->spans.count; i++)
		vec_free(&l->spans.items[i].roots.of);
	vec_free(&l->spans);
}

struct lowering {
	const struct policy *policy;
	struct decisions *d;
	size_t *steps;
	struct lowered *out;
};

static bool add_span(struct lowering *l, struct span s)
{
	if (vec_push(&l->out->spans, s))
		return true;
	vec_free(&s.roots.of);
	return false;
}

/* Adds one action for lo to hi. Extends the previous span where it has the same action. */
static bool add_constant(struct lowering *l, uint32_t lo, uint32_t hi, struct action a)
{
	uint32_t end = decision_end(l->d, action_ret(a));
	struct span s = {.lo = lo, .hi = hi};
	if (l->out->spans.count > 0) {
		struct span *last = &l->out->spans.items[l->out->spans.count - 1];
		if (last->rule == NULL && last->roots.of.items[0] == end) {
			last->hi = hi;
			return true;
		}
	}
	return vec_push(&s.roots.of, end) && add_span(l, s);
}

/* Adds the numbers lo to hi, which have no rule: known ones get the policy's default, newer ones `newer`. */
static bool add_unruled(struct lowering *l, uint32_t lo, uint32_t hi)
{
	uint32_t newest = abi_newest(l->out->arch);
	if (lo <= newest && !add_constant(l, lo, hi < newest ? hi : newest, l->policy->default_action))
		return false;
	return hi <= newest || add_constant(l, lo > newest ? lo : newest + 1, hi, l->policy->newer);
}

/* Adds the span of one call's rules. Adds a constant where the answer does not depend on arguments. */
static bool add_rules(struct lowering *l, const struct numbered *rules, size_t n)
{
	struct span s = {.lo = rules->nr, .hi = rules->nr, .rule = rules->rule};
	struct action constant;
	if (!rules_lower(l->d, rules, n, decision_end(l->d, action_ret(l->policy->default_action)), l->steps, &s.roots)) {
		vec_free(&s.roots.of);
		return false;
	}
	bool depends = s.roots.of.count > 0;
	for (size_t i = 0; i < s.roots.of.count && depends; i++) {
		const struct decision *root = &l->d->all.items[s.roots.of.items[i]];
		depends = root->word != WORD_NONE || action_from_ret(root->mask, &constant) < 0;
	}
	if (depends)
		return add_span(l, s);
	if (s.roots.of.count == 0) /* a limit was reached: the result is not used */
		constant = l->policy->default_action;
	vec_free(&s.roots.of);
	return add_constant(l, rules->nr, rules->nr, constant);
}

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule); /* their order in the policy */
}

static void assert_gap_free(const struct lowered *l)
{
	assert(l->spans.count > 0 && l->spans.items[0].lo == 0);
	for (size_t i = 0; i + 1 < l->spans.count; i++) {
		assert(l->spans.items[i].lo <= l->spans.items[i].hi);
		assert(l->spans.items[i].hi + 1 == l->spans.items[i + 1].lo);
	}
	assert(l->spans.items[l->spans.count - 1].hi == UINT32_MAX);
}

/* Lists the rules of this architecture by number, those of one number in the policy's order. Returns 0 or a negative code. */
static int number_rules(const struct policy *p, enum arch arch, struct numbered **out, size_t *n, struct error *e)
{
	VEC(struct numbered) rules = {0};
	int rc = 0;
	for (size_t i = 0; i < p->rules.count && rc == 0; i++) {
		struct numbered r = {.rule = &p->rules.items[i]};
		if (!(r.rule->archs & ARCH_BIT(arch)))
			continue;
		rc = abi_number(arch, r.rule->syscall, &r.nr, e);
		if (rc == 0 && r.nr < ABI_NR_FOREIGN && !vec_push(&rules, r))
			rc = error_memory(e);
		if (rc == 1)
			rc = error_set(e, ERR_INPUT, "%s has no system call %s", arch_name(arch), r.rule->syscall);
	}
	if (rules.count > 1)
		qsort(rules.items, rules.count, sizeof(*rules.items), by_number);
	for (size_t i = 1; i < rules.count && rc == 0; i++)
		if (rules.items[i].nr == rules.items[i - 1].nr &&
		    strcmp(rules.items[i].rule->syscall, rules.items[i - 1].rule->syscall) != 0)
			rc = error_set(e, ERR_INPUT, "%s and %s are one call", rules.items[i].rule->syscall,
				       rules.items[i - 1].rule->syscall);
	*out = rules.items;
	*n = rules.count;
	return rc;
}

int lower(const struct policy *p, enum arch arch, struct decisions *d, size_t *steps, struct lowered *out, struct error *e)
{
	struct lowering l = {p, d, steps, out};
	struct numbered *rules = NULL;
	size_t n = 0;
	uint32_t next = 0;
	const struct rule *last = NULL;
	*out = (struct lowered){.arch = arch};
	int rc = number_rules(p, arch, &rules, &n, e);
	bool room = true;
	for (size_t i = 0, end; i < n && rc == 0 && room && !d->failed && !d->too_big; i = end) {
		uint32_t nr = rules[i].nr;
		for (end = i + 1; end < n && rules[end].nr == nr;)
			end++;
		room = (nr == next || add_unruled(&l, next, nr - 1)) && add_rules(&l, &rules[i], end - i);
		last = rules[i].rule;
		next = nr + 1;
	}
	free(rules);
	if (rc < 0)
		return rc;
	/* x32's numbers, and all above: a policy that allows by default must not be bypassed by x32's calls. */
	struct action foreign = p->default_action.kind == ACTION_ALLOW ? (struct action){.kind = ACTION_KILL} : p->default_action;
	room = room && (next == ABI_NR_FOREIGN || add_unruled(&l, next, ABI_NR_FOREIGN - 1)) &&
	       add_constant(&l, ABI_NR_FOREIGN, UINT32_MAX, foreign);
	if (!room || d->failed)
		return error_memory(e);
	if (d->too_big)
		return error_set(e, ERR_LIMIT,
				 "the filter is much longer than the %d instructions that the kernel takes; the rule of %s (%s), with "
				 "those before it, distinguishes too many values; give it fewer alternatives, or none",
				 BPF_MAXINSNS, last != NULL ? last->syscall : "?", arch_name(arch));
	assert_gap_free(out);
	return 0;
}
