/* Makes a decision diagram of a policy. It follows the definitions in policies/policy/policy.h and shares no code with
 * generator/compile/.
 * SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <string.h>

/* A call whose rules need more nodes is proven separately. */
#define CALL_LIMIT (1u << 18)

/* The policy, architecture and call that nodes are made for. */
struct meaning {
	struct diagram *diagram;
	const struct policy *policy;
	enum arch arch;
	const struct syscall_desc *call;
	struct largest_rule *largest;
	struct apart_rules *apart;
};

static uint32_t verdict(struct diagram *d, struct action a)
{
	return diagram_end(d, END_VERDICT, action_ret(a));
}

static uint32_t not_less(struct diagram *d, uint32_t offset, uint32_t k)
{
	uint32_t node = DIAGRAM_TRUE;
	for (unsigned i = 0; i < 32; i++)
		node = (k >> i & 1) ? diagram_node(d, bit_position(offset, i), DIAGRAM_FALSE, node)
				    : diagram_node(d, bit_position(offset, i), node, DIAGRAM_TRUE);
	return node;
}

static uint32_t equals(struct diagram *d, uint32_t offset, uint32_t k)
{
	uint32_t node = DIAGRAM_TRUE;
	for (unsigned i = 0; i < 32; i++)
		node = (k >> i & 1) ? diagram_node(d, bit_position(offset, i), DIAGRAM_FALSE, node)
				    : diagram_node(d, bit_position(offset, i), node, DIAGRAM_FALSE);
	return node;
}

/* Returns the first range that does not end below a value; NULL: there is none. */
static const struct range *first_range(const struct test *t, uint64_t value)
{
	size_t low = sorted_first(at, t->ranges.count, t->ranges.items[at].hi < value);
	return low < t->ranges.count ? &t->ranges.items[low] : NULL;
}

/* Returns the condition that the test holds for a value whose masked bits from `bits` up are those of `from`. The lower bits can
 * raise the value up to `to`. For each length of prefix, a border of a range is inside one such span only, so the work is linear
 * in the number of ranges. */
static uint32_t test_node(const struct meaning *m, const struct test *t, unsigned bits, uint64_t from)
{
	uint64_t rest = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX, to = from | (t->mask & rest);
	const struct range *r = first_range(t, from);
	if (r == NULL || r->lo > to)
		return DIAGRAM_FALSE;
	if (r->lo <= from && r->hi >= to)
		return DIAGRAM_TRUE;
	unsigned bit = bits - 1; /* bits > 0: otherwise from = to, which is in the range */
	if (!(t->mask >> bit & 1))
		return test_node(m, t, bit, from);
	uint32_t offset = (uint32_t)(offsetof(struct seccomp_data, args) + 8 * t->arg + (bit < 32 ? 0 : 4));
	uint32_t lo = test_node(m, t, bit, from);
	uint32_t hi = test_node(m, t, bit, from | (uint64_t)1 << bit);
	return diagram_node(m->diagram, bit_position(offset, bit % 32), lo, hi);
}

/* Returns the condition that both a test and `rest` hold. */
static uint32_t both(const struct meaning *m, struct test t, uint32_t rest)
{
	/* The mask should be within the argument's width already. The proof does not rely on that. */
	unsigned bits = syscall_arg_bits(m->call, m->arch, t.arg);
	if (bits < 64)
		t.mask &= ((uint64_t)1 << bits) - 1;
	return diagram_if(m->diagram, test_node(m, &t, 64, 0), rest, DIAGRAM_FALSE);
}

/* Returns the condition that all tests hold. Begins with the last argument, because that is asked last. */
static uint32_t alternative_node(const struct meaning *m, const struct alternative *a)
{
	uint32_t node = DIAGRAM_TRUE;
	for (size_t i = a->tests.count; i-- > 0;)
		node = both(m, a->tests.items[i], node);
	return node;
}

uint32_t argument_node(struct diagram *d, const struct alternative *a, const struct apart *of, unsigned arg)
{
	struct meaning m = {.diagram = d, .arch = of->arch, .call = abi_by_nr(of->arch, of->nr)};
	uint32_t node = DIAGRAM_TRUE;
	for (size_t i = 0; i < a->tests.count; i++)
		if (a->tests.items[i].arg == arg)
			node = both(&m, a->tests.items[i], node);
	return node;
}

/* Returns the condition that one of n alternatives holds. Joins halves, so that each alternative is joined a few times only. */
static uint32_t any_node(const struct meaning *m, const struct alternative *any, size_t n)
{
	if (n == 1)
		return alternative_node(m, any);
	uint32_t left = any_node(m, any, n / 2), right = any_node(m, any + n / 2, n - n / 2);
	return diagram_if(m->diagram, left, DIAGRAM_TRUE, right);
}

/* Returns the condition that a call has a number. */
static uint32_t number_node(struct diagram *d, uint32_t nr)
{
	return equals(d, offsetof(struct seccomp_data, nr), nr);
}

