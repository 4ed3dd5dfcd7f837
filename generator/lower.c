/* Lowering: a policy for one architecture, as what is done with each system call number.
 * SPDX-License-Identifier: MIT */
#include "stages.h"

#include <assert.h>
#include <stdlib.h>

struct numbered {
	uint32_t nr;
	const struct rule *rule;
};

void lowered_clear(struct lowered *l)
{
	for (size_t i = 0; i < l->spans.count; i++) {
		for (size_t j = 0; j < l->spans.items[i].any.count; j++)
			vec_free(&l->spans.items[i].any.items[j].tests);
		vec_free(&l->spans.items[i].any);
	}
	vec_free(&l->spans);
}

/* One action for lo to hi, joined with the span before where that has the same. */
static bool add_constant(struct lowered *out, uint32_t lo, uint32_t hi, struct action a)
{
	if (out->spans.count > 0) {
		struct span *last = &out->spans.items[out->spans.count - 1];
		if (last->any.count == 0 && action_equal(last->yes, a)) {
			last->hi = hi;
			return true;
		}
	}
	return vec_push(&out->spans, (struct span){.lo = lo, .hi = hi, .yes = a, .no = a});
}

/* The numbers lo to hi have no rule: those the table's time knew get the default, later ones `newer`. */
static bool add_unruled(struct lowered *out, const struct policy *p, uint32_t lo, uint32_t hi)
{
	uint32_t newest = abi_newest(out->arch);
	if (lo <= newest && !add_constant(out, lo, hi < newest ? hi : newest, p->fallback))
		return false;
	return hi <= newest || add_constant(out, lo > newest ? lo : newest + 1, hi, p->newer);
}

static bool always_holds(const struct test *t)
{
	return t->ranges.count == 1 && t->ranges.items[0].lo == 0 && t->ranges.items[0].hi >= t->mask;
}

static int by_arg_and_mask(const void *a, const void *b)
{
	const struct test *const *x = a, *const *y = b;
	if ((*x)->arg != (*y)->arg)
		return (*x)->arg < (*y)->arg ? -1 : 1;
	return ((*x)->mask > (*y)->mask) - ((*x)->mask < (*y)->mask);
}

/* Appends the alternative's tests but those that always hold. Returns 1, 0 where it never holds, or -1: no memory. */
static int lower_alternative(const struct alternative *a, struct choice *out)
{
	for (size_t i = 0; i < a->tests.count; i++) {
		const struct test *t = &a->tests.items[i];
		if (t->ranges.count == 0)
			return 0;
		if (!always_holds(t) && !vec_push(&out->tests, t))
			return -1;
	}
	if (out->tests.count > 1)
		qsort(out->tests.items, out->tests.count, sizeof(*out->tests.items), by_arg_and_mask);
	return 1;
}

static void forget_choices(struct span *s)
{
	for (size_t i = 0; i < s->any.count; i++)
		vec_free(&s->any.items[i].tests);
	vec_free(&s->any);
}

/* The span of one rule. What turns out not to depend on arguments becomes a constant. */
static bool add_rule(struct lowered *out, const struct policy *p, uint32_t nr, const struct rule *rule)
{
	if (rule->any.count == 0 || action_equal(rule->action, p->fallback))
		return add_constant(out, nr, nr, rule->action);
	struct span s = {.lo = nr, .hi = nr, .yes = rule->action, .no = p->fallback, .rule = rule};
	for (size_t i = 0; i < rule->any.count; i++) {
		struct choice c = {0};
		int held = lower_alternative(&rule->any.items[i], &c);
		if (held == 1 && c.tests.count == 0) {
			forget_choices(&s);
			return add_constant(out, nr, nr, rule->action);
		}
		if (held < 0 || (held == 1 && !vec_push(&s.any, c))) {
			vec_free(&c.tests);
			forget_choices(&s);
			return false;
		}
		if (held == 0)
			vec_free(&c.tests);
	}
	if (s.any.count == 0)
		return add_constant(out, nr, nr, p->fallback);
	if (vec_push(&out->spans, s))
		return true;
	forget_choices(&s);
	return false;
}

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	return (x->nr > y->nr) - (x->nr < y->nr);
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

int lower(const struct policy *p, enum arch arch, struct lowered *out, struct error *e)
{
	VEC(struct numbered) rules = {0};
	int rc = 0;
	uint32_t next = 0;
	*out = (struct lowered){.arch = arch};
	for (size_t i = 0; i < p->rules.count && rc == 0; i++) {
		struct numbered n = {.rule = &p->rules.items[i]};
		if (!(n.rule->archs & ARCH_BIT(arch)))
			continue;
		rc = abi_number(arch, n.rule->syscall, &n.nr, e);
		if (rc == 0 && n.nr < ABI_NR_FOREIGN && !vec_push(&rules, n))
			rc = error_memory(e);
		if (rc == 1)
			rc = error_set(e, ERR_INPUT, "%s has no system call %s", arch_name(arch), n.rule->syscall);
	}
	if (rules.count > 1)
		qsort(rules.items, rules.count, sizeof(*rules.items), by_number);

	bool room = true;
	for (size_t i = 0; i < rules.count && room && rc == 0; i++) {
		uint32_t nr = rules.items[i].nr;
		if (nr < next)
			rc = error_set(e, ERR_INPUT, "%s has two rules", rules.items[i].rule->syscall);
		else
			room = (nr == next || add_unruled(out, p, next, nr - 1)) &&
			       add_rule(out, p, nr, rules.items[i].rule);
		next = nr + 1;
	}
	vec_free(&rules);
	if (rc < 0)
		return rc;
	/* x32 and everything up to -1: a list of what is forbidden must not be bypassed through another door. */
	struct action foreign = p->fallback.kind == ACTION_ALLOW ? (struct action){.kind = ACTION_KILL} : p->fallback;
	room = room && (next == ABI_NR_FOREIGN || add_unruled(out, p, next, ABI_NR_FOREIGN - 1)) &&
	       add_constant(out, ABI_NR_FOREIGN, UINT32_MAX, foreign);
	if (!room)
		return error_memory(e);
	assert_gap_free(out);
	return 0;
}
