/* Every golden filter with any one instruction changed: verify finds it, with a call that shows it, or it means the same.
 * SPDX-License-Identifier: MIT */
#include "mutants.h"
#include "verify_helper.h"

/* So many calls must not contradict that a mutant is equivalent. */
#define ASKED 20000

struct counts {
	const struct policy *policy;
	size_t killed, equivalent, survived;
};

static void judge(struct mutation *m, size_t at, const struct sock_filter *kept)
{
	struct counts *count = m->context;
	struct seccomp_data witness;
	struct error e = {0};
	(void)kept;
	int rc = verified(m->filter, count->policy, ASKED, &witness, &e);
	count->killed += rc == 1;
	count->equivalent += rc == 0;
	if (rc < 0) {
		print_error("instruction %zu: %s\n", at, e.text);
		count->survived++;
	}
}

static void mutate(const char *name, struct policy *p)
{
	struct filter f = compiled(p);
	struct counts count = {.policy = p};
	struct mutation m = {.filter = &f, .each = judge, .context = &count};
	double began = seconds();
	each_mutant(&m);
	print_message("%-16s %5zu mutants: %5zu killed, %4zu equivalent, %zu survived (%zu more are invalid; %.1f s)\n", name,
		      count.killed + count.equivalent + count.survived, count.killed, count.equivalent, count.survived,
		      m.invalid, seconds() - began);
	assert_int_equal(count.survived, 0);
	assert_true(count.killed > 10 * count.equivalent);
	filter_clear(&f);
}

static void mutants_of_golden_filters(void **state)
{
	(void)state;
	assert_true(each_policy("tests/golden/policy", mutate) > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(mutants_of_golden_filters)};
	/* By hand: the policies of another folder. */
	if (argc > 1)
		return each_policy(argv[1], mutate) > 0 ? 0 : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
