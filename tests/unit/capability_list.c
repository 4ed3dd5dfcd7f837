/* Prints the capability classes as policies/library/FORMAT.md lists them. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "policies/abi/power/capabilities.h"

static void print_conditions(const struct capability_row *row)
{
	static const char *const said[] = {
		[CAPABILITY_IS] = "", [CAPABILITY_FIELD] = "", [CAPABILITY_ONLY] = "only ", [CAPABILITY_BARS] = "without "};
	for (size_t i = 0; i < CAPABILITY_CONDITIONS && row->when[i].test != CAPABILITY_NO_TEST; i++) {
		const struct capability_condition *c = &row->when[i];
		printf("%s`%s", i == 0 ? " where " : ", ", c->arg);
		if (c->test == CAPABILITY_FIELD)
			printf("&%s", c->mask);
		printf("` %s`%s`", said[c->test], c->values);
	}
}

int main(void)
{
	size_t n;
	const struct capability_row *rows = abi_capability_rows(&n);
	for (int c = 0; c < CAPABILITY_COUNT; c++) {
		printf("- **%s**: %s (%s).", abi_capabilities[c].name, abi_capabilities[c].what, abi_capabilities[c].source);
		if (abi_capabilities[c].without != NULL)
			printf(" In any case on architectures without `%s`.", abi_capabilities[c].without);
		printf("\n");
		for (size_t i = 0; i < n; i++) {
			if (!(rows[i].classes & CAPABILITY_BIT(c)))
				continue;
			printf("  - %s%s", rows[i].shows ? "*" : "", rows[i].calls);
			printf("%s", rows[i].shows ? "*" : "");
			print_conditions(&rows[i]);
			for (int k = 0; k < CAPABILITY_COUNT; k++)
				if (rows[i].needs & CAPABILITY_BIT(k))
					printf(", with *%s*", abi_capabilities[k].name);
			printf("%s\n", rows[i].adds ? "" : " (only shows it)");
		}
	}
}
