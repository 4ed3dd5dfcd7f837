/* Rules whose alternatives combine in very many ways: their filters stay small, and are proven alternative by alternative.
 * SPDX-License-Identifier: MIT */
#include "mutants.h"
#include "verify_helper.h"

#include "generator/verify/verify.h"

#define MMAP   9
#define LENGTH 1
#define OFFSET 5
#define ASKED  5000

static struct rule *mmap_rule(struct policy **p)
{
	*p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	return new_rule(*p, ARCH_X86_64, MMAP, (struct action){.kind = ACTION_ALLOW});
}

static void add_masked(struct alternative *a, unsigned arg, uint64_t mask, uint64_t value)
{
	struct range r = {value & mask, value & mask};
	add_test(a, ARCH_X86_64, MMAP, arg, mask, &r, 1);
}

static void proven(struct policy *p, size_t most)
{
	struct filter f = compiled(p);
	struct seccomp_data witness;
	struct error e = {0};
	if (f.code.count > most)
		fail_msg("%zu instructions, more than %zu", f.code.count, most);
	assert_int_equal(verified(&f, p, ASKED, &witness, &e), 0);
	filter_clear(&f);
	policy_free(p);
}

/* Bit i of one argument and bit `to[i]` of another one. libseccomp 2.5.4 makes 191 instructions of 20 such pairs. */
static void pairs_of_bits(void **state)
{
	(void)state;
	static const unsigned counts[] = {1, 2, 7, 12, 17, 20, 33, 50, 64};
	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++)
		for (int shuffled = 0; shuffled < 2; shuffled++) {
			unsigned n = counts[c];
			struct policy *p;
			struct rule *r = mmap_rule(&p);
			for (unsigned i = 0; i < n; i++) {
				struct alternative *a = new_alternative(r);
				add_masked(a, LENGTH, (uint64_t)1 << i, UINT64_MAX);
				add_masked(a, OFFSET, (uint64_t)1 << (shuffled ? i * 29 % 64 : i), UINT64_MAX);
			}
			proven(p, 16 + 5 * n);
		}
}

static void masks_of_two_arguments(void **state)
{
	(void)state;
	struct policy *p;
	struct rule *r = mmap_rule(&p);
	for (int i = 0; i < 100; i++) {
		struct alternative *a = new_alternative(r);
		add_masked(a, LENGTH, any() & any() & any(), any());
		add_masked(a, OFFSET, any() & any() & any(), any());
	}
	proven(p, 16 + 13 * 100);
}

/* The same bits in several alternatives. */
static void shared_bits(void **state)
{
	(void)state;
	struct policy *p;
	struct rule *r = mmap_rule(&p);
	for (int i = 0; i < 100; i++) {
		struct alternative *a = new_alternative(r);
		add_masked(a, LENGTH, (uint64_t)1 << any() % 64, UINT64_MAX);
		add_masked(a, OFFSET, (uint64_t)1 << any() % 64, 0);
	}
	proven(p, 16 + 5 * 100);
}

static void ranges_of_two_arguments(void **state)
{
	(void)state;
	struct policy *p;
	struct rule *r = mmap_rule(&p);
	for (int i = 0; i < 25; i++) {
		struct alternative *a = new_alternative(r);
		for (int k = 0; k < 2; k++) {
			uint64_t x = any(), y = any();
			struct range range = {x < y ? x : y, x < y ? y : x};
			add_test(a, ARCH_X86_64, MMAP, k == 0 ? LENGTH : OFFSET, UINT64_MAX, &range, 1);
		}
	}
	proven(p, 1000);
}

/* Adds an alternative: a range of the length and some bits of the offset. */
static void add_range_and_mask(struct rule *r)
{
	struct alternative *a = new_alternative(r);
	uint64_t x = any(), y = any();
	struct range range = {x < y ? x : y, x < y ? y : x};
	add_test(a, ARCH_X86_64, MMAP, LENGTH, UINT64_MAX, &range, 1);
	add_masked(a, OFFSET, any() & any() & any(), any());
}

static void add_pair_of_bits(struct rule *r)
{
	struct alternative *a = new_alternative(r);
	unsigned bit = (unsigned)r->any.count % 64;
	add_masked(a, LENGTH, (uint64_t)1 << bit, UINT64_MAX);
	add_masked(a, OFFSET, (uint64_t)1 << bit, UINT64_MAX);
}

static void add_two_masks(struct rule *r)
{
	struct alternative *a = new_alternative(r);
	add_masked(a, LENGTH, any() & any() & any(), any());
	add_masked(a, OFFSET, any() & any() & any(), any());
}

static void ranges_and_masks(void **state)
{
	(void)state;
	struct policy *p;
	struct rule *r = mmap_rule(&p);
	for (int i = 0; i < 100; i++)
		add_range_and_mask(r);
	proven(p, 16 + 17 * 100);
}

/* Filters of such rules with one constant changed: the quick way, whose work is limited, finds a call that differs, or
 * proves that there is none. */
