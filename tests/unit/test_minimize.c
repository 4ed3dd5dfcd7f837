/* minimize: finds what can be missed, alone and together, in few trials. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/minimize/minimize.h"

/* A made-up program: which calls it needs, which it bears EPERM of alone, and pairs of which it needs one. */
struct program {
	const struct candidate *candidates;
	size_t n;
	const char *needed, *eperm, *either;
	size_t trials, most; /* most: trials that there is time for */
};

static bool has(const char *list, const char *name)
{
	const char *at = strstr(list, name);
	return at != NULL && (at == list || at[-1] == ' ') && (at[strlen(name)] == ' ' || at[strlen(name)] == '\0');
}

static int make(void *context, struct trial *trials, size_t n, struct error *e)
{
	(void)e;
	struct program *p = context;
	for (size_t t = 0; t < n && (p->trials < p->most || trials[t].must); t++) {
		size_t of_pair = 0;
		trials[t].made = trials[t].passed = true;
		p->trials++;
		for (size_t i = 0; i < p->n; i++) {
			const char *name = p->candidates[i].syscall;
			if (trials[t].answers[i] == 0)
				continue;
			of_pair += has(p->either, name);
			if (has(p->needed, name) || (has(p->eperm, name) && trials[t].answers[i] != EPERM))
				trials[t].passed = false;
		}
		if (of_pair > 1)
			trials[t].passed = false;
	}
	return 0;
}

/* All are in one policy, in its order. */
static struct policy *new_policy(void)
{
	static const char *const names[] = {"access", "brk", "close", "getrandom", "ioctl", "lseek", "openat",
					    "read",   "statx", "sysinfo", "uname",  "write"};
	struct error e = {0};
	struct policy *p = policy_new();
	p->archs = 1 << ARCH_X86_64;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(policy_add_rule(p, names[i], p->archs, (struct action){ACTION_ALLOW, 0},
						strcmp(names[i], "brk") == 0 ? "seen" : NULL));
	assert_non_null(policy_add_rule(p, "clone3", p->archs, (struct action){ACTION_ERRNO, ENOSYS}, NULL));
	assert_int_equal(policy_finish(p, &e), 0);
	return p;
}

static const char *find(struct program *program, struct candidate *c, size_t n, bool by_group, enum verdict verdict)
{
	static const uint16_t errnos[] = {ENOSYS, EPERM, 0};
	static char text[512];
	struct error e = {0};
	struct minimize_options options = {errnos, by_group, make, program};
	program->candidates = c;
	program->n = n;
	assert_int_equal(minimize(c, n, &options, &e), 0);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		if (c[i].verdict == verdict)
			sprintf(text + strlen(text), "%s%s", text[0] != '\0' ? " " : "", c[i].syscall);
	return text;
}

static void finds(bool by_group, const char *either, const char *stubbable, const char *alone, size_t most)
{
	struct policy *p = new_policy();
	size_t n;
	struct candidate *c = minimize_candidates(p, &n);
	struct program program = {.needed = "close openat read write", .eperm = "ioctl", .either = either, .most = most};
	assert_int_equal(n, 12); /* without clone3, which does not pass */
	assert_string_equal(find(&program, c, n, by_group, VERDICT_STUBBABLE), stubbable);
	char others[512] = "";
	for (size_t i = 0; i < n; i++)
		if (c[i].verdict == VERDICT_ALONE)
			sprintf(others + strlen(others), "%s%s", others[0] != '\0' ? " " : "", c[i].syscall);
	assert_string_equal(others, alone);
	minimize_free(c, n);
	policy_free(p);
}

static void test_each(void **state)
{
	(void)state;
	finds(false, "", "access brk getrandom ioctl lseek statx sysinfo uname", "", SIZE_MAX);
}

static void test_by_group(void **state)
{
	(void)state;
	finds(true, "", "access brk getrandom ioctl lseek statx sysinfo uname", "", SIZE_MAX);
}

static void test_not_together(void **state)
{
	(void)state;
	finds(false, "access statx", "access brk getrandom ioctl lseek sysinfo uname", "statx", SIZE_MAX);
	finds(false, "brk getrandom lseek uname", "access brk ioctl statx sysinfo", "getrandom lseek uname", SIZE_MAX);
}

static void test_answers(void **state)
{
	(void)state;
	struct policy *p = new_policy();
	struct error e = {0};
	struct text text = {0};
	size_t n;
	struct candidate *c = minimize_candidates(p, &n);
	struct program program = {.needed = "close openat read write", .eperm = "ioctl", .either = "", .most = SIZE_MAX};
	uint16_t answers[16] = {0};
	find(&program, c, n, false, VERDICT_STUBBABLE);
	/* Twelve with ENOSYS, those five with EPERM that failed, and all together. */
	assert_int_equal(program.trials, 12 + 5 + 1);
	for (size_t i = 0; i < n; i++)
		answers[i] = c[i].verdict == VERDICT_STUBBABLE ? c[i].answer : 0;
	assert_int_equal(minimize_apply(p, c, n, answers, "not needed", &e), 0);
	const struct rule *r = policy_rule(p, ARCH_X86_64, "ioctl");
	assert_int_equal(r->action.kind, ACTION_ERRNO);
	assert_int_equal(r->action.data, EPERM);
	r = policy_rule(p, ARCH_X86_64, "brk");
	assert_int_equal(r->action.data, ENOSYS);
	assert_string_equal(r->why, "seen; not needed");
	assert_int_equal(policy_rule(p, ARCH_X86_64, "read")->action.kind, ACTION_ALLOW);
	assert_null(policy_rule(p, ARCH_X86_64, "read")->why);
	minimize_json(c, n, &text);
	assert_non_null(strstr(text_string(&text), "{\"syscall\": \"ioctl\", \"group\": \"@"));
	assert_non_null(strstr(text_string(&text), "\"verdict\": \"stubbable\", \"answer\": \"errno:EPERM\"}"));
	text_free(&text);
	minimize_free(c, n);
	policy_free(p);
}

/* With time for a few trials only, nothing is called needed or stubbable that was not seen to be. */
static void test_time_over(void **state)
{
	(void)state;
	for (size_t most = 0; most < 24; most++) {
		struct policy *p = new_policy();
		size_t n;
		struct candidate *c = minimize_candidates(p, &n);
		struct program program = {.needed = "close openat read write", .eperm = "", .either = "access statx",
					  .most = most};
		find(&program, c, n, false, VERDICT_STUBBABLE);
		for (size_t i = 0; i < n; i++) {
			bool needed = has(program.needed, c[i].syscall);
			assert_true(c[i].verdict != VERDICT_NEEDED || needed);
			assert_true(c[i].verdict != VERDICT_STUBBABLE || !needed);
		}
		minimize_free(c, n);
		policy_free(p);
	}
}

/* What passes alone while there is time is put together though it is over, by one trial. */
static void test_last_trial(void **state)
{
	(void)state;
	struct policy *p = new_policy();
	size_t n;
	struct candidate *c = minimize_candidates(p, &n);
	struct program program = {.needed = "close openat read write", .eperm = "", .either = "", .most = 6};
	assert_string_equal(find(&program, c, n, false, VERDICT_STUBBABLE), "access brk getrandom ioctl lseek");
	assert_int_equal(program.trials, 7);
	minimize_free(c, n);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),	cmocka_unit_test(test_by_group),  cmocka_unit_test(test_not_together),
		cmocka_unit_test(test_answers), cmocka_unit_test(test_time_over), cmocka_unit_test(test_last_trial),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
