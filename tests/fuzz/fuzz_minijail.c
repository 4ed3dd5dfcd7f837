/* Fuzz target: any bytes as a policy file of minijail. No other file is read. SPDX-License-Identifier: MIT */
#include "fuzz_foreign.h"

static int nothing(const char *path, size_t limit, char **bytes, size_t *n, struct error *e)
{
	(void)limit, (void)bytes, (void)n;
	return error_set(e, ERR_INPUT, "%zu bytes of a name", strlen(path));
}

static struct policy *from(const struct import_file *file, struct text *warnings, struct error *e)
{
	return policy_from_minijail(file, ARCH_NATIVE, nothing, warnings, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	read_as(from, bytes, n);
	return 0;
}
