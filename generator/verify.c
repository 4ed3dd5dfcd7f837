/* Does a filter say what a policy says? Asks both, by ways that share no code: the filter is run, the policy is
 * evaluated. SPDX-License-Identifier: MIT */
#include "generator.h"

#include <stdlib.h>
#include <string.h>

/* What is asked, and what bounds the work. Every number up to a little past the newest, on every known architecture
 * and some foreign ones, with arguments zero, all ones, random, and such as other rules are satisfied by (so that a
 * number that is taken for its neighbour is seen).
 * For a rule with alternatives, per argument the candidates: the borders of every range of every test (one below, on,
 * and above), single bits of its mask, and what the test does not look at all ones. Where all combinations of
 * candidates are at most CROSS_LIMIT, all of them. Else a covering scheme: from each alternative's own satisfying call,
 * one argument at a time goes through the candidates (so that exactly one test is violated, or another alternative's
 * met), and random combinations besides; at most RULE_LIMIT calls a rule, spread evenly. */
#define CROSS_LIMIT  4096
#define RULE_LIMIT   20000
#define RANDOM_CALLS 1000
#define SAMPLE_LIMIT 256

/* Arguments that satisfy some alternative of some rule. */
struct sample {
	uint64_t args[6];
};

struct verifying {
	const struct sock_filter *code;
	size_t n;
	const struct policy *policy;
	struct seccomp_data *witness;
	uint64_t random;
	VEC(struct sample) samples;
};

struct values {
	VEC(uint64_t) v;
};

/* xorshift64*: the same calls each time. */
static uint64_t next_random(struct verifying *v)
{
	v->random ^= v->random >> 12;
	v->random ^= v->random << 25;
	v->random ^= v->random >> 27;
	return v->random * 2685821657736338717u;
}

/* true: they differ, and that is the witness. */
static bool differs(struct verifying *v, const struct seccomp_data *call)
{
	uint32_t said = filter_run(v->code, v->n, call, NULL);
	if (said == action_ret(policy_evaluate(v->policy, call)))
		return false;
	*v->witness = *call;
	return true;
}

/* One number with arguments all zero, all ones, any, and, where there may be a rule, the samples. */
static bool number_differs(struct verifying *v, uint32_t audit, uint32_t nr)
{
	struct seccomp_data call = {.nr = (int)nr, .arch = audit, .instruction_pointer = next_random(v)};
	if (differs(v, &call))
		return true;
	memset(call.args, 0xff, sizeof(call.args));
	if (differs(v, &call))
		return true;
	for (int i = 0; i < 6; i++)
		call.args[i] = next_random(v);
	bool differ = differs(v, &call);
	int arch = arch_by_audit(audit);
	bool ruled = nr < ABI_NR_FOREIGN && arch >= 0 && (v->policy->archs & ARCH_BIT(arch));
	for (size_t i = 0; i < (ruled ? v->samples.count : v->samples.count > 0) && !differ; i++) {
		memcpy(call.args, v->samples.items[i].args, sizeof(call.args));
		differ = differs(v, &call);
	}
	return differ;
}

static bool numbers_differ(struct verifying *v, uint32_t audit, uint32_t newest)
{
	static const uint32_t edges[] = {ABI_NR_FOREIGN - 1, ABI_NR_FOREIGN, ABI_NR_FOREIGN + 1, 0x7fffffff,
					 0x80000000,	     0x80000001,     UINT32_MAX - 1,	 UINT32_MAX};
	for (uint32_t nr = 0; nr <= newest + 16; nr++)
		if (number_differs(v, audit, nr) || number_differs(v, audit, nr | ABI_NR_FOREIGN))
			return true;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		if (number_differs(v, audit, edges[i]))
			return true;
	for (int bit = 0; bit < 32; bit++)
		if (number_differs(v, audit, 1u << bit) || number_differs(v, audit, (1u << bit) - 1))
			return true;
	return false;
}

/* Architectures that are none, or that this program has no tables for. */
static bool foreign_differ(struct verifying *v)
{
	static const uint32_t others[] = {0, 1, 0x40000028 /* ARM */, 0xc00000f3 /* RISC-V 64 */, UINT32_MAX};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (numbers_differ(v, others[i], 64))
			return true;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		for (int bit = 0; bit < 32; bit++)
			if (number_differs(v, arch_audit((enum arch)arch) ^ 1u << bit, 0))
				return true;
	return false;
}

