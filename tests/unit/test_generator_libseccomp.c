/* Filters of libseccomp for random policies whose tests are equalities, in both of its shapes: they say what the policy
 * and our filter say, proven and asked. Where tests are others its documented semantics differ (see
 * libseccomp_helper.h). Needs libseccomp when it is built. SPDX-License-Identifier: MIT */
#include "border_helper.h"

#ifdef HAVE_LIBSECCOMP
#include "libseccomp_helper.h"

#define POLICIES 120
#define CALLS	 2000

/* An alternative: each of these arguments is one of some values. */
static void equality(struct rule *r, uint32_t nr, uint8_t args)
{
	struct alternative *a = new_alternative(r);
	for (unsigned arg = 0; arg < 6; arg++) {
		struct range values[4];
		size_t n = 1 + any() % 4;
		if (!(args >> arg & 1))
			continue;
		for (size_t i = 0; i < n; i++)
			values[i].lo = values[i].hi = interesting();
		qsort(values, n, sizeof(values[0]), by_lo);
		add_test(a, ARCH_NATIVE, nr, arg, UINT64_MAX, values, n);
	}
}

static uint8_t two_arguments(void)
{
	return (uint8_t)(1u << any() % 6 | 1u << any() % 6);
}

/* mixed: the alternatives of one call do not all test the same arguments. */
static struct policy *policy_of_equalities(bool mixed)
{
	static const struct action actions[] = {
	    {ACTION_KILL, 0}, {ACTION_TRAP, 0}, {ACTION_ERRNO, 1}, {ACTION_ERRNO, 4094}};
	struct policy *p = new_policy(ARCH_BIT(ARCH_NATIVE), ACTION_KILL);
	p->default_action = actions[any() % 4];
	p->newer = p->default_action; /* libseccomp has no other answer for these */
	uint32_t step = 6 + (uint32_t)(any() % 60);
	for (uint32_t nr = (uint32_t)(any() % step); nr < 460; nr += 1 + (uint32_t)(any() % step)) {
		struct action yes =
		    any() % 8 == 0 ? (struct action){ACTION_ERRNO, 2} : (struct action){.kind = ACTION_ALLOW};
		struct rule *r = new_rule(p, ARCH_NATIVE, nr, yes);
		uint8_t args = two_arguments();
		if (any() % 3 == 0)
			for (unsigned n = 1 + (unsigned)(any() % 3); n > 0; n--)
				equality(r, nr, mixed ? two_arguments() : args);
	}
	return p;
}

static void asked(const struct policy *p, const struct filter *ours, const struct filter *theirs)
{
	for (int i = 0; i < CALLS; i++) {
		struct seccomp_data d = border_call(p);
		uint32_t meant = action_ret(policy_evaluate(p, &d));
		uint32_t said = filter_run(ours->code.items, ours->code.count, &d, NULL);
		uint32_t other = filter_run(theirs->code.items, theirs->code.count, &d, NULL);
		if (said != meant || other != meant)
			fail_msg(
			    "arch %x, number %d (%llx %llx %llx %llx %llx %llx): policy %x, ours %x, libseccomp %x",
			    d.arch, d.nr, d.args[0], d.args[1], d.args[2], d.args[3], d.args[4], d.args[5], meant, said,
			    other);
	}
}

/* Whether libseccomp's filter says what the policy says: 0, 1, or -1 where its filter is too large for the kernel. */
static int differs(const struct policy *p, const struct filter *ours, bool tree)
{
	struct filter theirs = {0};
	struct seccomp_data witness = {0};
	struct error e = {0};
	if (libseccomp_compile(p, tree, &theirs, NULL, &e) != 0) {
		if (strstr(e.text, "the kernel takes 4096") == NULL)
			fail_msg("%s", e.text);
		return -1;
	}
	int rc = filter_verify(theirs.code.items, theirs.code.count, p, &witness, &e);
	if (rc < 0)
		fail_msg("%s", e.text);
	if (rc == 0)
		asked(p, ours, &theirs);
	else
		assert_true(agree(ours, p, &witness) && !agree(&theirs, p, &witness));
	filter_clear(&theirs);
	return rc;
}

static size_t differences(bool mixed)
{
	const struct scmp_version *version = seccomp_version();
	size_t different = 0, too_large = 0;
	for (size_t policies = 0; policies < POLICIES; policies++) {
		struct policy *p = policy_of_equalities(mixed);
		struct filter ours = compiled(p);
		for (int tree = 0; tree < 2; tree++) {
			int rc = differs(p, &ours, tree);
			different += rc > 0;
			too_large += rc < 0;
		}
		filter_clear(&ours);
		policy_free(p);
	}
	size_t equal = 2 * POLICIES - different - too_large;
	print_message(
	    "libseccomp %u.%u.%u: %zu filters proven equal, with %zu pairs evaluator = machine = its filter; %zu "
	    "differ, %zu too large for the kernel\n",
	    version->major, version->minor, version->micro, equal, equal * CALLS, different, too_large);
	assert_true(equal > POLICIES);
	return different;
}

static void alternatives_of_the_same_arguments(void **state)
{
	(void)state;
	assert_int_equal(differences(false), 0);
}

/* Here libseccomp (2.5.4) is wrong at times: it shares a comparison between paths that have loaded different arguments
 * before it, and so allows what no rule allows. Each such filter is refused by verify, with a true witness. */
static void alternatives_of_different_arguments(void **state)
{
	(void)state;
	differences(true);
}
#else
static void alternatives_of_the_same_arguments(void **state)
{
	(void)state;
	print_message("libseccomp was not there when this was built: run tools/dev/setup --test\n");
	skip();
}

static void alternatives_of_different_arguments(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(alternatives_of_the_same_arguments),
					   cmocka_unit_test(alternatives_of_different_arguments)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
