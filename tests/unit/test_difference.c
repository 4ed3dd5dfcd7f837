/* Whether two policies answer a call alike, however their rules are written. The right answer comes from the direct evaluator: over
 * all values of a small domain for random rules, and for a named call where large rules differ. SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include "policies/policy/call_set.h"
#include "policies/show/show.h"

#define ROUNDS 3000
#define BORDER 16 /* ranges of the small domain end below, or at the largest value */
#define VALUES 24 /* those from BORDER on stand for all others: masks have three bits */
#define CALL   "lseek"
#define ARCH   ARCH_X86_64

static const struct action allow = {.kind = ACTION_ALLOW}, refuse = {.kind = ACTION_ERRNO, .data = 1};

static uint32_t call_number(void)
{
	uint32_t nr;
	assert_int_equal(abi_number(ARCH, CALL, &nr, NULL), 0);
	return nr;
}

static int differ(struct policy *a, struct policy *b)
{
	struct error e = {0};
	assert_int_equal(policy_finish(a, &e), 0);
	assert_int_equal(policy_finish(b, &e), 0);
	int rc = policies_differ(a, b, ARCH, CALL, &e), back = policies_differ(b, a, ARCH, CALL, &e);
	assert_int_equal(rc, back);
	/* What diff says of policies that differ in these calls alone. */
	struct text out = {0};
	if (action_equal(a->default_action, b->default_action)) {
		assert_int_equal(policy_diff(a, b, policies_differ, &out, &e), rc);
		assert_int_equal(rc, out.count > 0);
	}
	text_free(&out);
	return rc;
}

static void test_of(struct alternative *a, unsigned arg, uint64_t mask, uint64_t lo, uint64_t hi)
{
	add_test(a, ARCH, call_number(), arg, mask, &(struct range){lo, hi}, 1);
}

/* The same in random rules. -------------------------------------------------------------------------------------- */

static void add_small(struct rule *r)
{
	struct alternative *a = new_alternative(r);
	for (unsigned tests = 1 + any() % 3; tests > 0; tests--) {
		struct range ranges[2];
		uint64_t mask = any() % 2 ? UINT64_MAX : 1 + any() % 7;
		for (int i = 0; i < 2; i++) {
			ranges[i].lo = any() % BORDER & mask;
			ranges[i].hi = any() % 2 ? ranges[i].lo : (ranges[i].lo + any() % 4) & mask;
			if (ranges[i].hi < ranges[i].lo || ranges[i].hi >= BORDER)
				ranges[i].hi = mask;
		}
		qsort(ranges, 2, sizeof(ranges[0]), by_lo);
		add_test(a, ARCH, call_number(), any() % 2 ? 0 : 2, mask, ranges, 1 + any() % 2);
	}
}

static struct policy *small(void)
{
	struct policy *p = new_policy(ARCH_BIT(ARCH), any() % 4 ? ACTION_KILL : ACTION_ALLOW);
	for (unsigned rules = 1 + any() % 3; rules > 0; rules--) {
		struct rule *r = new_rule(p, ARCH, call_number(), any() % 3 ? allow : refuse);
		for (unsigned n = 1 + any() % 5; n > 0; n--)
			add_small(r);
	}
	return p;
}

/* Writes the rules otherwise: alternatives in another order, twice, and split by an argument. */
static struct policy *rewritten(const struct policy *from)
{
	struct policy *p = new_policy(from->archs, from->default_action.kind);
	for (size_t i = 0; i < from->rules.count; i++) {
		const struct rule *old = &from->rules.items[i];
		struct rule *r = new_rule(p, ARCH, call_number(), old->action);
		struct error e = {0};
		for (size_t n = 2 * old->any.count; n > 0; n--) {
			const struct alternative *a = &old->any.items[(n - 1) % old->any.count];
			unsigned arg = any() % 2 ? 0 : 2;
			uint64_t cut = 1 + any() % 7;
			struct alternative halves[2] = {0};
			for (int k = 0; k < 2; k++)
				assert_int_equal(alternative_copy(&halves[k], a, abi_call(ARCH, CALL), ARCH, &e), 0);
			if (n <= old->any.count && any() % 2) {
				test_of(&halves[0], arg, 7, 0, cut - 1);
				test_of(&halves[1], arg, 7, cut, 7);
			}
			for (int k = 0; k < 2; k++)
				assert_true(vec_push(&r->any, halves[k]));
		}
	}
	return p;
}

/* Whether two answers differ for a call: by the evaluator, apart from what both leave to their defaults. */
static bool answers_differ(const struct policy *a, const struct policy *b, uint64_t x, uint64_t y)
{
	struct seccomp_data d = {.arch = arch_audit(ARCH), .nr = (int)call_number(), .args = {x, 0, y}};
	return !action_equal(policy_evaluate(a, &d), policy_evaluate(b, &d));
}

static bool any_differs(const struct policy *a, const struct policy *b)
{
	for (uint64_t x = 0; x < VALUES; x++)
		for (uint64_t y = 0; y < VALUES; y++)
			if (answers_differ(a, b, x, y))
				return true;
	return false;
}

static void random_rules(void **state)
{
	(void)state;
	int equal = 0, different = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct policy *a = small(), *b = any() % 3 ? rewritten(a) : small();
		b->default_action = a->default_action;
		if (any() % 4 == 0) {
			struct rule *r = &b->rules.items[any() % b->rules.count];
			if (r->any.count > 1)
				alternative_clear(&r->any.items[--r->any.count]);
		}
		bool truly = any_differs(a, b);
		assert_int_equal(differ(a, b), truly);
		equal += !truly;
		different += truly;
		policy_free(a);
		policy_free(b);
	}
	assert_true(equal > ROUNDS / 4 && different > ROUNDS / 4);
}

