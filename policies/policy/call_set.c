/* Computes with the sets of calls that policies allow. SPDX-License-Identifier: MIT */
#include "policies/policy/call_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A difference with more alternatives than this helps nobody. */
#define SET_LIMIT 1024

/* A difference may make this many intermediate alternatives: half a second of work. */
#define WORK_LIMIT (1 << 16)

/* Up to this many tests of one argument are combined, and as many prefixes of values. */
#define TESTS_LIMIT 64
#define PREFIX_LIMIT (1 << 16)

void call_set_clear(struct call_set *s)
{
	for (size_t i = 0; i < s->any.count; i++)
		alternative_clear(&s->any.items[i]);
	vec_free(&s->any);
}

static int copy_test(struct alternative *out, const struct test *t, const struct syscall_desc *call, enum arch arch,
		     struct error *e)
{
	return alternative_add_test(out, call, arch, t->arg, t->mask, t->ranges.items, t->ranges.count, e);
}

int alternative_copy(struct alternative *out, const struct alternative *a, const struct syscall_desc *call,
		     enum arch arch, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < a->tests.count && rc == 0; i++)
		rc = copy_test(out, &a->tests.items[i], call, arch, e);
	if (rc < 0)
		alternative_clear(out);
	return rc;
}

int call_set_add(struct call_set *out, struct alternative *a, struct error *e)
{
	int rc = out->any.count >= SET_LIMIT ? error_set(e, ERR_LIMIT, "more than %d alternatives", SET_LIMIT) : 0;
	if (rc == 0 && !vec_push(&out->any, *a))
		rc = error_memory(e);
	if (rc < 0)
		alternative_clear(a);
	return rc;
}

/* Says whether a test holds for the values whose bits from `bit` up are those of `prefix`: for all
 * of them, for none, or for some. */
enum holding { HOLDS, FAILS, OPEN };

static enum holding holding(const struct test *t, uint64_t prefix, unsigned bit)
{
	uint64_t most = prefix | (t->mask & (bit >= 64 ? UINT64_MAX : ((uint64_t)1 << bit) - 1));
	size_t low = sorted_first(at, t->ranges.count, t->ranges.items[at].hi < prefix);
	if (low == t->ranges.count || t->ranges.items[low].lo > most)
		return FAILS;
	return t->ranges.items[low].lo <= prefix && t->ranges.items[low].hi >= most ? HOLDS : OPEN;
}

/* Returns whether a value meets all tests. Tries bit by bit from the highest; drops a test once it
 * holds for all remaining values. */
static bool value_exists(const struct test *const *tests, const uint64_t *prefixes, size_t n, unsigned bit, size_t *budget)
{
	const struct test *open[TESTS_LIMIT];
	uint64_t prefix[TESTS_LIMIT], masks = 0;
	size_t left = 0;
	if (*budget == 0)
		return true; /* unsure */
	--*budget;
	for (size_t i = 0; i < n; i++) {
		enum holding h = holding(tests[i], prefixes[i], bit);
		if (h == FAILS)
			return false;
		if (h == HOLDS)
			continue;
		open[left] = tests[i];
		prefix[left++] = prefixes[i];
		masks |= tests[i]->mask;
	}
	if (left == 0)
		return true;
	/* the highest lower bit that a test looks at */
	uint64_t below = masks & (bit >= 64 ? UINT64_MAX : ((uint64_t)1 << bit) - 1);
	bit = 63 - (unsigned)__builtin_clzll(below);
	if (value_exists(open, prefix, left, bit, budget))
		return true;
	for (size_t i = 0; i < left; i++)
		prefix[i] |= open[i]->mask & ((uint64_t)1 << bit);
	return value_exists(open, prefix, left, bit, budget);
}

bool alternative_possible(const struct alternative *a)
{
	for (unsigned arg = 0; arg < 6; arg++) {
		const struct test *tests[TESTS_LIMIT];
		size_t n = 0;
		for (size_t i = 0; i < a->tests.count; i++)
			if (a->tests.items[i].arg == arg && n < TESTS_LIMIT)
				tests[n++] = &a->tests.items[i];
		size_t budget = PREFIX_LIMIT;
		if (n > 0 && !value_exists(tests, (const uint64_t[TESTS_LIMIT]){0}, n, 64, &budget))
			return false;
	}
	return true;
}

