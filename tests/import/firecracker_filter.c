/* The filter that Firecracker's seccompiler-bin makes of the first thread of a file, for want of that program itself: what its
 * src/seccompiler/src/lib.rs and types.rs (1.11 to 1.13) do, with the same library.
 *     firecracker_filter FILE ARCH OUT
 * SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef HAVE_LIBSECCOMP
int main(void)
{
	fputs("built without libseccomp\n", stderr);
	return 77;
}
#else
#include <seccomp.h>

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "firecracker_filter: %s\n", what);
	exit(1);
}

static uint32_t action(const json_t *a)
{
	static const struct {
		const char *name;
		uint32_t action;
	} words[] = {{"allow", SCMP_ACT_ALLOW}, {"kill_thread", SCMP_ACT_KILL_THREAD}, {"kill_process", SCMP_ACT_KILL_PROCESS},
		     {"log", SCMP_ACT_LOG},	{"trap", SCMP_ACT_TRAP}};
	json_t *error = json_object_get(a, "errno");
	if (json_object_size(a) == 1 && json_is_integer(error) && json_integer_value(error) >= 0 && json_integer_value(error) <= UINT16_MAX)
		return SCMP_ACT_ERRNO((uint16_t)json_integer_value(error));
	for (size_t i = 0; json_is_string(a) && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, json_string_value(a)) == 0)
			return words[i].action;
	give_up("an action");
}

/* A u64: jansson's own numbers are signed, so they are read as text (main). */
static uint64_t number(const json_t *value)
{
	const char *text = json_string_value(value);
	char *end;
	if (text == NULL || text[0] < '0' || text[0] > '9')
		give_up("a number");
	uint64_t n = strtoull(text, &end, 10);
	if (*end != '\0')
		give_up("a number");
	return n;
}

static struct scmp_arg_cmp condition(const json_t *c)
{
	static const struct {
		const char *name;
		enum scmp_compare op;
	} ops[] = {{"ge", SCMP_CMP_GE}, {"gt", SCMP_CMP_GT}, {"le", SCMP_CMP_LE}, {"lt", SCMP_CMP_LT}, {"ne", SCMP_CMP_NE}};
	json_t *op = json_object_get(c, "op"), *type = json_object_get(c, "type");
	unsigned arg = (unsigned)number(json_object_get(c, "index"));
	uint64_t value = number(json_object_get(c, "val"));
	if (!json_is_string(type) || (strcmp(json_string_value(type), "dword") != 0 && strcmp(json_string_value(type), "qword") != 0))
		give_up("a type");
	if (json_object_size(op) == 1 && json_object_get(op, "masked_eq") != NULL)
		return (struct scmp_arg_cmp){arg, SCMP_CMP_MASKED_EQ, number(json_object_get(op, "masked_eq")), value};
	if (json_is_string(op) && strcmp(json_string_value(op), "eq") == 0)
		return strcmp(json_string_value(type), "dword") == 0 ? (struct scmp_arg_cmp){arg, SCMP_CMP_MASKED_EQ, UINT32_MAX, value}
								      : (struct scmp_arg_cmp){arg, SCMP_CMP_EQ, value, 0};
	for (size_t i = 0; json_is_string(op) && i < sizeof(ops) / sizeof(ops[0]); i++)
		if (strcmp(ops[i].name, json_string_value(op)) == 0)
			return (struct scmp_arg_cmp){arg, ops[i].op, value, 0};
	give_up("an operator");
}

static void add_rule(scmp_filter_ctx filter, uint32_t answer, const json_t *rule)
{
	struct scmp_arg_cmp all[16];
	json_t *args = json_object_get(rule, "args");
	const char *name = json_string_value(json_object_get(rule, "syscall"));
	int nr = name != NULL ? seccomp_syscall_resolve_name(name) : __NR_SCMP_ERROR;
	size_t n = json_array_size(args);
	/* seccompiler-bin ends at a name that its libseccomp does not know; this machine's may be the older one. */
	if (nr == __NR_SCMP_ERROR && name != NULL) {
		fprintf(stderr, "firecracker_filter: libseccomp does not know %s\n", name);
		return;
	}
	if (nr == __NR_SCMP_ERROR || n > 16 || (args != NULL && !json_is_array(args)))
		give_up("a rule");
	for (size_t i = 0; i < n; i++)
		all[i] = condition(json_array_get(args, i));
	if (seccomp_rule_add_array(filter, answer, nr, (unsigned)n, all) != 0)
		give_up("libseccomp refuses a rule");
}

/* Puts every number that follows "index", "val" or "masked_eq" into quotes. */
static char *quoted(FILE *file)
{
	static char text[1 << 20], out[2 << 20];
	size_t n = fread(text, 1, sizeof(text) - 1, file), to = 0;
	bool string = false, wanted = false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) {
			if (!string)
				wanted = strncmp(text + i, "\"index\"", 7) == 0 || strncmp(text + i, "\"val\"", 5) == 0 || strncmp(text + i, "\"masked_eq\"", 11) == 0;
			string = !string;
		}
		bool digit = !string && wanted && text[i] >= '0' && text[i] <= '9';
		bool first = digit && !(text[i - 1] >= '0' && text[i - 1] <= '9'), last = digit && !(text[i + 1] >= '0' && text[i + 1] <= '9');
		if (first)
			out[to++] = '"';
		out[to++] = text[i];
		if (last)
			out[to++] = '"';
	}
	return out;
}

int main(int argc, char **argv)
{
	const char *name;
	json_t *filter_json = NULL, *rule;
	size_t i;
	FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
	json_t *root = file != NULL ? json_loads(quoted(file), JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_object_foreach(root, name, filter_json) break;
	if (filter_json == NULL || !json_is_array(json_object_get(filter_json, "filter")))
		give_up("the file");
	uint32_t answer = action(json_object_get(filter_json, "filter_action"));
	scmp_filter_ctx filter = seccomp_init(action(json_object_get(filter_json, "default_action")));
	uint32_t arch = strcmp(argv[2], "x86_64") == 0 ? SCMP_ARCH_X86_64 : SCMP_ARCH_AARCH64;
	/* seccompiler-bin runs on its target: the native architecture is the only one. */
	if (filter == NULL || (arch != seccomp_arch_native() && (seccomp_arch_add(filter, arch) != 0 || seccomp_arch_remove(filter, SCMP_ARCH_NATIVE) != 0)))
		give_up("libseccomp refuses the filter");
	json_array_foreach(json_object_get(filter_json, "filter"), i, rule) add_rule(filter, answer, rule);
	int out = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	return out < 0 || seccomp_export_bpf(filter, out) != 0;
}
#endif
