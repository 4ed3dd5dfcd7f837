/* Random policies of a few calls, with values at the ends of what there is: FOLDER/1.json and so on.
 *     random_policies ARCH[,ARCH…] SEED COUNT FOLDER
 * SPDX-License-Identifier: MIT */
#include "policies/base/file.h"
#include "tests/unit/generator_helper.h"

int main(int argc, char **argv)
{
	arch_set archs = 0;
	if (argc != 5)
		return 2;
	for (char *word = strtok(argv[1], ","); word != NULL; word = strtok(NULL, ","))
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			if (strcmp(word, arch_name((enum arch)arch)) == 0)
				archs |= (arch_set)ARCH_BIT(arch);
	for (unsigned long n = 1000 * strtoul(argv[2], NULL, 10); n > 0; n--)
		any();
	for (unsigned long made = 0, count = strtoul(argv[3], NULL, 10); made < count;) {
		struct policy *p = small_policy(archs), *again;
		struct error e = {0};
		struct text text = {0};
		char path[4096];
		snprintf(path, sizeof(path), "%s/%lu.json", argv[4], made + 1);
		/* What has no test that can hold has no form in JSON. */
		if (policy_finish(p, &e) != 0 || policy_format(p, &text, &e) != 0)
			return 2;
		again = policy_parse(text.bytes, text.count, path, &e);
		if (again != NULL && file_write(path, text.bytes, text.count, &e) != 0)
			return 2;
		made += again != NULL;
		text_free(&text);
		policy_free(again);
		policy_free(p);
	}
	return 0;
}