/* Large rules. ------------------------------------------------------------------------------------------------------ */

/* Asserts that two policies differ just where `x, y` is a call that they answer differently; frees them. */
static void expect(struct policy *a, struct policy *b, bool differs, uint64_t x, uint64_t y)
{
	int rc = differ(a, b);
	assert_int_equal(rc, differs);
	if (differs)
		assert_true(answers_differ(a, b, x, y));
	policy_free(a);
	policy_free(b);
}

static struct policy *with_rule(struct rule **r)
{
	struct policy *p = new_policy(ARCH_BIT(ARCH), ACTION_KILL);
	*r = new_rule(p, ARCH, call_number(), allow);
	return p;
}

static struct policy *range_of(uint64_t lo, uint64_t hi)
{
	struct rule *r;
	struct policy *p = with_rule(&r);
	test_of(new_alternative(r), 2, UINT64_MAX, lo, hi);
	return p;
}

/* 1 to 0xfffffffe in 31 masks: two neighbouring bits differ, or the highest and the lowest. */
static struct policy *not_all_alike(void)
{
	struct rule *r;
	struct policy *p = with_rule(&r);
	for (unsigned bit = 31; bit > 0; bit--)
		test_of(new_alternative(r), 2, (uint64_t)3 << (bit - 1), (uint64_t)1 << bit, (uint64_t)1 << bit);
	test_of(new_alternative(r), 2, 0x80000001, 1, 1);
	return p;
}

static void ranges_as_masks(void **state)
{
	(void)state;
	expect(range_of(1, 0xfffffffe), not_all_alike(), false, 0, 0);
	expect(range_of(1, 0xfffffffd), not_all_alike(), true, 0, 0xfffffffe);
	expect(range_of(0, 0xfffffffe), not_all_alike(), true, 0, 0);
}

/* The values without some bits, as a mask and as a list of 128. */
static void masks_as_lists(void **state)
{
	(void)state;
	for (int missing = 0; missing < 2; missing++) {
		struct rule *masks, *list;
		struct policy *a = with_rule(&masks), *b = with_rule(&list);
		test_of(new_alternative(masks), 2, ~(uint64_t)0x1e7, 0, 0);
		for (uint64_t v = 0; v <= 0x1e7 - (uint64_t)missing; v++)
			if ((v & ~(uint64_t)0x1e7) == 0)
				test_of(new_alternative(list), 2, UINT64_MAX, v, v);
		expect(a, b, missing, 0, 0x1e7);
	}
}

/* Pairs of single bits, backwards; one is contained in another, and one may be missing. */
static void pairs_of_bits(void **state)
{
	(void)state;
	for (int missing = 0; missing < 2; missing++) {
		struct rule *forwards, *backwards;
		struct policy *a = with_rule(&forwards), *b = with_rule(&backwards);
		for (unsigned bit = 0; bit < 32; bit++) {
			struct alternative *x = new_alternative(forwards);
			test_of(x, 0, 1u << bit, 1u << bit, 1u << bit);
			test_of(x, 2, 1u << bit, 1u << bit, 1u << bit);
			if (missing && bit == 0)
				continue;
			x = new_alternative(backwards);
			test_of(x, 0, 1u << (31 - bit), 1u << (31 - bit), 1u << (31 - bit));
			test_of(x, 2, 1u << (31 - bit), 1u << (31 - bit), 1u << (31 - bit));
		}
		struct alternative *within = new_alternative(backwards);
		test_of(within, 0, 7, 7, 7);
		test_of(within, 2, 2, 2, 2);
		expect(a, b, missing, (uint64_t)1 << 31, (uint64_t)1 << 31);
	}
}

/* Several rules: first match here, and there each call once. And a rule that says what the default does. */
static void several_rules(void **state)
{
	(void)state;
	for (uint64_t border = 7; border < 9; border++) {
		struct policy *a = new_policy(ARCH_BIT(ARCH), ACTION_KILL), *b = new_policy(ARCH_BIT(ARCH), ACTION_KILL);
		test_of(new_alternative(new_rule(a, ARCH, call_number(), refuse)), 2, UINT64_MAX, 4, border);
		test_of(new_alternative(new_rule(a, ARCH, call_number(), allow)), 2, UINT64_MAX, 0, 99);
		struct rule *first = new_rule(b, ARCH, call_number(), allow);
		test_of(new_alternative(first), 2, UINT64_MAX, 8, 99);
		test_of(new_alternative(first), 2, ~(uint64_t)3, 0, 0);
		test_of(new_alternative(new_rule(b, ARCH, call_number(), refuse)), 2, ~(uint64_t)3, 4, 4);
		test_of(new_alternative(new_rule(b, ARCH, call_number(), (struct action){.kind = ACTION_KILL})), 0, UINT64_MAX, 5, 9);
		expect(a, b, border == 8, 0, 8);
	}
}

/* What both leave to their defaults does not count; what one of them says does. */
static void defaults(void **state)
{
	(void)state;
	struct policy *a = range_of(1, 5), *b = range_of(1, 5), *c = new_policy(ARCH_BIT(ARCH), ACTION_KILL);
	b->default_action = refuse;
	assert_int_equal(differ(a, b), 0);
	test_of(new_alternative(new_rule(b, ARCH, call_number(), refuse)), 2, UINT64_MAX, 8, 8);
	assert_int_equal(differ(a, b), 1);
	assert_int_equal(differ(c, c), 0);
	assert_int_equal(differ(c, a), 1);
	policy_free(a);
	policy_free(b);
	policy_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_rules),  cmocka_unit_test(ranges_as_masks), cmocka_unit_test(masks_as_lists),
					   cmocka_unit_test(pairs_of_bits), cmocka_unit_test(several_rules),   cmocka_unit_test(defaults)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
