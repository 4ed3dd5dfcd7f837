/* Fuzz target: any bytes as a filter of Firecracker's seccompiler-bin. SPDX-License-Identifier: MIT */
#include "fuzz_foreign.h"

static struct policy *from(const struct import_file *file, struct text *warnings, struct error *e)
{
	return policy_from_firecracker(file, ARCH_NATIVE, warnings, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	read_as(from, bytes, n);
	return 0;
}
