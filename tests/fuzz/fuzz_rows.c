/* Fuzz target: any bytes as rows, in one file or two; what is accepted is a profile that is written and read back to the same
 * bytes, whose own rows make it again, and that is the same however often it is united with itself. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_import.h"
#include "policies/exchange/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int read_rows(const struct import_file *files, size_t n, const struct import_options *options, struct import_result *out,
		     struct text *warnings, struct error *e)
{
	struct import_options unlabelled = {.arch = options->arch};
	return import_rows(files, n, &unlabelled, out, warnings, e);
}

/* What is exported comes back. */
static void round_trip(const struct import_file *files, size_t n)
{
	struct profile *p, *q;
	struct error e = {0};
	struct text first = imported(read_rows, files, n, &p), rows = {0};
	if (p == NULL)
		return;
	struct recent_rows *recent = recent_rows_new();
	struct row_source none = {0};
	if (recent == NULL || rows_export(p, "own", &none, &none, recent, &rows, &e) != 0)
		abort();
	struct import_file own = {"own", text_string(&rows), rows.count};
	struct text second = imported(read_rows, &own, 1, &q);
	if (second.count != first.count || memcmp(first.bytes, second.bytes, first.count) != 0)
		abort();
	free(recent);
	text_free(&rows);
	text_free(&first);
	text_free(&second);
	profile_free(p);
	profile_free(q);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* After a form feed: another file. */
	const uint8_t *cut = memchr(bytes, '\f', n);
	struct import_file files[2] = {{"a.rows", (const char *)bytes, cut != NULL ? (size_t)(cut - bytes) : n}};
	if (cut != NULL)
		files[1] = (struct import_file){"b.rows", (const char *)cut + 1, n - (size_t)(cut - bytes) - 1};
	round_trip(files, cut != NULL ? 2 : 1);
	import_and_check(read_rows, files, cut != NULL ? 2 : 1);
	return 0;
}
