/* Every policy of tests/golden/policy: the listing of its filter, the verdicts of our machine, the kernel's verdicts.
 * SPDX-License-Identifier: MIT
 *
 * NAME.json is a policy. NAME.asm is the listing of its filter (GOLDEN_UPDATE=1 writes it anew). NAME.verdicts has a
 * call a line, `ARCH CALL ARGUMENT… = ACTION`: ARCH a name or an AUDIT_ARCH number, CALL a name or a number, up to six
 * arguments as numbers, the rest 0. A "-" before it: the kernel is not asked (the call would do something). # begins a
 * comment. The kernel is asked where ARCH can be called from this process. */
#include "generator_helper.h"
#include "kernel_helper.h"

#include <dirent.h>

#include "policies/base/file.h"

struct golden {
	char name[256];
	struct policy *policy;
	struct filter filter;
	size_t lines, kernel;
};

static const char *no_filters, *no_i386;

static const char *path_of(const char *name, const char *ending)
{
	static char path[4096];
	const char *source = getenv("SOURCE");
	snprintf(path, sizeof(path), "%s/tests/golden/policy/%s%s", source == NULL ? "." : source, name, ending);
	return path;
}

static char *contents(const char *name, const char *ending)
{
	char *text = NULL;
	size_t n = 0;
	struct error e = {0};
	if (file_read(path_of(name, ending), 1 << 20, &text, &n, &e) != 0)
		fail_msg("%s%s: %s", name, ending, e.code == 0 ? "it is not there" : e.text);
	return text;
}

static void check_listing(const struct golden *g)
{
	struct text t = {0};
	struct error e = {0};
	filter_disasm(g->filter.code.items, g->filter.code.count, g->policy, &t);
	if (getenv("GOLDEN_UPDATE") != NULL)
		assert_int_equal(file_write(path_of(g->name, ".asm"), text_string(&t), t.count, &e), 0);
	char *expected = contents(g->name, ".asm");
	if (strcmp(expected, text_string(&t)) != 0)
		fail_msg("%s: the listing differs:\n%s", g->name, text_string(&t));
	free(expected);
	text_free(&t);
}

/* Whether the kernel's answer is what the action does. */
static bool agrees(struct kernel_answer k, struct action a)
{
	switch (a.kind) {
	case ACTION_KILL:
	case ACTION_KILL_THREAD:
		return k.end == KERNEL_KILLED;
	case ACTION_TRAP:
		return k.end == KERNEL_TRAPPED;
	case ACTION_ERRNO:
		return k.end == KERNEL_RETURNED && k.value == -(long)a.data;
	default:
		return k.end == KERNEL_RETURNED || k.end == KERNEL_EXITED;
	}
}

static void check_kernel(struct golden *g, const char *line, const struct seccomp_data *call, struct action expected)
{
	int arch = arch_by_audit(call->arch);
	bool i386 = arch == ARCH_I386;
	if (line[0] == '-' || no_filters != NULL || (i386 ? no_i386 != NULL : arch != ARCH_NATIVE))
		return;
	struct kernel_answer k = kernel_ask(g->filter.code.items, g->filter.code.count, i386, (uint32_t)call->nr,
					    (const uint64_t *)call->args);
	if (!agrees(k, expected))
		fail_msg("%s: %s: the kernel says otherwise (end %d, value %ld)", g->name, line, k.end, k.value);
	g->kernel++;
}

static void check_line(struct golden *g, char *line)
{
	char copy[512], *words[8], *at = copy + (line[0] == '-');
	struct seccomp_data call = {0};
	struct action expected;
	struct error e = {0};
	size_t n = 0;
	snprintf(copy, sizeof(copy), "%s", line);
	char *equals = strstr(copy, " = ");
	assert_non_null(equals);
	*equals = '\0';
	assert_int_equal(action_parse(equals + 3, &expected, &e), 0);
	for (char *w; n < 8 && (w = strtok(at, " \t")) != NULL; at = NULL)
		words[n++] = w;
	assert_true(n >= 2);
	int arch = arch_by_name(words[0]);
	call.arch = arch >= 0 ? arch_audit((enum arch)arch) : (uint32_t)strtoull(words[0], NULL, 0);
	uint32_t nr;
	if (strchr("0123456789-", words[1][0]) != NULL)
		nr = (uint32_t)strtoll(words[1], NULL, 0);
	else if (abi_number(arch >= 0 ? (enum arch)arch : ARCH_X86_64, words[1], &nr, &e) != 0)
		fail_msg("%s: %s: %s", g->name, line, e.text);
	call.nr = (int)nr;
	for (size_t i = 2; i < n; i++)
		call.args[i - 2] =
		    words[i][0] == '-' ? (uint64_t)strtoll(words[i], NULL, 0) : strtoull(words[i], NULL, 0);
	uint32_t ret = filter_run(g->filter.code.items, g->filter.code.count, &call, NULL);
	struct action meant = policy_evaluate(g->policy, &call);
	if (ret != action_ret(expected) || action_ret(meant) != ret)
		fail_msg("%s: %s: the filter says 0x%08x, the evaluator 0x%08x", g->name, line, ret, action_ret(meant));
	g->lines++;
	check_kernel(g, line, &call, expected);
}

static void check_golden(struct golden *g)
{
	struct error e = {0};
	g->policy = policy_read(path_of(g->name, ".json"), &e);
	if (g->policy == NULL || filter_compile(g->policy, NULL, &g->filter, &e) != 0)
		fail_msg("%s: %s", g->name, e.text);
	check_listing(g);
	char *verdicts = contents(g->name, ".verdicts"), *rest = verdicts;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		if (line[0] != '#' && line[0] != '\0')
			check_line(g, line);
	free(verdicts);
	filter_clear(&g->filter);
	policy_free(g->policy);
}

static void golden_policies(void **state)
{
	(void)state;
	size_t files = 0, lines = 0, kernel = 0;
	no_filters = kernel_has_no_filters();
	no_i386 = kernel_has_no_i386();
	if (no_filters != NULL)
		print_message("the kernel is not asked: %s\n", no_filters);
	else if (no_i386 != NULL)
		print_message("the kernel is not asked about i386: %s\n", no_i386);
	DIR *d = opendir(path_of("", ""));
	assert_non_null(d);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		struct golden g = {0};
		const char *dot = strrchr(entry->d_name, '.');
		if (dot == NULL || strcmp(dot, ".json") != 0)
			continue;
		snprintf(g.name, sizeof(g.name), "%.*s", (int)(dot - entry->d_name), entry->d_name);
		check_golden(&g);
		files++;
		lines += g.lines;
		kernel += g.kernel;
	}
	closedir(d);
	print_message("%zu policies, %zu verdicts, %zu of them by the kernel too\n", files, lines, kernel);
	assert_true(files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(golden_policies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
