/* What holds of every inferred policy, on random profiles: it allows each fact; tighter never allows what looser denies;
 * more facts never allow less; written and read it is the same; and its filter agrees with it.
 * SPDX-License-Identifier: MIT */
#include "profile_helper.h"

#include <errno.h>

#include "policies/policy/call_set.h"

/* How many profiles; of every so many the filter is compiled and asked, and the sets compared. */
#define PROFILES   100000
#define FILTERS	   200
#define SETS	   100
#define MOST_FACTS 14

static bool is_clone3(const struct fact *f)
{
	char buffer[32];
	return strcmp(abi_name(f->key.arch, f->key.nr, buffer, sizeof(buffer)), "clone3") == 0;
}

static void allows_each_fact(const struct profile *p, const struct policy *policy)
{
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		struct seccomp_data d = call_of(f);
		struct action a = policy_evaluate(policy, &d);
		if (a.kind == ACTION_ALLOW || (is_clone3(f) && a.kind == ACTION_ERRNO && a.data == ENOSYS))
			continue;
		struct text t = {0};
		fact_text(f, &t);
		fail_msg("not allowed: %s", text_string(&t));
	}
}

static void within(const struct policy *tight, const struct policy *loose, const struct seccomp_data *d, const char *what)
{
	if (policy_evaluate(tight, d).kind == ACTION_ALLOW && policy_evaluate(loose, d).kind != ACTION_ALLOW)
		fail_msg("%s: number %d with 0x%llx 0x%llx 0x%llx", what, d->nr, d->args[0], d->args[1], d->args[2]);
}

/* The same by their sets: nothing is left of the tighter one's without the looser one's. */
static void set_within(const struct policy *tight, const struct policy *loose, const char *what)
{
	for (size_t i = 0; i < tight->rules.count; i++)
		for (int arch = 0; arch < ARCH_COUNT; arch++) {
			const char *name = tight->rules.items[i].syscall;
			struct call_set a = {0}, b = {0};
			struct error e = {0};
			if (!(tight->rules.items[i].archs & ARCH_BIT(arch)))
				continue;
			assert_int_equal(policy_permits(tight, (enum arch)arch, name, true, &a, &e), 0);
			assert_int_equal(policy_permits(loose, (enum arch)arch, name, true, &b, &e), 0);
			assert_int_equal(call_set_subtract(&a, &b, (enum arch)arch, name, &e), 0);
			if (a.any.count > 0) {
				struct text one = {0}, other = {0};
				policy_format(tight, &one, &e);
				policy_format(loose, &other, &e);
				fprintf(stderr, "%s\n%s", text_string(&one), text_string(&other));
				fail_msg("%s: %s on %s, of these", what, name, arch_name((enum arch)arch));
			}
			call_set_clear(&a);
			call_set_clear(&b);
		}
}

static void survives_writing(const struct policy *p)
{
	struct text once = {0}, twice = {0};
	struct error e = {0};
	assert_int_equal(policy_format(p, &once, &e), 0);
	struct policy *again = policy_parse(once.bytes, once.count, "again", &e);
	if (again == NULL)
		fail_msg("%s in:\n%s", e.text, text_string(&once));
	assert_int_equal(policy_format(again, &twice, &e), 0);
	assert_string_equal(text_string(&once), text_string(&twice));
	text_free(&once);
	text_free(&twice);
	policy_free(again);
}

static void filter_agrees(const struct profile *p, const struct policy *policy)
{
	struct filter f = {0};
	struct error e = {0};
	if (filter_compile(policy, NULL, &f, &e) != 0)
		fail_msg("%s", e.text);
	for (int i = 0; i < 2000; i++) {
		struct seccomp_data d = near_fact(p);
		assert_int_equal(filter_run(f.code.items, f.code.count, &d, NULL),
				 action_ret(policy_evaluate(policy, &d)));
	}
	filter_clear(&f);
}

/* One profile, and the same with more facts. */
static void one(size_t i)
{
	static const enum args_mode modes[] = {ARGS_EXACT, ARGS_SHAPE, ARGS_NONE}; /* from tight to loose */
	struct profile *p = new_profile();
	struct policy *few[3], *more[3];
	struct error e = {0};
	unsigned archs = i % 3 == 0 ? ARCH_COUNT : 1;
	bool portable = i % 16 == 0;
	do
		see_any(p, archs);
	while (profile_fact_count(p) == 0 || any() % MOST_FACTS != 0);
	assert_int_equal(profile_sort(p, &e), 0);
	for (int m = 0; m < 3; m++) {
		few[m] = inferred(p, modes[m], portable);
		allows_each_fact(p, few[m]);
		if (i % (PROFILES / FILTERS) == 0)
			filter_agrees(p, few[m]);
		if (i % SETS == 0)
			survives_writing(few[m]);
	}
	for (int n = 0; n < 3; n++)
		see_any(p, archs);
	assert_int_equal(profile_sort(p, &e), 0);
	for (int m = 0; m < 3; m++)
		more[m] = inferred(p, modes[m], portable);
	for (int n = 0; n < 20; n++) {
		struct seccomp_data d = near_fact(p);
		within(few[0], few[1], &d, "exact allows what shape denies");
		within(few[1], few[2], &d, "shape allows what none denies");
		for (int m = 0; m < 3; m++)
			within(few[m], more[m], &d, "more facts allow less");
	}
	if (i % SETS == 0) {
		set_within(few[0], few[1], "exact is not within shape");
		set_within(few[1], few[2], "shape is not within none");
		for (int m = 0; m < 3; m++)
			set_within(few[m], more[m], "more facts allow less");
	}
	for (int m = 0; m < 3; m++) {
		policy_free(few[m]);
		policy_free(more[m]);
	}
	profile_free(p);
}

static void random_profiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < PROFILES; i++)
		one(i);
}

/* So many tuples that they are widened on the way: the same must hold while the facts grow. */
static void growing_profiles(void **state)
{
	(void)state;
	static const char *const growing[] = {"socket", "prctl", "ioctl", "mmap", "openat", "setsockopt"};
	for (size_t c = 0; c < sizeof(growing) / sizeof(growing[0]); c++) {
		const struct syscall_desc *call = abi_call(ARCH_X86_64, growing[c]);
		struct profile *p = new_profile();
		struct policy *before[2] = {NULL, NULL};
		struct error e = {0};
		for (int n = 0; n < 400; n++) {
			uint64_t args[6];
			for (unsigned i = 0; i < 6; i++)
				args[i] = value_for(&call->args[i]);
			struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, (uint32_t)call->nr[ARCH_X86_64], args);
			assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
			if (n % 10 != 0)
				continue;
			assert_int_equal(profile_sort(p, &e), 0);
			for (int m = 0; m < 2; m++) {
				struct policy *now = inferred(p, m == 0 ? ARGS_EXACT : ARGS_SHAPE, false);
				if (before[m] != NULL)
					set_within(before[m], now, growing[c]);
				policy_free(before[m]);
				before[m] = now;
			}
			set_within(before[0], before[1], "exact is not within shape");
		}
		policy_free(before[0]);
		policy_free(before[1]);
		profile_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_profiles), cmocka_unit_test(growing_profiles)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
