/* Policies as sets of calls, against the evaluator: random policies, and calls near what their rules speak of.
 * SPDX-License-Identifier: MIT */
#include "generator_helper.h"

#include "policies/policy/call_set.h"
#include "policies/show/show.h"

#define ROUNDS 4000

static const char *const calls[] = {"socket", "kill", "mprotect", "read", "prctl", "openat"};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

static struct action any_action(void)
{
	static const uint8_t kinds[] = {ACTION_ALLOW, ACTION_ALLOW, ACTION_ALLOW, ACTION_LOG, ACTION_ERRNO, ACTION_KILL};
	struct action a = {.kind = kinds[any() % 6]};
	a.data = a.kind == ACTION_ERRNO ? (uint16_t)(1 + any() % 2) : 0;
	return a;
}

static void add_any_alternative(struct rule *r, enum arch arch, const struct syscall_desc *call)
{
	static const uint64_t masks[] = {UINT64_MAX, UINT64_MAX, 7, 5, UINT64_MAX << 32, ~(uint64_t)6};
	struct alternative a = {0};
	struct error e = {0};
	for (size_t n = 1 + any() % 3; n > 0; n--) {
		unsigned arg = (unsigned)(any() % 3);
		struct range ranges[2];
		uint64_t mask = masks[any() % 6];
		if (arg < syscall_arg_count(call) && call->args[arg].kind == ARG_POINTER)
			arg = 5; /* addresses cannot be tested */
		if (mask == UINT64_MAX << 32 && syscall_arg_bits(call, arch, arg) < 64)
			mask = 7; /* nothing would be left of it */
		for (int i = 0; i < 2; i++) {
			ranges[i].lo = any() % 9 & mask;
			ranges[i].hi = ranges[i].lo + (any() % 3 == 0 ? any() % 4 : 0);
			if (ranges[i].hi > mask)
				ranges[i].hi = ranges[i].lo;
		}
		assert_int_equal(alternative_add_test(&a, call, arch, arg, mask, ranges, 1 + any() % 2, &e), 0);
	}
	assert_true(vec_push(&r->any, a));
}

static struct policy *any_policy(bool denying)
{
	struct policy *p = policy_new();
	struct error e = {0};
	assert_non_null(p);
	p->archs = ARCH_BIT(ARCH_X86_64) | (any() % 2 ? ARCH_BIT(ARCH_I386) : 0);
	p->default_action = denying || any() % 2 ? (struct action){.kind = ACTION_KILL} : any_action();
	for (size_t i = 0; i < CALLS; i++)
		for (int arch = 0; arch < ARCH_COUNT; arch++) {
			if (!(p->archs & ARCH_BIT(arch)) || any() % 3 == 0 || abi_call((enum arch)arch, calls[i]) == NULL)
				continue;
			struct rule *r = policy_add_rule(p, calls[i], ARCH_BIT(arch), any_action(), NULL);
			assert_non_null(r);
			for (uint64_t n = any() % 4; n > 0; n--)
				add_any_alternative(r, (enum arch)arch, abi_call((enum arch)arch, calls[i]));
			/* Others that are tried after it. */
			for (uint64_t more = any() % 3 == 0 ? any() % 3 : 0; more > 0 && r->any.count > 0; more--) {
				r = policy_add_rule(p, calls[i], ARCH_BIT(arch), any_action(), NULL);
				assert_non_null(r);
				for (uint64_t n = any() % 3; n > 0; n--)
					add_any_alternative(r, (enum arch)arch, abi_call((enum arch)arch, calls[i]));
			}
		}
	assert_int_equal(policy_finish(p, &e), 0);
	return p;
}

static struct policy *copy_of(const struct policy *p)
{
	struct text t = {0};
	struct error e = {0};
	assert_int_equal(policy_format(p, &t, &e), 0);
	struct policy *copy = policy_parse(t.bytes, t.count, "copy", &e);
	if (copy == NULL)
		fail_msg("%s in %s", e.text, text_string(&t));
	text_free(&t);
	return copy;
}

static struct seccomp_data any_call(void)
{
	struct error e = {0};
	enum arch arch = any() % 3 == 0 ? ARCH_I386 : ARCH_X86_64;
	struct seccomp_data d = {.arch = arch_audit(arch)};
	uint32_t nr = 0;
	assert_true(abi_number(arch, calls[any() % CALLS], &nr, &e) >= 0);
	d.nr = (int)nr;
	for (int i = 0; i < 6; i++)
		d.args[i] = any() % 12 | (arch == ARCH_X86_64 && any() % 8 == 0 ? (uint64_t)1 << 32 : 0);
	return d;
}

