/* Fuzz target: any bytes as a policy; what is accepted is written and read back to the same bytes, and compiles to a
 * filter that says the same, or is refused with a reason. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct text first = {0}, second = {0};
	struct policy *p = policy_parse((const char *)bytes, n, "input", &e);
	if (p == NULL) {
		if (e.code == 0 || e.text[0] == '\0')
			abort();
		return 0;
	}
	if (policy_format(p, &first, &e) != 0)
		abort();
	struct policy *q = policy_parse(first.bytes, first.count, "own", &e);
	if (q == NULL || policy_format(q, &second, &e) != 0 || first.count != second.count ||
	    memcmp(first.bytes, second.bytes, first.count) != 0)
		abort();
	struct filter filter = {0};
	if (filter_compile(p, NULL, &filter, &e) != 0 && e.code != ERR_LIMIT)
		abort();
	filter_clear(&filter);
	text_free(&first);
	text_free(&second);
	policy_free(p);
	policy_free(q);
	return 0;
}
