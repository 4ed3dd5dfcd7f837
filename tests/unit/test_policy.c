/* The policy: its evaluator at the edges, its order, its codec. Files of tests/golden/{bad,good}-policy are cases.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "generator/generator.h"
#include "policies/base/file.h"
#include "policies/json/json_text.h"
#include "policies/policy/policy.h"
#include "policies/show/show.h"

#define FOLDER "tests/golden/"

static struct policy *parsed(const char *json)
{
	struct error e = {0};
	struct policy *p = policy_parse(json, strlen(json), "test", &e);
	if (p == NULL)
		fail_msg("%s", e.text);
	return p;
}

/* A policy of these architectures, default and rules; newer is errno:ENOSYS. */
static struct policy *policy_of(const char *archs, const char *fallback, const char *rules)
{
	struct text json = {0};
	text_add(&json,
		 "{\"format\": \"pinhole-policy\", \"version\": 1, \"arch\": [%s], \"default\": \"%s\", "
		 "\"newer\": \"errno:ENOSYS\", \"rules\": [%s]}",
		 archs, fallback, rules);
	struct policy *p = parsed(text_string(&json));
	text_free(&json);
	return p;
}

static char *formatted(const struct policy *p)
{
	struct text out = {0};
	struct error e = {0};
	assert_int_equal(policy_format(p, &out, &e), 0);
	assert_non_null(out.bytes);
	return out.bytes;
}

static uint32_t number(enum arch arch, const char *name)
{
	const struct syscall_desc *call = abi_call(arch, name);
	assert_non_null(call);
	return (uint32_t)call->nr[arch];
}

static void expect_raw(const struct policy *p, uint32_t audit, uint32_t nr, const uint64_t args[6],
		       const char *expected)
{
	struct seccomp_data data = {.nr = (int)nr, .arch = audit};
	if (args != NULL)
		memcpy(data.args, args, sizeof(data.args));
	struct text got = {0};
	action_text(policy_evaluate(p, &data), &got);
	assert_string_equal(text_string(&got), expected);
	text_free(&got);
}

static void expect(const struct policy *p, enum arch arch, const char *name, unsigned arg, uint64_t value,
		   const char *expected)
{
	uint64_t args[6];
	memset(args, 0xa5, sizeof(args)); /* no answer may depend on the others */
	args[arg] = value;
	expect_raw(p, arch_audit(arch), number(arch, name), args, expected);
}

static void upper_halves(void **state)
{
	(void)state;
	struct policy *p = policy_of("\"x86_64\", \"i386\", \"aarch64\"", "kill",
				     "{\"syscall\": \"socket\", \"any\": [{\"domain\": \"AF_INET\"}]},"
				     "{\"syscall\": \"openat\", \"any\": [{\"dirfd\": \"AT_FDCWD\"}]},"
				     "{\"syscall\": \"mprotect\", \"any\": [{\"len\": 4096}]}");
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		const char *by_width = arch == ARCH_I386 ? "allow" : "kill";
		expect(p, (enum arch)arch, "socket", 0, 2, "allow");
		expect(p, (enum arch)arch, "socket", 0, 3, "kill");
		expect(p, (enum arch)arch, "socket", 0, 0xdeadbeef00000002, "allow");
		expect(p, (enum arch)arch, "socket", 0, 0x0000000200000000, "kill");
		expect(p, (enum arch)arch, "openat", 0, (uint64_t)-100, "allow");
		expect(p, (enum arch)arch, "openat", 0, 0xffffff9c, "allow");
		expect(p, (enum arch)arch, "openat", 0, 0x7fffffffffffff9c, "allow");
		expect(p, (enum arch)arch, "openat", 0, 100, "kill");
		expect(p, (enum arch)arch, "mprotect", 1, 4096, "allow");
		expect(p, (enum arch)arch, "mprotect", 1, 0x100001000, by_width);
		expect(p, (enum arch)arch, "mprotect", 1, 0x8000000000001000, by_width);
	}
	policy_free(p);
}

static void sixteen_bits(void **state)
{
	(void)state;
	struct policy *p =
	    policy_of("\"x86_64\"", "kill", "{\"syscall\": \"openat\", \"any\": [{\"mode\": \"0644\"}]}");
	expect(p, ARCH_X86_64, "openat", 3, 0644, "allow");
	expect(p, ARCH_X86_64, "openat", 3, 0xffffffffffff0000 | 0644, "allow");
	expect(p, ARCH_X86_64, "openat", 3, 0645, "kill");
	policy_free(p);
}