static bool passes(const struct policy *p, const struct seccomp_data *d)
{
	return lets_through(policy_evaluate(p, d));
}

/* a with b: what a lets through, and what b does on a's architectures; nothing else. */
static void adding(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct policy *a = any_policy(false), *b = any_policy(true), *sum = copy_of(a);
		struct error e = {0};
		if (sum != NULL) {
			assert_int_equal(policy_add_all(sum, b, "with b", &e), 0);
			for (int k = 0; k < 60; k++) {
				struct seccomp_data d = any_call();
				bool ours = a->archs & ARCH_BIT(arch_by_audit(d.arch));
				assert_int_equal(passes(sum, &d), passes(a, &d) || (ours && passes(b, &d)));
			}
		}
		policy_free(a);
		policy_free(b);
		policy_free(sum);
	}
}

/* What is left of a without the base: nothing that a does not allow, and all that the base does not. */
static void leaving_out(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct policy *a = any_policy(true), *base = any_policy(true), *left = copy_of(a);
		struct error e = {0};
		if (left != NULL) {
			assert_int_equal(policy_leave_out(left, base, &e), 0);
			for (int k = 0; k < 60; k++) {
				struct seccomp_data d = any_call();
				if (passes(left, &d))
					assert_true(passes(a, &d));
				if (passes(a, &d) && !passes(base, &d))
					assert_true(passes(left, &d));
			}
			/* Without itself, nothing that lets a call through. */
			policy_free(left);
			left = copy_of(a);
			assert_int_equal(policy_leave_out(left, a, &e), 0);
			for (size_t k = 0; k < left->rules.count; k++)
				assert_false(left->rules.items[k].action.kind == ACTION_ALLOW);
		}
		policy_free(a);
		policy_free(base);
		policy_free(left);
	}
}

/* diff says nothing just where no call is treated differently. */
static void comparing(void **state)
{
	(void)state;
	int equal = 0, different = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct policy *a = any_policy(false), *b = any() % 2 ? copy_of(a) : any_policy(false);
		struct text out = {0};
		struct error e = {0};
		if (b == NULL) {
			policy_free(a);
			continue;
		}
		if (any() % 2 && b->rules.count > 0) {
			struct rule *r = &b->rules.items[any() % b->rules.count];
			if (any() % 2)
				r->action = any_action();
			else if (r->any.count > 0)
				alternative_clear(&r->any.items[--r->any.count]);
		}
		int differ = policy_diff(a, b, policies_differ, &out, &e);
		assert_true(differ == 0 || differ == 1);
		assert_int_equal(differ == 1, out.count > 0);
		bool found = false;
		for (int k = 0; k < 400 && !found; k++) {
			struct seccomp_data d = any_call();
			found = !action_equal(policy_evaluate(a, &d), policy_evaluate(b, &d));
		}
		if (found && !differ)
			fail_msg("different, and diff says nothing");
		equal += !differ;
		different += differ;
		text_free(&out);
		policy_free(a);
		policy_free(b);
	}
	assert_true(equal > ROUNDS / 10 && different > ROUNDS / 10);
}

/* A rule is changed by what is joined into it, and says so even where the number of alternatives stays. */
static void joined_rules_say_why(void **state)
{
	(void)state;
	struct policy *a = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL), *b = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct error e = {0};
	uint32_t nr;
	assert_int_equal(abi_number(ARCH_X86_64, "mprotect", &nr, &e), 0);
	struct action allow = {.kind = ACTION_ALLOW};
	add_test(new_alternative(new_rule(a, ARCH_X86_64, nr, allow)), ARCH_X86_64, nr, 2, UINT64_MAX, &(struct range){1, 1}, 1);
	add_test(new_alternative(new_rule(b, ARCH_X86_64, nr, allow)), ARCH_X86_64, nr, 2, UINT64_MAX, &(struct range){5, 5}, 1);
	assert_int_equal(policy_add_all(a, b, "with b", &e), 0);
	assert_int_equal(a->rules.items[0].any.count, 1);
	assert_string_equal(a->rules.items[0].why, "with b");
	policy_free(a);
	policy_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(adding), cmocka_unit_test(leaving_out),
					   cmocka_unit_test(comparing), cmocka_unit_test(joined_rules_say_why)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