static bool holds(const struct test *t, uint64_t value)
{
	for (size_t i = 0; i < t->ranges.count; i++)
		if ((value & t->mask) >= t->ranges.items[i].lo && (value & t->mask) <= t->ranges.items[i].hi)
			return true;
	return false;
}

static bool add_value(struct values *out, uint64_t value, uint64_t outside)
{
	return vec_push(&out->v, value) && vec_push(&out->v, value | outside);
}

/* The candidates of one test. Bits above the argument's width are in `outside` too: they must not matter. */
static bool add_candidates(struct values *out, const struct test *t)
{
	uint64_t outside = ~t->mask;
	bool room = add_value(out, 0, outside);
	for (size_t i = 0; i < t->ranges.count && room; i++) {
		const struct range *r = &t->ranges.items[i];
		room = add_value(out, r->lo, outside) && add_value(out, r->lo - 1, outside) &&
		       add_value(out, r->hi, outside) && add_value(out, r->hi + 1, outside) &&
		       add_value(out, r->lo ^ (uint64_t)1 << 32, outside) &&
		       add_value(out, r->lo ^ (uint64_t)1 << 63, outside);
		/* A bit each is enough for the first range: the others have the same mask. */
		for (int bit = 0; bit < 64 && room && i == 0; bit++)
			room = add_value(out, r->lo ^ (uint64_t)1 << bit, 0);
	}
	return room;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static bool collect(const struct rule *rule, struct values candidates[6])
{
	for (size_t i = 0; i < rule->any.count; i++)
		for (size_t j = 0; j < rule->any.items[i].tests.count; j++) {
			const struct test *t = &rule->any.items[i].tests.items[j];
			if (!add_candidates(&candidates[t->arg], t))
				return false;
		}
	for (int arg = 0; arg < 6; arg++) {
		struct values *c = &candidates[arg];
		size_t kept = 0;
		if (c->v.count > 1)
			qsort(c->v.items, c->v.count, sizeof(*c->v.items), by_value);
		for (size_t i = 0; i < c->v.count; i++)
			if (kept == 0 || c->v.items[i] != c->v.items[kept - 1])
				c->v.items[kept++] = c->v.items[i];
		c->v.count = kept;
	}
	return true;
}

/* A value that meets all of an alternative's tests of one argument, as far as there is an easy one: the tests' first
 * values laid over each other, or one of the candidates. */
static uint64_t satisfying(const struct alternative *a, unsigned arg, const struct values *candidates)
{
	uint64_t laid = 0, value = 0;
	for (size_t i = 0; i < a->tests.count; i++)
		if (a->tests.items[i].arg == arg && a->tests.items[i].ranges.count > 0)
			laid |= a->tests.items[i].ranges.items[0].lo;
	for (size_t c = 0; c <= candidates->v.count; c++) {
		value = c == 0 ? laid : candidates->v.items[c - 1];
		bool all = true;
		for (size_t i = 0; i < a->tests.count && all; i++)
			all = a->tests.items[i].arg != arg || holds(&a->tests.items[i], value);
		if (all)
			return value;
	}
	return laid;
}

/* All combinations of candidates, counted like the digits of a number. */
static bool cross_differs(struct verifying *v, struct seccomp_data call, const struct values candidates[6])
{
	size_t digit[6] = {0};
	for (;;) {
		for (int arg = 0; arg < 6; arg++)
			call.args[arg] =
			    candidates[arg].v.count > 0 ? candidates[arg].v.items[digit[arg]] : next_random(v);
		if (differs(v, &call))
			return true;
		int arg = 0;
		while (arg < 6 && ++digit[arg] >= candidates[arg].v.count)
			digit[arg++] = 0;
		if (arg == 6)
			return false;
	}
}

static bool cover_differs(struct verifying *v, struct seccomp_data call, const struct rule *rule,
			  const struct values candidates[6])
{
	size_t total = 0, asked = 0;
	for (int arg = 0; arg < 6; arg++)
		total += candidates[arg].v.count;
	size_t stride = 1 + total * rule->any.count / RULE_LIMIT;
	for (size_t i = 0; i < rule->any.count; i++) {
		struct seccomp_data base = call;
		for (unsigned arg = 0; arg < 6; arg++)
			base.args[arg] = candidates[arg].v.count > 0
					     ? satisfying(&rule->any.items[i], arg, &candidates[arg])
					     : next_random(v);
		if (differs(v, &base))
			return true;
		for (int arg = 0; arg < 6; arg++)
			for (size_t c = 0; c < candidates[arg].v.count; c++) {
				struct seccomp_data one = base;
				one.args[arg] = candidates[arg].v.items[c];
				if (asked++ % stride == 0 && differs(v, &one))
					return true;
			}
	}
	for (size_t i = 0; i < RANDOM_CALLS; i++) {
		for (int arg = 0; arg < 6; arg++)
			call.args[arg] = candidates[arg].v.count > 0
					     ? candidates[arg].v.items[next_random(v) % candidates[arg].v.count]
					     : next_random(v);
		if (differs(v, &call))
			return true;
	}
	return false;
}

/* Returns 0, 1 or ERR_MEMORY. */
static int rule_differs(struct verifying *v, enum arch arch, uint32_t nr, const struct rule *rule, struct error *e)
{
	struct values candidates[6] = {0};
	struct seccomp_data call = {.nr = (int)nr, .arch = arch_audit(arch), .instruction_pointer = next_random(v)};
	int rc = 0;
	for (uint32_t n = nr - 1; n != nr + 2 && rc == 0; n++)
		rc = number_differs(v, call.arch, n);
	if (rc == 0 && rule->any.count > 0) {
		size_t combinations = 1;
		if (!collect(rule, candidates))
			rc = error_memory(e);
		for (int arg = 0; arg < 6 && combinations <= CROSS_LIMIT; arg++)
			combinations *= candidates[arg].v.count > 0 ? candidates[arg].v.count : 1;
		if (rc == 0 && combinations <= CROSS_LIMIT)
			rc = cross_differs(v, call, candidates);
		else if (rc == 0)
			rc = cover_differs(v, call, rule, candidates);
	}
	for (int arg = 0; arg < 6; arg++)
		vec_free(&candidates[arg].v);
	return rc;
}

/* Takes up to SAMPLE_LIMIT samples from the rules of one architecture, the first alternatives of all of them first. */
static bool take_samples(struct verifying *v, enum arch arch)
{
	size_t deepest = 1;
	v->samples.count = 0;
	for (size_t depth = 0; depth < deepest; depth++)
		for (size_t i = 0; i < v->policy->rules.count; i++) {
			const struct rule *rule = &v->policy->rules.items[i];
			if (!(rule->archs & ARCH_BIT(arch)) || rule->any.count <= depth)
				continue;
			struct sample s;
			for (unsigned arg = 0; arg < 6; arg++)
				s.args[arg] = satisfying(&rule->any.items[depth], arg, &(struct values){0});
			if (v->samples.count >= SAMPLE_LIMIT)
				return true;
			if (!vec_push(&v->samples, s))
				return false;
			if (rule->any.count > deepest)
				deepest = rule->any.count;
		}
	return true;
}

static int verify(struct verifying *v, struct error *e)
{
	const struct policy *p = v->policy;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		if ((p->archs & ARCH_BIT(arch)) && !take_samples(v, (enum arch)arch))
			return error_memory(e);
		if (numbers_differ(v, arch_audit((enum arch)arch), abi_newest((enum arch)arch)))
			return 1;
	}
	if (foreign_differ(v))
		return 1;
	for (size_t i = 0; i < p->rules.count; i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			const struct rule *rule = &p->rules.items[i];
			uint32_t nr;
			if (!(rule->archs & ARCH_BIT(arch)))
				continue;
			int rc = abi_number((enum arch)arch, rule->syscall, &nr, e);
			if (rc == 0)
				rc = rule_differs(v, (enum arch)arch, nr, rule, e);
			if (rc != 0)
				return rc;
		}
	return 0;
}

int filter_verify(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
		  struct error *e)
{
	struct verifying v = {.code = code, .n = n, .policy = p, .witness = witness, .random = 0x9e3779b97f4a7c15};
	int rc = verify(&v, e);
	vec_free(&v.samples);
	return rc;
}
