/* Policies as sets of calls. SPDX-License-Identifier: MIT */
#include "algebra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Past so many alternatives a difference is no help to anyone. */
#define SET_LIMIT 4096

/* How many tests of one argument are looked at together, and how many prefixes of values. */
#define TESTS_LIMIT 16
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

static int add_alternative(struct call_set *out, struct alternative *a, struct error *e)
{
	int rc = out->any.count >= SET_LIMIT ? error_set(e, ERR_LIMIT, "more than %d alternatives", SET_LIMIT) : 0;
	if (rc == 0 && !vec_push(&out->any, *a))
		rc = error_memory(e);
	if (rc < 0)
		alternative_clear(a);
	return rc;
}

/* What the values of a test are of which the bits from `bit` up are chosen (in `prefix`, masked): all in the ranges, none
 * of them, or some. */
enum holding { HOLDS, FAILS, OPEN };

static enum holding holding(const struct test *t, uint64_t prefix, unsigned bit)
{
	uint64_t most = prefix | (t->mask & (bit >= 64 ? UINT64_MAX : ((uint64_t)1 << bit) - 1));
	size_t low = 0, high = t->ranges.count;
	while (low < high) { /* the first range that does not end before the prefix */
		size_t middle = low + (high - low) / 2;
		if (t->ranges.items[middle].hi < prefix)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == t->ranges.count || t->ranges.items[low].lo > most)
		return FAILS;
	return t->ranges.items[low].lo <= prefix && t->ranges.items[low].hi >= most ? HOLDS : OPEN;
}

/* Whether some value meets all tests: bit by bit from the highest, tests dropped once they hold whatever the rest is. */
static bool value_exists(const struct test *const *tests, const uint64_t *prefixes, size_t n, unsigned bit, size_t *budget)
{
	const struct test *open[TESTS_LIMIT];
	uint64_t prefix[TESTS_LIMIT], masks = 0;
	size_t left = 0;
	if (*budget == 0)
		return true; /* not sure */
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
	/* The highest bit below that any of them looks at. */
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

/* The values that are in none of the ranges. */
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

/* Makes one of the tests of one argument with the same mask, and drops those that always hold. */
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

/* Appends a \ b: for each test of b, what meets a and the tests before it, but not this one. */
static int subtract_one(const struct alternative *a, const struct alternative *b, const struct syscall_desc *call,
			enum arch arch, struct call_set *out, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < b->tests.count; i++) {
		struct alternative left = {0};
		rc = alternative_copy(&left, a, call, arch, e);
		for (size_t k = 0; rc == 0 && k < i; k++)
			rc = copy_test(&left, &b->tests.items[k], call, arch, e);
		if (rc == 0)
			rc = add_complement(&left, &b->tests.items[i], call, arch, e);
		if (rc == 0)
			rc = simplify(&left, call, arch, e);
		if (rc == 0 && alternative_possible(&left))
			rc = add_alternative(out, &left, e);
		else
			alternative_clear(&left);
	}
	return rc;
}

int call_set_subtract(struct call_set *from, const struct call_set *what, enum arch arch, const char *syscall,
		      struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < what->any.count; i++) {
		struct call_set left = {0};
		for (size_t k = 0; rc == 0 && k < from->any.count; k++)
			rc = subtract_one(&from->any.items[k], &what->any.items[i], call, arch, &left, e);
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

int call_set_fill(struct call_set *out, struct error *e)
{
	struct alternative all = {0};
	return add_alternative(out, &all, e);
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
			rc = add_alternative(out, &a, e);
	}
	return rc;
}

int policy_ruled(const struct policy *p, enum arch arch, const char *syscall, struct action *action,
		 struct call_set *out, struct error *e)
{
	const struct rule *r = policy_rule(p, arch, syscall);
	if (r == NULL)
		return 0;
	*action = r->action;
	return r->any.count == 0 ? call_set_fill(out, e) : call_set_of(r, arch, out, e);
}

int policy_permits(const struct policy *p, enum arch arch, const char *syscall, bool by_default, struct call_set *out,
		   struct error *e)
{
	const struct rule *r = policy_rule(p, arch, syscall);
	bool otherwise = by_default && lets_through(p->fallback);
	bool whole = r == NULL ? otherwise : lets_through(r->action) && (r->any.count == 0 || otherwise);
	if (!(p->archs & ARCH_BIT(arch)))
		return 0;
	if (whole)
		return call_set_fill(out, e);
	if (r == NULL || r->any.count == 0)
		return 0;
	if (lets_through(r->action))
		return call_set_of(r, arch, out, e);
	if (!otherwise)
		return 0;
	struct call_set refused = {0};
	int rc = call_set_fill(out, e);
	if (rc == 0)
		rc = call_set_of(r, arch, &refused, e);
	if (rc == 0)
		rc = call_set_subtract(out, &refused, arch, syscall, e);
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

/* The only test in which two alternatives differ; SIZE_MAX: they are equal; SIZE_MAX - 1: in more. */
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

/* into's test takes the values of from's in. */
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
			/* What selects stays single beside what it selects: the names depend on it. */
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
			k = i + 1; /* it has grown: those before may differ in one test only now */
		}
	return 0;
}

