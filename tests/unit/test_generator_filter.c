/* From policies to filters: sizes, edges, limits, and random policies against the evaluator.
 * SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include <linux/filter.h>

#define NATIVE arch_audit(ARCH_X86_64)

static const struct action allow = {.kind = ACTION_ALLOW};

/* Comparisons a filter needs for a set of numbers with one answer: each ends one border of a run, but a JEQ ends both
 * of a run of one. Runs of one that touch no other chosen one: from left to right, greedily, as in any matching of a
 * path. Then 2 for the architecture, 1 load of the number, 3 verdicts at most. */
static size_t lower_bound(const bool *allowed, uint32_t newest)
{
	size_t borders = 1, pairs = 0; /* from 0x40000000 up the answer is another than below: ENOSYS */
	uint32_t run_start = 0;
	bool border_taken = false;
	borders++; /* newest + 1 */
	for (uint32_t nr = 1; nr <= newest; nr++)
		if (allowed[nr] != allowed[nr - 1]) {
			borders++;
			/* The run that ended here was of one, and not the first: both its borders are between equals.
			 */
			if (run_start > 0 && nr - run_start == 1 && !border_taken) {
				pairs++;
				border_taken = true;
			} else {
				border_taken = false;
			}
			run_start = nr;
		}
	return borders - pairs + 3;
}

static size_t verdicts(const struct filter *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->code.count; i++)
		n += BPF_CLASS(f->code.items[i].code) == BPF_RET;
	return n;
}

static void check_size(const bool *allowed, uint32_t newest, const char *what)
{
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	size_t calls = 0;
	for (uint32_t nr = 0; nr <= newest; nr++)
		if (allowed[nr]) {
			allow_nr(p, ARCH_X86_64, nr);
			calls++;
		}
	struct filter f = compiled(p);
	size_t bound = lower_bound(allowed, newest);
	print_message("%s: %zu unconditional calls, %zu instructions; %zu without the %zu verdicts, lower bound %zu\n",
		      what, calls, f.code.count, f.code.count - verdicts(&f), verdicts(&f), bound);
	assert_true(f.code.count - verdicts(&f) <= bound);
	assert_true(verdicts(&f) <= 3 + f.code.count / 255 * 2);
	filter_clear(&f);
	policy_free(p);
}

/* The smallest filter for sets of unconditional calls, from few to many. */
static void size_is_the_lower_bound(void **state)
{
	(void)state;
	uint32_t newest = abi_newest(ARCH_X86_64);
	bool *allowed = calloc(newest + 1, sizeof(*allowed));
	assert_non_null(allowed);
	static const unsigned wanted[] = {1, 10, 60, 150, 200, 250, 300, 330};
	for (size_t w = 0; w < sizeof(wanted) / sizeof(wanted[0]); w++) {
		memset(allowed, 0, newest + 1);
		for (unsigned n = 0; n < wanted[w];) {
			uint32_t nr = (uint32_t)(any() % (newest + 1));
			if (!allowed[nr] && abi_by_nr(ARCH_X86_64, nr) != NULL) {
				allowed[nr] = true;
				n++;
			}
		}
		check_size(allowed, newest, "random");
	}
	/* As learned policies and container profiles are: nearly all of the low numbers. */
	memset(allowed, 0, newest + 1);
	for (uint32_t nr = 0; nr <= newest; nr++)
		allowed[nr] =
		    abi_by_nr(ARCH_X86_64, nr) != NULL && (nr < 150 || nr > 210 ? any() % 16 != 0 : any() % 3 == 0);
	check_size(allowed, newest, "dense");
	free(allowed);
}

static void unconditional_calls_are_cacheable(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386), ACTION_KILL);
	for (uint32_t nr = 0; nr < 320; nr += 1 + any() % 3) {
		allow_nr(p, ARCH_I386, nr);
		struct rule *r = new_rule(p, ARCH_X86_64, nr, allow);
		if (nr % 5 == 0)
			add_test(new_alternative(r), ARCH_X86_64, nr, 1, UINT64_MAX, &(struct range){any() % 99, 100},
				 1);
	}
	struct filter f = compiled(p);
	char buffer[32];
	for (unsigned arch = ARCH_X86_64; arch <= ARCH_I386; arch++)
		for (uint32_t nr = 0; nr < 320; nr++) {
			const struct rule *r = policy_rule(p, arch, abi_name(arch, nr, buffer, sizeof(buffer)));
			assert_int_equal(filter_is_cached(f.code.items, f.code.count, (enum arch)arch, nr),
					 r != NULL && r->any.count == 0);
		}
	filter_clear(&f);
	policy_free(p);
}

