/* A profile beside what code can reach, and what of it gets into a policy. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policies/reach/unseen.h"

static const char file[] =
    "{\"format\": \"pinhole-profile\", \"version\": 1, \"runs\": [], \"programs\": [], \"facts\": []}";

/* What the state of a test points to. */
static const enum arch both[] = {ARCH_X86_64, ARCH_AARCH64};

static uint32_t number_of(enum arch arch, const char *name)
{
	uint32_t nr = 0;
	assert_int_equal(abi_number(arch, name, &nr, NULL), 0);
	return nr;
}

/* A profile that saw read in phase load and write in phase main. */
static struct profile *seen(enum arch arch)
{
	struct error e = {0};
	struct profile *p = profile_parse(file, strlen(file), "profile", &e);
	struct run run = {.id = (char *)"0", .started = (char *)"2026", .mode = (char *)"exact"};
	assert_non_null(p);
	assert_int_equal(profile_add_program(p, "/bin/true", NULL, &e), 0);
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	for (int i = 0; i < 2; i++) {
		struct fact_key key = fact_key_make(i == 0 ? PHASE_LOAD : PHASE_MAIN, arch, number_of(arch, i == 0 ? "read" : "write"),
						    (uint64_t[6]){0});
		assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
	}
	return p;
}

/* Code that reaches write, clone3 and splice, by one function. */
static struct unseen_call calls[3];
static struct reachable code;
static struct reachable_call ways[3];
static struct unseen reached(enum arch arch)
{
	static const char *const names[] = {"write", "splice", "clone3"};
	static struct reachable_function function = {0, 16, (char *)"main"};
	static struct reachable_module module = {.path = (char *)"/bin/true", .why = (char *)"program"};
	struct unseen c = {.arch = arch};
	code.modules.items = &module;
	code.modules.count = 1;
	for (size_t i = 0; i < 3; i++) {
		ways[i] = (struct reachable_call){.arch = (uint8_t)arch, .nr = number_of(arch, names[i])};
		ways[i].path.items = &function;
		ways[i].path.count = 1;
		calls[i] = (struct unseen_call){ways[i].nr, names[i], &code, &ways[i]};
	}
	c.calls.items = calls;
	c.calls.count = 3;
	return c;
}

static void kinds_are_told_apart(void **state)
{
	enum arch arch = *(const enum arch *)*state;
	struct profile *p = seen(arch);
	struct unseen c = reached(arch);
	struct unseen_kinds all = {0}, load_alone = {0};
	struct error e = {0};
	assert_int_equal(unseen_sort_out(&c, &(struct unseen_of){p, NULL, NULL}, &all, &e), 0);
	assert_int_equal(all.seen, 2);
	assert_int_equal(all.outside, 1);
	assert_int_equal(all.unseen.count, 2);
	assert_int_equal(unseen_sort_out(&c, &(struct unseen_of){p, "load", NULL}, &load_alone, &e), 0);
	assert_int_equal(load_alone.seen, 1);
	assert_int_equal(load_alone.unseen.count, 3);
	assert_int_equal(all.seen + all.unseen.count + all.unreachable,
			 load_alone.seen + load_alone.unseen.count + load_alone.unreachable);
	assert_non_null(unseen_find(&c, number_of(arch, "splice")));
	assert_null(unseen_find(&c, number_of(arch, "tee")));
	vec_free(&all.unseen);
	vec_free(&load_alone.unseen);
	profile_free(p);
}

static const struct rule *rule(const struct policy *p, enum arch arch, const char *name)
{
	const struct rule *r = policy_rule(p, arch, name);
	assert_non_null(r);
	return r;
}

static void other_architectures_stay(void **state)
{
	enum arch arch = *(const enum arch *)*state;
	struct profile *p = seen(arch);
	struct unseen c = reached(arch);
	struct unseen_of of = {p, NULL, NULL};
	struct error e = {0};
	struct policy *policy = policy_new();
	policy->archs = ARCH_BIT(arch) | ARCH_BIT(ARCH_I386);
	/* One that is there is made wider on one alone. */
	assert_non_null(policy_add_rule(policy, "splice", policy->archs, (struct action){ACTION_ERRNO, 1}, NULL));
	assert_int_equal(unseen_allow(&c, &of, "splice,@process", false, policy, &e), 0);
	assert_int_equal(policy_finish(policy, &e), 0);
	assert_int_equal(rule(policy, arch, "splice")->action.kind, ACTION_ALLOW);
	assert_string_equal(rule(policy, arch, "splice")->why, "reachable, never seen: main");
	assert_int_equal(rule(policy, ARCH_I386, "splice")->action.kind, ACTION_ERRNO);
	assert_int_equal(rule(policy, arch, "clone3")->action.kind, ACTION_ERRNO);
	assert_null(policy_rule(policy, ARCH_I386, "clone3"));
	/* By its own name it is allowed. */
	assert_int_equal(unseen_allow(&c, &of, "clone3", false, policy, &e), 0);
	assert_int_equal(rule(policy, arch, "clone3")->action.kind, ACTION_ALLOW);
	policy_free(policy);
	profile_free(p);
}

static void answers_spare_rules(void **state)
{
	enum arch arch = *(const enum arch *)*state;
	struct profile *p = seen(arch);
	struct unseen c = reached(arch);
	struct unseen_of of = {p, NULL, NULL};
	struct error e = {0};
	struct policy *policy = policy_new();
	policy->archs = ARCH_BIT(arch);
	assert_non_null(policy_add_rule(policy, "splice", policy->archs, (struct action){ACTION_ALLOW, 0}, "mine"));
	assert_int_equal(unseen_answer(&c, &of, (struct action){ACTION_LOG, 0}, &(struct unseen_bases){0}, policy, &e), 0);
	assert_int_equal(policy_finish(policy, &e), 0);
	assert_int_equal(policy->rules.count, 2);
	assert_string_equal(rule(policy, arch, "splice")->why, "mine");
	assert_int_equal(rule(policy, arch, "clone3")->action.kind, ACTION_LOG);
	policy->archs = ARCH_BIT(ARCH_I386);
	assert_int_equal(unseen_answer(&c, &of, (struct action){ACTION_LOG, 0}, &(struct unseen_bases){0}, policy, &e), ERR_INPUT);
	policy_free(policy);
	profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_prestate(kinds_are_told_apart, (void *)&both[0]),
	    cmocka_unit_test_prestate(kinds_are_told_apart, (void *)&both[1]),
	    cmocka_unit_test_prestate(other_architectures_stay, (void *)&both[0]),
	    cmocka_unit_test_prestate(other_architectures_stay, (void *)&both[1]),
	    cmocka_unit_test_prestate(answers_spare_rules, (void *)&both[0]),
	    cmocka_unit_test_prestate(answers_spare_rules, (void *)&both[1]),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