/* Adds a test for the values outside all ranges. */
static int add_complement(struct alternative *out, const struct test *t, const struct syscall_desc *call,
			  enum arch arch, struct error *e)
{
	VEC(struct range) others = {0};
	uint64_t from = 0;
	bool room = true, more = true;
	for (size_t i = 0; room && more && i < t->ranges.count; i++) {
		const struct range *r = &t->ranges.items[i];
		if (r->lo > from)
			room = vec_push(&others, (struct range){from, r->lo - 1});
		more = r->hi < t->mask;
		from = r->hi + 1;
	}
	if (room && more)
		room = vec_push(&others, (struct range){from, t->mask});
	int rc = room ? alternative_add_test(out, call, arch, t->arg, t->mask, others.items, others.count, e)
		      : error_memory(e);
	vec_free(&others);
	return rc;
}

/* Combines tests of one argument that have the same mask, and drops tests that always hold. */
static int simplify(struct alternative *a, const struct syscall_desc *call, enum arch arch, struct error *e)
{
	struct alternative out = {0};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < a->tests.count; i++) {
		const struct test *t = &a->tests.items[i];
		size_t k = 0;
		while (k < out.tests.count && (out.tests.items[k].arg != t->arg || out.tests.items[k].mask != t->mask))
			k++;
		if (t->ranges.count == 1 && t->ranges.items[0].lo == 0 && t->ranges.items[0].hi >= t->mask)
			continue;
		if (k == out.tests.count) {
			rc = copy_test(&out, t, call, arch, e);
			continue;
		}
		VEC(struct range) both = {0};
		struct test *other = &out.tests.items[k];
		bool room = true;
		for (size_t x = 0; x < t->ranges.count; x++)
			for (size_t y = 0; room && y < other->ranges.count; y++) {
				struct range r = t->ranges.items[x], s = other->ranges.items[y];
				r.lo = r.lo > s.lo ? r.lo : s.lo;
				r.hi = r.hi < s.hi ? r.hi : s.hi;
				if (r.lo <= r.hi)
					room = vec_push(&both, r);
			}
		vec_free(&other->ranges);
		memcpy(&other->ranges, &both, sizeof(both));
		rc = room ? 0 : error_memory(e);
	}
	alternative_clear(a);
	*a = out;
	return rc;
}

/* Simplifies an alternative, which it takes over, and appends it to a set, unless no arguments meet
 * it. */
static int add_simplified(struct call_set *out, struct alternative *a, const struct syscall_desc *call, enum arch arch,
			  struct error *e)
{
	int rc = simplify(a, call, arch, e);
	if (rc == 0 && alternative_possible(a))
		return call_set_add(out, a, e);
	alternative_clear(a);
	return rc;
}

/* Appends a \ b: for each test of b, the arguments that meet a and the tests before it, but not
 * this one. Subtracts its work from *work. */
static int subtract_one(const struct alternative *a, const struct alternative *b, const struct syscall_desc *call,
			enum arch arch, size_t *work, struct call_set *out, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < b->tests.count; i++) {
		struct alternative left = {0};
		if ((*work)-- == 0)
			return error_set(e, ERR_LIMIT, "more than %d intermediate alternatives", WORK_LIMIT);
		rc = alternative_copy(&left, a, call, arch, e);
		for (size_t k = 0; rc == 0 && k < i; k++)
			rc = copy_test(&left, &b->tests.items[k], call, arch, e);
		if (rc == 0)
			rc = add_complement(&left, &b->tests.items[i], call, arch, e);
		if (rc == 0)
			rc = add_simplified(out, &left, call, arch, e);
		else
			alternative_clear(&left);
	}
	return rc;
}

int call_set_subtract(struct call_set *from, const struct call_set *what, enum arch arch, const char *syscall,
		      struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	size_t work = WORK_LIMIT;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < what->any.count; i++) {
		struct call_set left = {0};
		for (size_t k = 0; rc == 0 && k < from->any.count; k++)
			rc = subtract_one(&from->any.items[k], &what->any.items[i], call, arch, &work, &left, e);
		if (rc == 0)
			rc = alternatives_join(left.any.items, &left.any.count, call, arch, e);
		call_set_clear(from);
		*from = left;
	}
	return rc;
}

int call_set_of(const struct rule *r, enum arch arch, struct call_set *out, struct error *e)
{
	struct call_set own = {0};
	memcpy(&own.any, &r->any, sizeof(own.any)); /* only looked at */
	return call_set_copy(out, &own, arch, r->syscall, e);
}

/* Fills an empty set with every call. */
static int call_set_fill(struct call_set *out, struct error *e)
{
	struct alternative all = {0};
	return call_set_add(out, &all, e);
}