/* Numbers that are no calls, and architectures that are not the policy's. */
static void other_doors(const char *fallback, const char *foreign)
{
	struct policy *p =
	    policy_of("\"x86_64\"", fallback, "{\"syscall\": \"read\"}, {\"syscall\": \"syscall_0x1ff\"}");
	uint32_t native = arch_audit(ARCH_X86_64), newest = abi_newest(ARCH_X86_64);
	expect_raw(p, native, 0, NULL, "allow");
	expect_raw(p, native, 1, NULL, fallback);
	expect_raw(p, native, newest, NULL, fallback);
	expect_raw(p, native, newest + 1, NULL, "errno:ENOSYS");
	expect_raw(p, native, 0x1ff, NULL, "allow");
	expect_raw(p, native, 0x3fffffff, NULL, "errno:ENOSYS");
	expect_raw(p, native, 0x40000000, NULL, foreign); /* x32's read */
	expect_raw(p, native, 0x40000001, NULL, foreign);
	expect_raw(p, native, 0x7fffffff, NULL, foreign);
	expect_raw(p, native, 0x80000000, NULL, foreign);
	expect_raw(p, native, 0xffffffff, NULL, foreign);
	expect_raw(p, arch_audit(ARCH_I386), 3, NULL, foreign);
	expect_raw(p, arch_audit(ARCH_AARCH64), 63, NULL, foreign);
	expect_raw(p, 0, 0, NULL, foreign);
	expect_raw(p, native ^ 1, 0, NULL, foreign);
	policy_free(p);
}

static void other_doors_are_closed(void **state)
{
	(void)state;
	other_doors("kill", "kill");
	other_doors("errno:EPERM", "errno:EPERM");
	other_doors("log", "log");
	other_doors("allow", "kill");
}

static void alternatives(void **state)
{
	(void)state;
	struct policy *p = policy_of(
	    "\"x86_64\"", "allow",
	    "{\"syscall\": \"socket\", \"action\": \"errno:EAFNOSUPPORT\", \"any\": ["
	    "{\"domain\": {\"in\": [{\"min\": 16, \"max\": 31}, 44]}}, {\"domain\": 2, \"type\": {\"bits\": 3}}]}");
	static const struct {
		uint64_t domain, type;
		const char *answer;
	} cases[] = {{15, 0, "allow"},
		     {16, 0, "errno:EAFNOSUPPORT"},
		     {31, 9, "errno:EAFNOSUPPORT"},
		     {32, 0, "allow"},
		     {44, 0, "errno:EAFNOSUPPORT"},
		     {2, 3, "errno:EAFNOSUPPORT"},
		     {2, 4, "allow"},
		     {2, 7, "allow"},
		     {3, 3, "allow"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t args[6] = {cases[i].domain, cases[i].type};
		expect_raw(p, arch_audit(ARCH_X86_64), number(ARCH_X86_64, "socket"), args, cases[i].answer);
	}
	policy_free(p);
}

static void tests_are_normalised(void **state)
{
	(void)state;
	struct alternative a = {0};
	struct error e = {0};
	const struct syscall_desc *call = abi_call(ARCH_X86_64, "socket");
	static const struct range mixed[] = {{9, 9}, {1, 3}, {4, 5}, {2, 2}, {UINT32_MAX, UINT32_MAX}, {7, 6}};
	assert_int_equal(alternative_add_test(&a, call, ARCH_X86_64, 2, UINT64_MAX, mixed, 6, &e), 0);
	assert_int_equal(alternative_add_test(&a, call, ARCH_X86_64, 0, 0x0f, mixed, 6, &e), 0);
	assert_int_equal(alternative_add_test(&a, call, ARCH_X86_64, 1, 0xff, NULL, 0, &e), 0);
	assert_int_equal(a.tests.count, 3);
	const struct test *low = &a.tests.items[0], *none = &a.tests.items[1], *whole = &a.tests.items[2];
	assert_true(low->arg == 0 && none->arg == 1 && whole->arg == 2);
	assert_true(whole->mask == UINT32_MAX && whole->ranges.count == 3);
	assert_true(whole->ranges.items[0].lo == 1 && whole->ranges.items[0].hi == 5);
	assert_true(whole->ranges.items[2].hi == UINT32_MAX);
	assert_true(low->mask == 0x0f && low->ranges.count == 2);
	assert_int_equal(none->ranges.count, 0);
	alternative_clear(&a);
}

static void actions_survive(void **state)
{
	(void)state;
	static const char *const names[] = {"kill",	  "kill-thread", "trap", "errno:ENOSYS",
					    "errno:4000", "log",	 "allow"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct action a, back;
		struct error e = {0};
		struct text t = {0};
		assert_int_equal(action_parse(names[i], &a, &e), 0);
		assert_int_equal(action_from_ret(action_ret(a), &back), 0);
		assert_true(a.kind == back.kind && a.data == back.data);
		action_text(back, &t);
		assert_string_equal(text_string(&t), names[i]);
		text_free(&t);
	}
	struct action a;
	assert_int_equal(action_from_ret(SECCOMP_RET_USER_NOTIF, &a), -1);
	assert_int_equal(action_from_ret(0x12340000, &a), -1);
}

/* A rule that is unconditional on two architectures and its like on the third: joined, and in the same place after. */
static void joined_rules_keep_their_order(void **state)
{
	(void)state;
	struct policy *p = policy_new();
	struct error e = {0};
	p->archs = ARCH_ALL;
	static const char *const why[] = {"a", "b", "a"};
	for (int arch = ARCH_COUNT - 1; arch >= 0; arch--)
		assert_non_null(
		    policy_add_rule(p, "read", ARCH_BIT(arch), (struct action){ACTION_ALLOW, 0}, why[arch]));
	assert_int_equal(policy_finish(p, &e), 0);
	char *once = formatted(p);
	struct policy *again = parsed(once);
	assert_int_equal(again->rules.count, 2);
	char *twice = formatted(again);
	assert_string_equal(once, twice);
	free(once);
	free(twice);
	policy_free(p);
	policy_free(again);
}

static void show_and_diff(void **state)
{
	(void)state;
	struct policy *old =
	    policy_of("\"x86_64\"", "kill",
		      "{\"syscall\": \"mprotect\"}, {\"syscall\": \"read\", \"why\": \"x\"},"
		      "{\"syscall\": \"openat\", \"any\": [{\"flags\": 0}], \"why\": \"\\u001b[31m\\u009b\"}");
	struct policy *new = policy_of("\"x86_64\", \"i386\"", "log",
				       "{\"syscall\": \"read\", \"arch\": [\"x86_64\"]},"
				       "{\"syscall\": \"socket\", \"arch\": [\"x86_64\"]},"
				       "{\"syscall\": \"openat\", \"arch\": [\"x86_64\"], \"any\": [{\"flags\": 1}]}");
	struct text out = {0};
	struct error e = {0};
	assert_int_equal(policy_diff(old, new, policies_differ, &out, &e), 1);
	static const char *const lines[] = {"~ default: kill → log\n", "+ architecture i386\n", "~ x86_64 mprotect: allow → log\n",
					    "+ x86_64 socket\n", "~ x86_64 openat with flags O_RDONLY: allow → log\n",
					    "+ x86_64 openat with flags O_WRONLY\n"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strstr(text_string(&out), lines[i]) == NULL)
			fail_msg("no \"%s\" in:\n%s", lines[i], text_string(&out));
	assert_null(strstr(text_string(&out), "read"));
	text_free(&out);
	assert_int_equal(policy_diff(old, old, policies_differ, &out, &e), 0);
	assert_int_equal(out.count, 0);
	policy_show(old, &out);
	assert_non_null(strstr(text_string(&out), "\\x1b[31m\\xc2\\x9b"));
	assert_null(strchr(text_string(&out), 0x1b));
	text_free(&out);
	policy_free(old);
	policy_free(new);
}

static void read_whole(const char *path, char **bytes, size_t *n)
{
	struct error e = {0};
	if (file_read(path, POLICY_SIZE_LIMIT, bytes, n, &e) != 0)
		fail_msg("%s: %s (run from the top folder)", path, e.text);
}

static void bad_policies(void **state)
{
	(void)state;
	glob_t found;
	assert_int_equal(glob(FOLDER "bad-policy/*.json", 0, NULL, &found), 0);
	int wrong = 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		struct text beside = {0};
		text_add(&beside, "%.*s.expect", (int)(strlen(path) - strlen(".json")), path);
		char *bytes, *expected;
		size_t n, length;
		read_whole(path, &bytes, &n);
		read_whole(text_string(&beside), &expected, &length);
		expected[strcspn(expected, "\n")] = '\0';
		struct error e = {0};
		struct policy *p = policy_parse(bytes, n, path, &e);
		bool right = p == NULL && e.code == ERR_INPUT && strncmp(e.text, path, strlen(path)) == 0 &&
			     expected[0] != '\0' && strstr(e.text, expected) != NULL;
		if (!right)
			print_error("%s: \"%s\" lacks \"%s\"\n", path, p != NULL ? "(accepted)" : e.text, expected);
		wrong += !right;
		policy_free(p);
		text_free(&beside);
		free(bytes);
		free(expected);
	}
	globfree(&found);
	assert_int_equal(wrong, 0);
}

