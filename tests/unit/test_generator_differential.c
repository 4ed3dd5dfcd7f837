/* A policy's meaning four ways: the direct evaluator, our machine on its filter, the kernel with its filter, and (in
 * test_generator_libseccomp) another compiler's filter. At least a million calls of the first two, 20,000 of the
 * kernel. SPDX-License-Identifier: MIT */
#include "border_helper.h"
#include "harmless_helper.h"
#include "kernel_helper.h"
#include "profile_helper.h"

#define PAIRS	     1000000
#define KERNEL_CALLS 20000

/* Compiles, or tells that the kernel would not take so large a filter. */
static bool fits(struct policy *p, struct filter *f)
{
	struct error e = {0};
	if (policy_finish(p, &e) != 0)
		fail_msg("%s", e.text);
	int rc = filter_compile(p, NULL, f, &e);
	if (rc != 0 && rc != ERR_LIMIT)
		fail_msg("%s", e.text);
	return rc == 0;
}

/* Answers of policies that have the call's architecture, by architecture and whether the call is allowed. */
static size_t answers[ARCH_COUNT][2];

/* Asks both `n` times and counts what is allowed; returns n. */
static size_t compare(const struct policy *p, const struct filter *f, const struct profile *facts, size_t n,
		      size_t *allowed)
{
	for (size_t i = 0; i < n; i++) {
		struct seccomp_data d = facts != NULL && i % 2 == 0 ? near_fact(facts) : border_call(p);
		uint32_t meant = action_ret(policy_evaluate(p, &d));
		uint32_t said = filter_run(f->code.items, f->code.count, &d, NULL);
		if (said != meant)
			fail_msg("arch %x, number %d (%llx %llx %llx %llx %llx %llx): filter %x, policy %x", d.arch,
				 d.nr, d.args[0], d.args[1], d.args[2], d.args[3], d.args[4], d.args[5], said, meant);
		*allowed += meant == SECCOMP_RET_ALLOW;
		int arch = arch_by_audit(d.arch);
		if (arch >= 0 && (p->archs & ARCH_BIT(arch)))
			answers[arch][meant == SECCOMP_RET_ALLOW]++;
	}
	return n;
}

static size_t ask_random_policy(size_t *allowed)
{
	struct policy *p = random_policy();
	struct filter f = {0};
	size_t n = fits(p, &f) ? compare(p, &f, NULL, 3000, allowed) : 0;
	filter_clear(&f);
	policy_free(p);
	return n;
}

static size_t ask_inferred_policy(size_t *allowed)
{
	struct profile *facts = new_profile();
	struct error e = {0};
	struct filter f = {0};
	unsigned archs = any() % 3 == 0 ? ARCH_COUNT : 1;
	do
		see_any(facts, archs);
	while (profile_fact_count(facts) == 0 || any() % 30 != 0);
	assert_int_equal(profile_sort(facts, &e), 0);
	struct policy *p = inferred(facts, (enum args_mode)(any() % 3), any() % 4 == 0);
	size_t n = fits(p, &f) ? compare(p, &f, facts, 3000, allowed) : 0;
	filter_clear(&f);
	policy_free(p);
	profile_free(facts);
	return n;
}

/* Policies that are random, and policies inferred from random profiles. */
static void evaluator_and_machine(void **state)
{
	(void)state;
	size_t policies = 0, pairs = 0, allowed = 0;
	for (; pairs < PAIRS; policies++)
		pairs += policies % 2 == 0 ? ask_random_policy(&allowed) : ask_inferred_policy(&allowed);
	print_message("%zu pairs of %zu policies and their calls: evaluator = machine; %zu allowed\n", pairs, policies,
		      allowed);
	/* Else the calls would say nothing about one of both. */
	assert_true(allowed > pairs / 10 && allowed < pairs - pairs / 10);
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		print_message("%s: %zu allowed, %zu not\n", arch_name((enum arch)arch), answers[arch][1], answers[arch][0]);
		assert_true(answers[arch][0] > pairs / 50 && answers[arch][1] > pairs / 50);
	}
}

/* The errors that the kernel itself never answers with tell what the filter said. */
#define RULE	 4001
#define FALLBACK 4002
#define NEWER	 4003