int call_set_copy(struct call_set *out, const struct call_set *from, enum arch arch, const char *syscall,
		  struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < from->any.count; i++) {
		struct alternative a = {0};
		rc = alternative_copy(&a, &from->any.items[i], call, arch, e);
		if (rc == 0)
			rc = call_set_add(out, &a, e);
	}
	return rc;
}

/* Appends the calls that meet both alternatives. */
static int add_both(const struct alternative *a, const struct alternative *b, const struct syscall_desc *call,
		    enum arch arch, struct call_set *out, struct error *e)
{
	struct alternative both = {0};
	int rc = alternative_copy(&both, a, call, arch, e);
	for (size_t i = 0; rc == 0 && i < b->tests.count; i++)
		rc = copy_test(&both, &b->tests.items[i], call, arch, e);
	if (rc == 0)
		return add_simplified(out, &both, call, arch, e);
	alternative_clear(&both);
	return rc;
}

int call_set_common(const struct call_set *a, const struct call_set *b, enum arch arch, const char *syscall,
		    struct call_set *out, struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	int rc = 0;
	for (size_t i = 0; i < a->any.count; i++)
		for (size_t k = 0; k < b->any.count && rc == 0; k++)
			rc = add_both(&a->any.items[i], &b->any.items[k], call, arch, out, e);
	return rc == 0 ? alternatives_join(out->any.items, &out->any.count, call, arch, e) : rc;
}

int call_set_of_rule(const struct rule *r, enum arch arch, struct call_set *out, struct error *e)
{
	return r->any.count == 0 ? call_set_fill(out, e) : call_set_of(r, arch, out, e);
}

/* Adds the alternatives of a rule to a set. */
static int add_rule_set(struct call_set *to, const struct rule *r, enum arch arch, struct error *e)
{
	struct call_set own = {0};
	int rc = call_set_of_rule(r, arch, &own, e);
	for (size_t i = 0; i < own.any.count; i++)
		if (rc < 0)
			alternative_clear(&own.any.items[i]);
		else
			rc = call_set_add(to, &own.any.items[i], e);
	vec_free(&own.any);
	return rc;
}

/* Appends a part. Takes over its set, and leaves out calls that earlier parts answer. */
static int add_part(struct call_parts *out, struct call_part part, const struct call_set *answered, enum arch arch,
		    const char *syscall, struct error *e)
{
	int rc = answered->any.count > 0 ? call_set_subtract(&part.set, answered, arch, syscall, e) : 0;
	bool speaks = part.set.any.count > 0 || part.by_default;
	if (rc == 0 && speaks && !vec_push(&out->all, part))
		rc = error_memory(e);
	if (rc < 0 || !speaks)
		call_set_clear(&part.set);
	return rc;
}

int policy_parts(const struct policy *p, enum arch arch, const char *syscall, struct call_parts *out, struct error *e)
{
	struct call_set answered = {0};
	struct call_part last = {.action = p->default_action, .by_default = true};
	bool always = false;
	int rc = 0;
	for (const struct rule *r = policy_rule(p, arch, syscall); r != NULL && rc == 0 && !always;
	     r = policy_next_rule(p, arch, r)) {
		struct call_part part = {.action = r->action};
		rc = call_set_of_rule(r, arch, &part.set, e);
		if (rc == 0)
			rc = add_part(out, part, &answered, arch, syscall, e);
		else
			call_set_clear(&part.set);
		if (rc == 0)
			rc = add_rule_set(&answered, r, arch, e);
		always = r->any.count == 0;
	}
	if (rc == 0 && !always)
		rc = call_set_fill(&last.set, e);
	if (rc == 0)
		rc = add_part(out, last, &answered, arch, syscall, e);
	call_set_clear(&answered);
	return rc;
}

void call_parts_clear(struct call_parts *parts)
{
	for (size_t i = 0; i < parts->all.count; i++)
		call_set_clear(&parts->all.items[i].set);
	vec_free(&parts->all);
}

/* Adds to a set the calls of another one, which it takes over, except those that are refused. */
static int add_permitted(struct call_set *out, struct call_set *more, const struct call_set *refused, enum arch arch,
			 const char *syscall, struct error *e)
{
	int rc = refused->any.count > 0 ? call_set_subtract(more, refused, arch, syscall, e) : 0;
	for (size_t i = 0; i < more->any.count; i++)
		if (rc < 0)
			alternative_clear(&more->any.items[i]);
		else
			rc = call_set_add(out, &more->any.items[i], e);
	vec_free(&more->any);
	return rc;
}