/* format(parse(file)) may differ from the file; from then on nothing changes, and nothing is lost. */
static void good_policies(void **state)
{
	(void)state;
	glob_t found;
	assert_int_equal(glob(FOLDER "good-policy/*.json", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct error e = {0};
		struct text differences = {0};
		struct policy *p = policy_read(found.gl_pathv[i], &e);
		if (p == NULL)
			fail_msg("%s", e.text);
		char *once = formatted(p);
		struct policy *again = parsed(once);
		char *twice = formatted(again);
		assert_string_equal(once, twice);
		assert_int_equal(policy_diff(p, again, policies_differ, &differences, &e), 0);
		assert_true(json_member_is(once, strlen(once), "format", "pinhole-policy"));
		text_free(&differences);
		free(once);
		free(twice);
		policy_free(p);
		policy_free(again);
	}
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(upper_halves),
	    cmocka_unit_test(sixteen_bits),
	    cmocka_unit_test(other_doors_are_closed),
	    cmocka_unit_test(alternatives),
	    cmocka_unit_test(tests_are_normalised),
	    cmocka_unit_test(actions_survive),
	    cmocka_unit_test(joined_rules_keep_their_order),
	    cmocka_unit_test(show_and_diff),
	    cmocka_unit_test(bad_policies),
	    cmocka_unit_test(good_policies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
