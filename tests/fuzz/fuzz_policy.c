/* Any bytes as a policy: an error with a text, or a policy that is written, read and written the same.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../policies/policy.h"
#include "../../policies/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct policy *p = policy_parse((const char *)bytes, n, "fuzz", &e);
	if (p == NULL) {
		if (e.code == 0 || e.text[0] == '\0')
			abort();
		return 0;
	}
	struct text once = {0}, twice = {0}, shown = {0};
	if (policy_format(p, &once, &e) != 0)
		abort();
	struct policy *again = policy_parse(text_string(&once), once.count, "again", &e);
	if (again == NULL || policy_format(again, &twice, &e) != 0 ||
	    strcmp(text_string(&once), text_string(&twice)) != 0 || policy_diff(p, again, &shown, &e) != 0)
		abort();
	policy_show(p, &shown);
	for (uint32_t nr = 0; nr < 520; nr++) {
		struct seccomp_data data = {.nr = (int)nr, .arch = arch_audit((enum arch)(nr % ARCH_COUNT))};
		struct action a = policy_evaluate(p, &data), b = policy_evaluate(again, &data);
		if (a.kind != b.kind || a.data != b.data)
			abort();
	}
	text_free(&once);
	text_free(&twice);
	text_free(&shown);
	policy_free(p);
	policy_free(again);
	return 0;
}