int policy_permits(const struct policy *p, enum arch arch, const char *syscall, bool by_default, struct call_set *out,
		   struct error *e)
{
	struct call_set refused = {0};
	bool otherwise = by_default && lets_through(p->default_action), always = false;
	int rc = 0;
	if (!(p->archs & ARCH_BIT(arch)))
		return 0;
	for (const struct rule *r = policy_rule(p, arch, syscall); r != NULL && rc == 0 && !always;
	     r = policy_next_rule(p, arch, r)) {
		struct call_set own = {0};
		always = r->any.count == 0;
		if (!lets_through(r->action)) {
			rc = add_rule_set(&refused, r, arch, e);
			continue;
		}
		if (always && refused.any.count == 0)
			call_set_clear(out); /* the other alternatives are subsets */
		rc = call_set_of_rule(r, arch, &own, e);
		if (rc == 0)
			rc = add_permitted(out, &own, &refused, arch, syscall, e);
		else
			call_set_clear(&own);
	}
	if (rc == 0 && otherwise && !always) {
		struct call_set rest = {0};
		if (refused.any.count == 0)
			call_set_clear(out);
		rc = call_set_fill(&rest, e);
		if (rc == 0)
			rc = add_permitted(out, &rest, &refused, arch, syscall, e);
	}
	call_set_clear(&refused);
	return rc;
}

/* Joining. ------------------------------------------------------------------------------------------------- */

static bool same_ranges(const struct test *a, const struct test *b)
{
	return a->ranges.count == b->ranges.count &&
	       (a->ranges.count == 0 ||
		memcmp(a->ranges.items, b->ranges.items, a->ranges.count * sizeof(*a->ranges.items)) == 0);
}

/* Returns the index of the only test in which two alternatives differ. SIZE_MAX: they are equal;
 * SIZE_MAX - 1: they differ in more than one. */
static size_t difference(const struct alternative *a, const struct alternative *b)
{
	size_t where = SIZE_MAX;
	if (a->tests.count != b->tests.count)
		return SIZE_MAX - 1;
	for (size_t i = 0; i < a->tests.count; i++) {
		const struct test *x = &a->tests.items[i], *y = &b->tests.items[i];
		if (x->arg != y->arg || x->mask != y->mask)
			return SIZE_MAX - 1;
		if (same_ranges(x, y))
			continue;
		if (where != SIZE_MAX)
			return SIZE_MAX - 1;
		where = i;
	}
	return where;
}

bool call_set_is(const struct call_set *s, const struct rule *r)
{
	bool same = s->any.count == r->any.count;
	for (size_t i = 0; same && i < s->any.count; i++)
		same = difference(&s->any.items[i], &r->any.items[i]) == SIZE_MAX;
	return same;
}

/* Adds the values of a test of `from` to the same test of `into`. */
static int join_test(struct alternative *into, const struct alternative *from, size_t at,
		     const struct syscall_desc *call, enum arch arch, struct error *e)
{
	struct test *t = &into->tests.items[at];
	const struct test *other = &from->tests.items[at];
	struct alternative joined = {0};
	VEC(struct range) r = {0};
	bool room = true;
	for (size_t i = 0; room && i < t->ranges.count; i++)
		room = vec_push(&r, t->ranges.items[i]);
	for (size_t i = 0; room && i < other->ranges.count; i++)
		room = vec_push(&r, other->ranges.items[i]);
	int rc = room ? alternative_add_test(&joined, call, arch, t->arg, t->mask, r.items, r.count, e)
		      : error_memory(e);
	if (rc == 0) {
		vec_free(&t->ranges);
		*t = joined.tests.items[0];
		vec_free(&joined.tests);
	}
	vec_free(&r);
	return rc;
}

int alternatives_join(struct alternative *items, size_t *count, const struct syscall_desc *call, enum arch arch,
		      struct error *e)
{
	uint8_t selectors = syscall_selectors(call);
	for (size_t i = 0; i < *count; i++)
		for (size_t k = i + 1; k < *count;) {
			struct alternative *a = &items[i], *b = &items[k];
			size_t at = difference(a, b);
			/* An argument that selects the meaning of another one keeps single values,
			 * as names depend on it. */
			if (at == SIZE_MAX - 1 ||
			    (at != SIZE_MAX && (selectors >> a->tests.items[at].arg & 1) && a->tests.count > 1)) {
				k++;
				continue;
			}
			int rc = at != SIZE_MAX ? join_test(a, b, at, call, arch, e) : 0;
			if (rc < 0)
				return rc;
			alternative_clear(b);
			memmove(b, b + 1, (*count - k - 1) * sizeof(*b));
			--*count;
			/* start again: this one has grown, so an earlier one may now differ in a
			 * single test */
			k = i + 1;
		}
	return 0;
}