/* Policies as a whole. --------------------------------------------------------------------------------------- */

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

/* A rule for one architecture alone, split off from one that is for several. NULL: no memory, or no rule. */
static struct rule *rule_alone(struct policy *p, enum arch arch, const char *syscall)
{
	struct rule *r = (struct rule *)policy_rule(p, arch, syscall);
	if (r == NULL || r->archs == ARCH_BIT(arch))
		return r;
	r->archs &= (arch_set)~ARCH_BIT(arch);
	char *why = r->why;
	return policy_add_rule(p, syscall, ARCH_BIT(arch), r->action, why);
}

/* The alternatives of a rule that lets through, added to one that does. */
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

/* The alternatives of a rule become those of a set. */
static void set_alternatives(struct rule *r, struct call_set *set)
{
	bool all = false;
	while (r->any.count > 0)
		alternative_clear(&r->any.items[--r->any.count]);
	vec_free(&r->any);
	for (size_t i = 0; i < set->any.count; i++)
		all |= set->any.items[i].tests.count == 0;
	if (all) /* every call: a rule has no alternative then */
		return;
	memcpy(&r->any, &set->any, sizeof(set->any));
	*set = (struct call_set){0};
}

/* A rule that refuses gives way to what another lets through. Where the default refuses, only that is let through then;
 * where it lets through, the refusal is left of what it was without that. */
static int give_way(const struct policy *into, struct rule *r, const struct rule *from, enum arch arch, struct error *e)
{
	struct call_set left = {0}, what = {0};
	bool by_default = lets_through(into->fallback);
	int rc = by_default && r->any.count == 0 ? call_set_fill(&left, e) : 0;
	if (rc == 0 && by_default && r->any.count > 0)
		rc = call_set_of(r, arch, &left, e);
	if (rc == 0 && by_default)
		rc = from->any.count == 0 ? call_set_fill(&what, e) : call_set_of(from, arch, &what, e);
	if (rc == 0)
		rc = call_set_subtract(&left, &what, arch, r->syscall, e);
	if (rc == 0 && left.any.count == 0)
		r->action = from->action;
	if (rc == 0 && !by_default)
		rc = call_set_of(from, arch, &left, e);
	if (rc == 0)
		set_alternatives(r, &left);
	call_set_clear(&left);
	call_set_clear(&what);
	return rc;
}

static int add_rule(struct policy *into, const struct rule *from, enum arch arch, const char *why, struct error *e)
{
	const struct rule *old = policy_rule(into, arch, from->syscall);
	struct call_set before = {0};
	bool through = lets_through(from->action);
	/* A refusal is added where nothing is said yet, in place of the default's own (clone3 gets ENOSYS, not death). */
	if (!through && (old != NULL || lets_through(into->fallback)))
		return 0;
	if (through && old == NULL && lets_through(into->fallback))
		return 0;
	struct rule *r = old != NULL ? rule_alone(into, arch, from->syscall)
				     : policy_add_rule(into, from->syscall, ARCH_BIT(arch), from->action, NULL);
	if (r == NULL)
		return error_memory(e);
	struct action action = r->action;
	int rc = call_set_of(r, arch, &before, e);
	if (rc == 0 && old == NULL)
		rc = give_way(into, r, from, arch, e);
	else if (rc == 0)
		rc = lets_through(r->action) ? widen(r, from, arch, e) : give_way(into, r, from, arch, e);
	if (rc == 0 && (old == NULL || !action_equal(action, r->action) || !call_set_is(&before, r)))
		rc = rule_add_why(r, why, e);
	call_set_clear(&before);
	return rc;
}

int policy_add_all(struct policy *into, const struct policy *from, const char *why, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < from->rules.count && rc == 0; i++)
		for (int arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
			if (from->rules.items[i].archs & into->archs & ARCH_BIT(arch))
				rc = add_rule(into, &from->rules.items[i], (enum arch)arch, why, e);
	return rc == 0 ? policy_finish(into, e) : rc;
}

