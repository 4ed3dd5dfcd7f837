/* What the targets of other tools' policies share: what is read is a policy as any, or there is a reason why not.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_FUZZ_FOREIGN_H
#define PINHOLE_FUZZ_FOREIGN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policies/import/policy_builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static inline void read_as(struct policy *(*from)(const struct import_file *, struct text *, struct error *),
			   const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct text warnings = {0}, first = {0}, second = {0};
	const struct import_file file = {"input", (const char *)bytes, n};
	struct policy *p = from(&file, &warnings, &e), *q = NULL;
	if (p == NULL && (e.code == 0 || e.text[0] == '\0' || strchr(e.text, '\n') != NULL))
		abort();
	if (p != NULL && policy_format(p, &first, &e) != 0)
		abort();
	if (p != NULL && ((q = policy_parse(first.bytes, first.count, "own", &e)) == NULL || policy_format(q, &second, &e) != 0 ||
			  first.count != second.count || memcmp(first.bytes, second.bytes, first.count) != 0))
		abort();
	text_free(&warnings);
	text_free(&first);
	text_free(&second);
	policy_free(p);
	policy_free(q);
}

#endif
