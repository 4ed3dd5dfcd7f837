/* Fuzz target: any bytes as a profile; what is accepted is written and read back to the same bytes.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../policies/profile.h"
#include "../../policies/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct text first = {0}, second = {0}, shown = {0};
	struct profile *p = profile_parse((const char *)bytes, n, "input", &e);
	if (p == NULL) {
		if (e.code == 0 || e.text[0] == '\0')
			abort();
		return 0;
	}
	if (profile_format(p, &first, &e) != 0)
		abort();
	struct profile *q = profile_parse(first.bytes, first.count, "own", &e);
	if (q == NULL || profile_format(q, &second, &e) != 0 || first.count != second.count ||
	    memcmp(first.bytes, second.bytes, first.count) != 0)
		abort();
	profile_show(p, &shown);
	if (profile_merge(p, q, &e) != 0)
		abort();
	text_free(&first);
	text_free(&second);
	text_free(&shown);
	profile_free(p);
	profile_free(q);
	return 0;
}
