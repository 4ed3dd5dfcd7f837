/* Fuzz target: any bytes as a log with denials; what is accepted is a profile as fuzz_strace.c wants one, and all its
 * facts are marked as denied. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct import_file file = {"log", (const char *)bytes, n};
	import_and_check(import_audit, &file, 1);
	return 0;
}