static void wrong_filters_are_refuted(void **state)
{
	static void (*const adds[])(struct rule *) = {add_range_and_mask, add_two_masks, add_pair_of_bits};
	enum { ALTERNATIVES = 64, FILTERS = 40 };
	(void)state;
	for (size_t kind = 0; kind < sizeof(adds) / sizeof(adds[0]); kind++) {
		struct policy *p;
		struct rule *r = mmap_rule(&p);
		for (int i = 0; i < ALTERNATIVES; i++)
			adds[kind](r);
		struct filter f = compiled(p);
		size_t answers[2] = {0};
		for (int i = 0; i < FILTERS; i++) {
			struct sock_filter *at = &f.code.items[any() % f.code.count], kept = *at;
			struct seccomp_data witness;
			struct error e = {0};
			at->k = any() % 2 == 0 ? at->k + 1 : at->k ^ 1u << any() % 32;
			if (filter_validate(f.code.items, f.code.count, &e) == 0) {
				int rc = filter_verify_quick(f.code.items, f.code.count, p, &witness, &e);
				if (rc < 0)
					fail_msg("kind %zu, instruction %td, %x for %x: %s", kind, at - f.code.items, at->k, kept.k, e.text);
				assert_true(rc == 0 || !agree(&f, p, &witness));
				answers[rc]++;
			}
			*at = kept;
		}
		print_message("%zu filters are refuted, %zu are proven\n", answers[1], answers[0]);
		assert_true(answers[1] > answers[0]);
		filter_clear(&f);
		policy_free(p);
	}
}

/* What the proof by alternatives says, judged by the diagrams. ----------------------------------------------------- */

struct judging {
	const struct policy *policy;
	size_t wrong, proven;
};

/* Whether the proof holds for the rule of a call. */
static bool rule_is_proven(const struct filter *f, const struct policy *p, const struct rule *rule, enum arch arch, uint32_t nr)
{
	uint32_t verdicts[] = {SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS};
	struct instructions program = {f->code.items, f->code.count, verdicts, 2};
	struct apart of = {rule, arch, nr};
	struct error e = {0};
	struct seccomp_data witness;
	int rc = rule_holds(&program, p, &of, &witness, &e);
	assert_true(rc >= 0);
	assert_true(rc != RULE_DIFFERS || !agree(f, p, &witness));
	return rc == RULE_PROVEN;
}

/* A rule that the diagrams show a difference of is never proven. */
static void judge(struct mutation *m, size_t at, const struct sock_filter *kept)
{
	struct judging *j = m->context;
	struct seccomp_data witness;
	struct error e = {0};
	char buffer[32];
	(void)at;
	(void)kept;
	if (verified(m->filter, j->policy, 0, &witness, &e) != 1)
		return;
	int arch = arch_by_audit(witness.arch);
	const struct rule *rule =
	    arch < 0 ? NULL
		     : policy_rule(j->policy, (enum arch)arch,
				   abi_name((enum arch)arch, (uint32_t)witness.nr, buffer, sizeof(buffer)));
	if (rule == NULL || rule->any.count == 0)
		return;
	j->wrong++;
	j->proven += rule_is_proven(m->filter, j->policy, rule, (enum arch)arch, (uint32_t)witness.nr);
}

static size_t rules_proven, rules_seen;

static void each_rule(const struct filter *f, const struct policy *p)
{
	struct error e = {0};
	for (size_t i = 0; i < p->rules.count; i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			const struct rule *r = &p->rules.items[i];
			uint32_t nr;
			if (r->any.count == 0 || !(r->archs & ARCH_BIT(arch)) ||
			    abi_number((enum arch)arch, r->syscall, &nr, &e) != 0)
				continue;
			rules_seen++;
			rules_proven += rule_is_proven(f, p, r, (enum arch)arch, nr);
		}
}

static void mutate(const char *name, struct policy *p)
{
	struct filter f = compiled(p);
	struct judging j = {.policy = p};
	struct mutation m = {.filter = &f, .each = judge, .context = &j};
	(void)name;
	each_rule(&f, p);
	each_mutant(&m);
	assert_int_equal(j.proven, 0);
	print_message("%s: %zu wrong rules, none proven\n", name, j.wrong);
	filter_clear(&f);
}

static void wrong_rules_are_not_proven(void **state)
{
	(void)state;
	assert_true(each_policy("tests/golden/policy", mutate) > 0);
	struct policy *p;
	struct rule *r = mmap_rule(&p);
	for (unsigned i = 0; i < 10; i++) {
		struct alternative *a = new_alternative(r);
		add_masked(a, LENGTH, (uint64_t)1 << i, UINT64_MAX);
		add_masked(a, OFFSET, (uint64_t)3 << i, any() % 2 == 0 ? UINT64_MAX : 0);
	}
	mutate("pairs", p);
	policy_free(p);
}

/* Most rules that people write are proven this way, too; of random ones none that is wrong (another policy's) is. */
static void random_rules(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		struct policy *p = random_policy(), *other = random_policy();
		struct filter f = {0};
		struct seccomp_data witness;
		struct error e = {0};
		assert_int_equal(policy_finish(p, &e), 0);
		assert_int_equal(policy_finish(other, &e), 0);
		if (filter_compile(p, NULL, &f, &e) == 0) {
			struct judging j = {.policy = other};
			struct mutation m = {.filter = &f, .context = &j};
			each_rule(&f, p);
			assert_int_equal(verified(&f, p, 0, &witness, &e), 0);
			judge(&m, 0, NULL);
			assert_int_equal(j.proven, 0);
		}
		filter_clear(&f);
		policy_free(p);
		policy_free(other);
	}
	print_message("%zu of %zu rules are proven by alternatives\n", rules_proven, rules_seen);
	assert_true(2 * rules_proven > rules_seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_of_bits),	       cmocka_unit_test(masks_of_two_arguments),
	    cmocka_unit_test(shared_bits),	       cmocka_unit_test(ranges_of_two_arguments),
	    cmocka_unit_test(ranges_and_masks),	       cmocka_unit_test(wrong_filters_are_refuted),
	    cmocka_unit_test(wrong_rules_are_not_proven), cmocka_unit_test(random_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
