/* infer_watch: what is known passes, and nothing else. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "generator/generator.h"

enum { US = 4711 };

static uint32_t number(const char *name)
{
	uint32_t nr;
	struct error e = {0};
	assert_int_equal(abi_number(ARCH_X86_64, name, &nr, &e), 0);
	return nr;
}

static void observe(struct profile *p, const char *name, uint64_t a, uint64_t b, uint64_t c)
{
	struct error e = {0};
	uint64_t args[6] = {a, b, c};
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, number(name), args);
	assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
}

static struct profile *new_profile(void)
{
	struct error e = {0};
	struct run run = {.id = (char *)"0123456789abcdef0123456789abcdef"};
	struct profile *p = profile_new();
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	assert_int_equal(profile_add_program(p, "/bin/true", NULL, &e), 0);
	return p;
}

static struct policy *watch(const struct profile *p, size_t limit)
{
	struct error e = {0};
	const struct fact **facts = calloc(profile_fact_count(p) + 1, sizeof(*facts));
	for (size_t i = 0; i < profile_fact_count(p); i++)
		facts[i] = profile_fact(p, i);
	struct policy *policy = infer_watch(facts, profile_fact_count(p), limit, US, &e);
	free(facts);
	assert_non_null(policy);
	struct filter filter = {0};
	assert_int_equal(filter_compile(policy, NULL, &filter, &e), 0);
	filter_clear(&filter);
	return policy;
}

/* Whether the call passes; it stops otherwise. */
static bool passes(const struct policy *p, const char *name, uint64_t a, uint64_t b, uint64_t c)
{
	struct seccomp_data data = {.nr = (int)number(name), .arch = arch_audit(ARCH_X86_64), .args = {a, b, c}};
	struct action action = policy_evaluate(p, &data);
	assert_true(action.kind == ACTION_ALLOW || action.kind == ACTION_TRACE);
	data.arch = arch_audit(ARCH_I386);
	assert_int_equal(policy_evaluate(p, &data).kind, ACTION_TRACE);
	data.arch = arch_audit(ARCH_X86_64);
	data.nr |= 0x40000000;
	assert_int_equal(policy_evaluate(p, &data).kind, ACTION_TRACE);
	return action.kind == ACTION_ALLOW;
}

static void what_is_known(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	observe(p, "read", 0, 0, 0);
	observe(p, "socket", AF_INET, SOCK_STREAM, 0);
	observe(p, "socket", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct policy *w = watch(p, SIZE_MAX);
	assert_true(passes(w, "read", 1, 2, 3));
	assert_true(passes(w, "socket", AF_INET, SOCK_STREAM, 0));
	assert_true(passes(w, "socket", AF_INET | (uint64_t)1 << 40, SOCK_STREAM, 0)); /* of 32 bits */
	assert_true(passes(w, "socket", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	assert_false(passes(w, "socket", AF_UNIX, SOCK_DGRAM, 0)); /* harmless, but not seen */
	assert_false(passes(w, "socket", AF_UNIX, SOCK_STREAM, 0));
	assert_false(passes(w, "write", 1, 2, 3));
	assert_false(passes(w, "exit_group", 0, 0, 0)); /* nothing is allowed always */
	policy_free(w);
	w = watch(p, 1);
	assert_true(passes(w, "read", 1, 2, 3));
	assert_false(passes(w, "socket", AF_INET, SOCK_STREAM, 0));
	policy_free(w);
	profile_free(p);
}

static void aimed_at_the_recorder(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	observe(p, "kill", 1, SIGTERM, 0);
	observe(p, "tgkill", 1, 1, SIGUSR1);
	observe(p, "ptrace", PTRACE_ATTACH, 1, 0);
	struct policy *w = watch(p, SIZE_MAX);
	assert_true(passes(w, "kill", US + 1, SIGTERM, 0));
	assert_true(passes(w, "kill", US - 1, SIGTERM, 0));
	assert_true(passes(w, "kill", (uint64_t)-US, SIGTERM, 0));
	assert_false(passes(w, "kill", US, SIGTERM, 0));
	assert_false(passes(w, "kill", US + 1, SIGKILL, 0));
	assert_true(passes(w, "tgkill", 1, US, SIGUSR1));
	assert_false(passes(w, "tgkill", US, 1, SIGUSR1));
	assert_true(passes(w, "ptrace", PTRACE_ATTACH, US + 1, 0));
	assert_false(passes(w, "ptrace", PTRACE_ATTACH, US, 0));
	assert_false(passes(w, "ptrace", PTRACE_ATTACH, US | (uint64_t)1 << 40, 0)); /* the kernel takes it for an int */
	assert_false(passes(w, "ptrace", PTRACE_SEIZE, US + 1, 0));
	policy_free(w);
	profile_free(p);
}

/* A wide fact learns nothing from what is within its bounds and bits, and something from all else. */
static void widened(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	for (unsigned i = 0; i <= PROFILE_FACT_CAP; i++)
		observe(p, "umask", 2 * i + 16, 0, 0);
	for (unsigned i = 0; i <= PROFILE_FACT_CAP; i++)
		observe(p, "fcntl", 0, F_SETFL, i);
	struct policy *w = watch(p, SIZE_MAX);
	const struct fact *wide = profile_fact(p, 0)->wide ? profile_fact(p, 0) : profile_fact(p, 1);
	assert_true(wide->wide);
	assert_true(passes(w, "umask", 16, 0, 0));
	assert_true(passes(w, "umask", 2 * PROFILE_FACT_CAP + 16, 0, 0));
	assert_false(passes(w, "umask", 14, 0, 0));			/* below */
	assert_false(passes(w, "umask", 17, 0, 0));			/* another bit */
	assert_false(passes(w, "umask", 2 * PROFILE_FACT_CAP + 18, 0, 0)); /* above */
	assert_false(passes(w, "fcntl", 0, F_SETFL, 1)); /* the command selects what is recorded: not told apart when wide */
	assert_false(passes(w, "fcntl", 0, F_GETFL, 0));
	policy_free(w);
	profile_free(p);
}

static void nothing(void **state)
{
	(void)state;
	struct profile *p = new_profile();
	struct policy *w = watch(p, SIZE_MAX);
	assert_false(passes(w, "read", 0, 0, 0));
	policy_free(w);
	profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_known), cmocka_unit_test(aimed_at_the_recorder),
					   cmocka_unit_test(widened), cmocka_unit_test(nothing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