static struct policy *harmless_policy(void)
{
	static const arch_set archs[] = {ARCH_BIT(ARCH_NATIVE), ARCH_BIT(ARCH_NATIVE) | ARCH_BIT(ARCH_I386),
					 ARCH_BIT(ARCH_I386)};
	struct policy *p = new_policy(archs[any() % 3], ACTION_ERRNO);
	p->default_action.data = FALLBACK;
	p->newer = (struct action){ACTION_ERRNO, NEWER};
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			struct error e = {0};
			uint32_t nr;
			if (!(p->archs & ARCH_BIT(arch)) || any() % 3 == 0 ||
			    abi_number((enum arch)arch, harmless[i].name, &nr, &e) != 0)
				continue;
			struct action yes = any() % 4 == 0 ? (struct action){ACTION_ERRNO, RULE}
							   : (struct action){.kind = ACTION_ALLOW};
			struct rule *r = new_rule(p, (enum arch)arch, nr, yes);
			for (unsigned n = (unsigned)(any() % 5); n > 0; n--)
				random_alternative_of(r, (enum arch)arch, nr, (uint8_t)(~harmless[i].fixed & 0x3f));
		}
	return p;
}

/* A call that this process can make under the policy without harm, and what the filter will see of it. */
static struct seccomp_data harmless_border_call(const struct policy *p, bool i386_works, struct kernel_call *call)
{
	for (;;) {
		struct seccomp_data d = border_call(p);
		char buffer[32];
		call->i386 = d.arch != arch_audit(ARCH_NATIVE);
		if (call->i386 && (!i386_works || d.arch != arch_audit(ARCH_I386)))
			continue;
		const struct harmless *h = harmless_call(
		    abi_name(call->i386 ? ARCH_I386 : ARCH_NATIVE, (uint32_t)d.nr, buffer, sizeof(buffer)));
		/* What is no such call must not be made: the policy's word is to be trusted no more than its filter's.
		 */
		if (h == NULL && (uint32_t)d.nr <= abi_newest(call->i386 ? ARCH_I386 : ARCH_NATIVE))
			continue;
		for (int i = 0; i < 6; i++) {
			if (h != NULL && (h->fixed >> i & 1))
				d.args[i] = h->args[i];
			call->args[i] = d.args[i];
			/* int 0x80 takes the low halves (arch/x86/entry/syscall_32.c). */
			if (call->i386)
				d.args[i] = (uint32_t)d.args[i];
		}
		call->nr = (uint32_t)d.nr;
		return d;
	}
}

static void kernel_agrees(const struct kernel_call *call, uint32_t said)
{
	uint32_t answer = SECCOMP_RET_ALLOW;
	if (call->result == -RULE || call->result == -FALLBACK || call->result == -NEWER)
		answer = SECCOMP_RET_ERRNO | (uint32_t)-call->result;
	if (said != answer)
		fail_msg("%s, number %u (%llx %llx %llx %llx %llx %llx): the kernel %ld, ours %x",
			 call->i386 ? "i386" : "native", call->nr, (unsigned long long)call->args[0],
			 (unsigned long long)call->args[1], (unsigned long long)call->args[2],
			 (unsigned long long)call->args[3], (unsigned long long)call->args[4],
			 (unsigned long long)call->args[5], call->result, said);
}

static void kernel(void **state)
{
	(void)state;
	enum { EACH = 250 };
	const char *why = kernel_has_no_filters();
	bool i386 = kernel_has_no_i386() == NULL;
	size_t asked = 0, by_answer[4] = {0}, foreign = 0;
	if (why != NULL) {
		print_message("the kernel is not asked: %s\n", why);
		skip();
	}
	struct kernel_call *calls = kernel_share(EACH * sizeof(*calls));
	uint32_t said[EACH];
	assert_non_null(calls);
	while (asked < KERNEL_CALLS) {
		struct policy *p = harmless_policy();
		struct filter f = {0};
		if (fits(p, &f)) {
			for (size_t i = 0; i < EACH; i++) {
				struct seccomp_data d = harmless_border_call(p, i386, &calls[i]);
				said[i] = filter_run(f.code.items, f.code.count, &d, NULL);
				assert_int_equal(said[i], action_ret(policy_evaluate(p, &d)));
			}
			if (!kernel_ask_all(f.code.items, f.code.count, calls, EACH))
				fail_msg("a child died on the way");
			for (size_t i = 0; i < EACH; i++, asked++) {
				kernel_agrees(&calls[i], said[i]);
				by_answer[said[i] == SECCOMP_RET_ALLOW ? 0 : (said[i] & SECCOMP_RET_DATA) - RULE + 1]++;
				foreign += calls[i].i386;
			}
		}
		filter_clear(&f);
		policy_free(p);
	}
	print_message(
	    "%zu calls: evaluator = machine = kernel; %zu allowed, %zu by a rule's error, %zu by the default, %zu "
	    "newer; %zu by int 0x80\n",
	    asked, by_answer[0], by_answer[1], by_answer[2], by_answer[3], foreign);
	assert_true(by_answer[0] > asked / 10 && by_answer[1] > 0 && by_answer[2] > asked / 10 && by_answer[3] > 0);
	munmap(calls, EACH * sizeof(*calls));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(evaluator_and_machine), cmocka_unit_test(kernel)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