static void edges_of_numbers(void **state)
{
	(void)state;
	static const uint32_t foreign[] = {0x40000000, 0x40000001, 0x7fffffff, 0x80000000, UINT32_MAX};
	uint32_t newest = abi_newest(ARCH_X86_64);
	for (int fallback = ACTION_KILL; fallback <= ACTION_ALLOW; fallback++) {
		struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), (uint8_t)fallback);
		uint32_t otherwise = action_ret(p->default_action);
		uint32_t closed = fallback == ACTION_ALLOW ? SECCOMP_RET_KILL_PROCESS : otherwise;
		allow_nr(p, ARCH_X86_64, 1);
		allow_nr(p, ARCH_X86_64, newest);
		struct filter f = compiled(p);
		assert_int_equal(ask(&f, NATIVE, 0, NULL), otherwise);
		assert_int_equal(ask(&f, NATIVE, 1, NULL), SECCOMP_RET_ALLOW);
		assert_int_equal(ask(&f, NATIVE, 2, NULL), otherwise);
		assert_int_equal(ask(&f, NATIVE, newest, NULL), SECCOMP_RET_ALLOW);
		assert_int_equal(ask(&f, NATIVE, newest + 1, NULL), SECCOMP_RET_ERRNO | 38);
		assert_int_equal(ask(&f, NATIVE, 0x3fffffff, NULL), SECCOMP_RET_ERRNO | 38);
		for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
			assert_int_equal(ask(&f, NATIVE, foreign[i], NULL), closed);
		assert_int_equal(ask(&f, NATIVE, 0x40000000 | 1, NULL), closed);
		assert_int_equal(ask(&f, arch_audit(ARCH_I386), 1, NULL), closed);
		assert_int_equal(ask(&f, arch_audit(ARCH_AARCH64), 1, NULL), closed);
		assert_int_equal(ask(&f, 0, 1, NULL), closed);
		assert_int_equal(ask(&f, NATIVE ^ 0x40000000, 1, NULL), closed);
		filter_clear(&f);
		policy_free(p);
	}
}

/* ioctl's cmd is 32 bits: `n` single values with gaps are n comparisons. */
static struct rule *rule_of(struct policy *p, uint32_t nr, unsigned arg, size_t n, uint64_t step)
{
	struct rule *r = new_rule(p, ARCH_X86_64, nr, allow);
	struct range *ranges = calloc(n, sizeof(*ranges));
	assert_non_null(ranges);
	for (size_t i = 0; i < n; i++)
		ranges[i].lo = ranges[i].hi = (i + 1) * step;
	add_test(new_alternative(r), ARCH_X86_64, nr, arg, UINT64_MAX, ranges, n);
	free(ranges);
	return r;
}

/* A body of every length around the longest jump, before another one, so that it must be jumped over. */
static void jumps_of_254_to_256(void **state)
{
	(void)state;
	for (size_t n = 244; n <= 262; n++) {
		struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_ERRNO);
		p->default_action.data = 1;
		rule_of(p, 16, 1, n, 2);  /* ioctl */
		rule_of(p, 72, 1, n, 3);  /* fcntl */
		rule_of(p, 157, 0, n, 5); /* prctl */
		allow_nr(p, ARCH_X86_64, 0);
		allow_nr(p, ARCH_X86_64, 200);
		struct filter f = compiled(p);
		for (uint64_t v = 0; v < 5 * n + 10; v++) {
			uint64_t args[6] = {v, v, v, v, v, v};
			assert_int_equal(ask(&f, NATIVE, 16, args) == SECCOMP_RET_ALLOW,
					 v > 0 && v % 2 == 0 && v <= 2 * n);
			assert_int_equal(ask(&f, NATIVE, 72, args) == SECCOMP_RET_ALLOW,
					 v > 0 && v % 3 == 0 && v <= 3 * n);
			assert_int_equal(ask(&f, NATIVE, 157, args) == SECCOMP_RET_ALLOW,
					 v > 0 && v % 5 == 0 && v <= 5 * n);
		}
		assert_int_equal(ask(&f, NATIVE, 200, NULL), SECCOMP_RET_ALLOW);
		filter_clear(&f);
		policy_free(p);
	}
}

