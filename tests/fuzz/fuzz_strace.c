/* Fuzz target: any bytes as strace's logs, one or two of them; what is accepted is a profile that is written and read
 * back to the same bytes, a policy that allows all its facts, and the same run however often it is united with itself.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* After a form feed: another file, as of -ff. */
	const uint8_t *cut = memchr(bytes, '\f', n);
	struct import_file files[2] = {{"log.101", (const char *)bytes, cut != NULL ? (size_t)(cut - bytes) : n}};
	if (cut != NULL)
		files[1] = (struct import_file){"log.102", (const char *)cut + 1, n - (size_t)(cut - bytes) - 1};
	import_and_check(import_strace, files, cut != NULL ? 2 : 1);
	return 0;
}
