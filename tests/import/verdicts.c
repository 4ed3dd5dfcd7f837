/* What a policy answers, and a filter of ours made of it, beside what is written on standard input: a line a call,
 *     ARCH CALL [VALUE…]: ACTION
 * where ARCH may be x32 or other, CALL a number, and arguments that are not given are 0. Lines that begin with # are passed over.
 *     verdicts POLICY
 * Ends with 1 where an answer is another. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"

static bool read_call(char *words, struct seccomp_data *d)
{
	struct error e = {0};
	char *word = strtok(words, " "), *name = strtok(NULL, " "), *end;
	unsigned arch = 0, i = 0;
	uint32_t nr = 0;
	if (word == NULL || name == NULL)
		return false;
	while (arch < ARCH_COUNT && strcmp(word, arch_name((enum arch)arch)) != 0)
		arch++;
	if (strcmp(word, "x32") != 0 && strcmp(word, "other") != 0 && arch == ARCH_COUNT)
		return false;
	d->arch = strcmp(word, "other") == 0 ? 0x28 /* AUDIT_ARCH_ARM */ : arch_audit(arch < ARCH_COUNT ? (enum arch)arch : ARCH_X86_64);
	nr = (uint32_t)strtoul(name, &end, 0);
	if (*end != '\0' && abi_number(arch < ARCH_COUNT ? (enum arch)arch : ARCH_X86_64, name, &nr, &e) != 0)
		return false;
	d->nr = (int)(strcmp(word, "x32") == 0 ? nr | ABI_NR_FOREIGN : nr);
	for (memset(d->args, 0, sizeof(d->args)); (word = strtok(NULL, " ")) != NULL && i < 6; i++) {
		d->args[i] = strtoull(word, &end, 0);
		if (*end != '\0')
			return false;
	}
	return word == NULL;
}

static bool same(const char *line, const char *who, struct action is, const char *want)
{
	struct text text = {0};
	action_text(is, &text);
	bool alike = strcmp(text_string(&text), want) == 0;
	if (!alike)
		printf("%s: %s says %s, in place of %s\n", line, who, text_string(&text), want);
	text_free(&text);
	return alike;
}

int main(int argc, char **argv)
{
	struct error e = {0};
	struct filter f = {0};
	struct policy *p = argc == 2 ? policy_read(argv[1], &e) : NULL;
	char line[400], words[400];
	size_t asked = 0, wrong = 0;
	if (p == NULL || filter_compile(p, NULL, &f, &e) != 0) {
		fprintf(stderr, "verdicts: %s\n", argc == 2 ? e.text : "POLICY");
		return 2;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct seccomp_data d = {0};
		struct action of_filter = {ACTION_TRACE, 0};
		line[strcspn(line, "\n")] = '\0';
		char *want = strstr(line, ": ");
		if (line[0] == '#' || line[0] == '\0')
			continue;
		snprintf(words, sizeof(words), "%.*s", want != NULL ? (int)(want - line) : 0, line);
		if (want == NULL || !read_call(words, &d)) {
			printf("%s: no such call\n", line);
			return 2;
		}
		*want = '\0';
		action_from_ret(filter_run(f.code.items, f.code.count, &d, NULL), &of_filter);
		wrong += !same(line, "the policy", policy_evaluate(p, &d), want + 2) || !same(line, "the filter", of_filter, want + 2);
		asked++;
	}
	printf("%zu verdicts, %zu wrong\n", asked, wrong);
	filter_clear(&f);
	policy_free(p);
	return asked == 0 || wrong > 0;
}