/* The largest filter that the kernel takes, and the next one. */
static void limit_of_4096(void **state)
{
	(void)state;
	size_t longest = 0;
	bool refused = false;
	for (size_t n = 4050; n <= 4100; n += n < 4060 || n > 4090 ? 10 : 1) {
		struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
		struct filter f = {0};
		struct error e = {0};
		rule_of(p, 16, 1, n, 2);
		rule_of(p, 157, 0, 2, 2);
		assert_int_equal(policy_finish(p, &e), 0);
		int rc = filter_compile(p, NULL, &f, &e);
		if (rc == 0) {
			assert_false(refused);
			longest = f.code.count;
			assert_true(longest <= BPF_MAXINSNS);
		} else {
			refused = true;
			assert_int_equal(rc, ERR_LIMIT);
			assert_non_null(strstr(e.text, "need most: ioctl (x86_64) 4"));
			assert_non_null(strstr(e.text, "prctl (x86_64) "));
		}
		filter_clear(&f);
		policy_free(p);
	}
	assert_true(refused);
	assert_int_equal(longest, BPF_MAXINSNS);
}

static void absurd_rules_are_refused(void **state)
{
	(void)state;
	for (size_t n = 10000; n <= 1000000; n *= 10) {
		struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
		struct filter f = {0};
		struct error e = {0};
		rule_of(p, 16, 1, n, 2);
		allow_nr(p, ARCH_X86_64, 17);
		assert_int_equal(policy_finish(p, &e), 0);
		assert_int_equal(filter_compile(p, NULL, &f, &e), ERR_LIMIT);
		assert_non_null(strstr(e.text, "ioctl"));
		policy_free(p);
	}
}

static void random_policies_mean_the_same(void **state)
{
	(void)state;
	size_t asked = 0;
	for (int i = 0; i < 100; i++) {
		struct policy *p = random_policy();
		struct filter f = compiled(p);
		for (int j = 0; j < 4000; j++, asked++)
			assert_true(same_verdict(p, &f));
		filter_clear(&f);
		policy_free(p);
	}
	print_message("%zu calls\n", asked);
}

/* A filter with one constant changed is seen to differ: verify looks at the borders. */
static void verify_sees_a_changed_constant(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	allow_nr(p, ARCH_X86_64, 0);
	allow_nr(p, ARCH_X86_64, 3);
	for (uint32_t nr = 10; nr < 20; nr++)
		rule_of(p, nr, 2, 4, 0x10001);
	struct rule *r = new_rule(p, ARCH_X86_64, 9, allow); /* mmap */
	add_test(new_alternative(r), ARCH_X86_64, 9, 3, 0xfff0f, &(struct range){0x22, 0x25}, 1);
	add_test(&r->any.items[0], ARCH_X86_64, 9, 1, UINT64_MAX, &(struct range){0x1ffffffff, 0x300000000}, 1);
	struct filter f = compiled(p);
	struct error e = {0};
	struct seccomp_data witness;
	size_t changes = 0, seen = 0;
	for (size_t i = 0; i < f.code.count; i++)
		for (int bit = 0; bit < 32; bit++) {
			struct sock_filter *c = &f.code.items[i];
			if (BPF_CLASS(c->code) == BPF_LD)
				continue;
			c->k ^= 1u << bit;
			int rc = filter_verify(f.code.items, f.code.count, p, &witness, &e);
			/* Some changes change nothing: a border moved to where both sides still tell the same. */
			if (rc == 0)
				for (int j = 0; j < 3000; j++)
					assert_true(same_verdict(p, &f));
			else
				assert_int_not_equal(filter_run(f.code.items, f.code.count, &witness, NULL),
						     action_ret(policy_evaluate(p, &witness)));
			assert_true(rc >= 0);
			seen += (size_t)rc;
			c->k ^= 1u << bit;
			changes++;
		}
	print_message("%zu of %zu changes seen\n", seen, changes);
	assert_true(seen * 20 > changes * 19);
	filter_clear(&f);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(size_is_the_lower_bound),
	    cmocka_unit_test(unconditional_calls_are_cacheable),
	    cmocka_unit_test(edges_of_numbers),
	    cmocka_unit_test(jumps_of_254_to_256),
	    cmocka_unit_test(limit_of_4096),
	    cmocka_unit_test(absurd_rules_are_refused),
	    cmocka_unit_test(random_policies_mean_the_same),
	    cmocka_unit_test(verify_sees_a_changed_constant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