uint32_t apart_calls(struct diagram *d, const struct apart_rules *apart)
{
	uint32_t node = DIAGRAM_FALSE;
	for (size_t i = 0; i < apart->all.count; i++) {
		const struct apart *a = &apart->all.items[i];
		uint32_t arch = equals(d, offsetof(struct seccomp_data, arch), arch_audit(a->arch));
		node = diagram_if(d, diagram_if(d, arch, number_node(d, a->nr), DIAGRAM_FALSE), DIAGRAM_TRUE, node);
	}
	return node;
}

/* Returns the diagram of the answers of one call's rules from r on, which are tried in their order. */
static uint32_t rules_node(const struct meaning *m, const struct rule *r)
{
	struct diagram *d = m->diagram;
	if (r == NULL || d->full)
		return verdict(d, m->policy->default_action);
	uint32_t holds = r->any.count == 0 ? DIAGRAM_TRUE : any_node(m, r->any.items, r->any.count);
	uint32_t otherwise = rules_node(m, policy_next_rule(m->policy, m->arch, r));
	return diagram_if(d, holds, verdict(d, r->action), otherwise);
}

/* As rules_node, but within CALL_LIMIT where calls can be proven separately: *fits is false where that is too little. */
static uint32_t call_node(const struct meaning *m, const struct rule *first, bool *fits)
{
	struct diagram *d = m->diagram;
	size_t whole = d->limit;
	if (m->apart != NULL && d->nodes.count + CALL_LIMIT < whole)
		d->limit = d->nodes.count + CALL_LIMIT;
	uint32_t node = rules_node(m, first);
	*fits = !d->full || d->limit == whole;
	if (!*fits)
		d->full = false;
	d->limit = whole;
	return node;
}

/* Puts the answers of one call, whose first rule is given, into *otherwise. Returns 0 or a negative code. */
static int add_call(struct meaning *m, const struct rule *rule, uint32_t *otherwise, struct error *e)
{
	struct diagram *d = m->diagram;
	char buffer[32];
	uint32_t nr;
	size_t before = d->made;
	int rc = abi_number(m->arch, rule->syscall, &nr, e);
	if (rc < 0)
		return rc;
	/* As policy_evaluate: it looks rules up by the number's name, and has none from ABI_NR_FOREIGN on. */
	if (rc != 0 || nr >= ABI_NR_FOREIGN ||
	    strcmp(abi_name(m->arch, nr, buffer, sizeof(buffer)), rule->syscall) != 0)
		return 0;
	m->call = abi_by_nr(m->arch, nr);
	bool fits;
	uint32_t node = call_node(m, rule, &fits);
	if (!fits && !vec_push(&m->apart->all, (struct apart){rule, m->arch, nr}))
		return error_memory(e);
	if (!fits)
		node = diagram_end(d, END_APART, 0);
	*otherwise = diagram_if(d, number_node(d, nr), node, *otherwise);
	if (m->largest->rule == NULL || d->made - before > m->largest->nodes)
		*m->largest = (struct largest_rule){rule, m->arch, d->made - before};
	if (d->full)
		return error_set(e, ERR_LIMIT,
				 "cannot decide whether the filter equals the policy: the rule of %s (%s) has alternatives that combine in "
				 "more ways than pinhole can hold",
				 rule->syscall, arch_name(m->arch));
	return d->failed ? error_memory(e) : 0;
}

static int arch_node(struct meaning *m, struct action foreign, uint32_t *node, struct error *e)
{
	struct diagram *d = m->diagram;
	const struct policy *p = m->policy;
	uint32_t offset = offsetof(struct seccomp_data, nr), newest = abi_newest(m->arch);
	int rc = 0;
	*node = diagram_if(d, not_less(d, offset, newest + 1), verdict(d, p->newer), verdict(d, p->default_action));
	*node = diagram_if(d, not_less(d, offset, ABI_NR_FOREIGN), verdict(d, foreign), *node);
	for (size_t i = p->rules.count; rc == 0 && i-- > 0;) {
		const struct rule *r = &p->rules.items[i];
		if ((r->archs & ARCH_BIT(m->arch)) && policy_rule(p, m->arch, r->syscall) == r)
			rc = add_call(m, r, node, e);
	}
	return rc;
}

int policy_diagram(struct diagram *d, const struct policy *p, uint32_t *node, struct largest_rule *largest,
		   struct apart_rules *apart, struct error *e)
{
	struct action foreign = p->default_action;
	if (foreign.kind == ACTION_ALLOW)
		foreign = (struct action){.kind = ACTION_KILL};
	int rc = 0;
	*largest = (struct largest_rule){0};
	*node = verdict(d, foreign);
	for (unsigned arch = 0; rc == 0 && arch < ARCH_COUNT; arch++) {
		struct meaning m = {
		    .diagram = d, .policy = p, .arch = (enum arch)arch, .largest = largest, .apart = apart};
		uint32_t inside, is = equals(d, offsetof(struct seccomp_data, arch), arch_audit(m.arch));
		if (!(p->archs & ARCH_BIT(arch)))
			continue;
		rc = arch_node(&m, foreign, &inside, e);
		if (rc == 0)
			*node = diagram_if(d, is, inside, *node);
	}
	if (rc == 0 && diagram_useless(d))
		rc = d->failed ? error_memory(e) : error_set(e, ERR_LIMIT, "the policy is too large to be compared");
	return rc;
}