/* What is taken from a call that the default lets through, by a rule of its own or in place of one. */
static int add_taken(struct policy *p, struct rule *r, enum arch arch, const char *syscall, const struct call_set *what,
		     struct action action, const char *why, struct error *e)
{
	struct call_set taken = {0};
	if (r == NULL)
		r = policy_add_rule(p, syscall, ARCH_BIT(arch), action, NULL);
	int rc = r == NULL ? error_memory(e) : call_set_copy(&taken, what, arch, syscall, e);
	if (rc == 0)
		rc = rule_add_why(r, why, e);
	if (rc == 0) {
		r->action = action;
		set_alternatives(r, &taken);
	}
	call_set_clear(&taken);
	return rc;
}

int policy_take(struct policy *p, enum arch arch, const char *syscall, const struct call_set *what, struct action action,
		const char *why, struct error *e)
{
	bool by_default = lets_through(p->fallback);
	struct call_set before = {0}, left = {0};
	struct rule *r = rule_alone(p, arch, syscall);
	if (r == NULL && !by_default)
		return 0;
	/* A call has one answer besides the default. Where both let it through, the rule's goes. */
	if (r == NULL || (by_default && lets_through(r->action)))
		return add_taken(p, r, arch, syscall, what, action, why, e);
	int rc = call_set_of(r, arch, &before, e);
	if (rc == 0 && r->any.count == 0)
		rc = lets_through(r->action) ? call_set_fill(&left, e) : 0;
	else if (rc == 0)
		rc = call_set_of(r, arch, &left, e);
	if (rc == 0 && lets_through(r->action)) {
		rc = call_set_subtract(&left, what, arch, syscall, e);
		if (rc == 0 && left.any.count == 0)
			r->action = action;
	} else if (rc == 0 && by_default && r->any.count > 0) {
		for (size_t i = 0; i < what->any.count && rc == 0; i++) {
			struct alternative copy = {0};
			rc = alternative_copy(&copy, &what->any.items[i], abi_call(arch, syscall), arch, e);
			if (rc == 0)
				rc = add_alternative(&left, &copy, e);
		}
	}
	if (rc == 0) {
		set_alternatives(r, &left);
		rc = alternatives_join(r->any.items, &r->any.count, abi_call(arch, syscall), arch, e);
	}
	if (rc == 0 && !call_set_is(&before, r))
		rc = rule_add_why(r, why, e);
	call_set_clear(&left);
	call_set_clear(&before);
	return rc;
}

/* Whether all that meets the alternative (NULL: every call) is in the set. 1, 0, or a negative code. */
static int covered(const struct alternative *a, const struct call_set *by, enum arch arch, const char *syscall,
		   struct error *e)
{
	const struct syscall_desc *call = abi_call(arch, syscall);
	struct call_set left = {0};
	struct alternative copy = {0};
	struct error inner = {0};
	int rc = a != NULL ? alternative_copy(&copy, a, call, arch, e) : 0;
	if (rc == 0)
		rc = add_alternative(&left, &copy, e);
	if (rc == 0)
		rc = call_set_subtract(&left, by, arch, syscall, &inner);
	bool none = left.any.count == 0;
	call_set_clear(&left);
	if (rc == ERR_LIMIT)
		return 0; /* too involved to tell: it stays */
	return rc < 0 ? error_set(e, rc, "%s", inner.text) : none;
}

/* Leaves out of one rule what the base has on that architecture. *gone: all of it. */
static int leave_out_of(struct rule *r, const struct policy *base, enum arch arch, bool *gone, struct error *e)
{
	struct call_set by = {0};
	const struct rule *other = policy_rule(base, arch, r->syscall);
	*gone = false;
	if (r->action.kind != ACTION_ALLOW) {
		*gone = other != NULL && other->action.kind == r->action.kind && other->action.data == r->action.data &&
			other->any.count == 0 && r->any.count == 0;
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

int policy_leave_out(struct policy *p, const struct policy *base, struct error *e)
{
	size_t kept = 0;
	int rc = 0;
	for (size_t i = 0; i < p->rules.count; i++) {
		struct rule *r = &p->rules.items[i];
		for (int arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
			bool gone = false;
			if (r->archs & base->archs & ARCH_BIT(arch))
				rc = leave_out_of(r, base, (enum arch)arch, &gone, e);
			if (gone)
				r->archs &= (arch_set)~ARCH_BIT(arch);
		}
		if (r->archs == 0)
			rule_clear(r);
		else
			p->rules.items[kept++] = *r;
	}
	p->rules.count = kept;
	return rc == 0 ? policy_finish(p, e) : rc;
}
