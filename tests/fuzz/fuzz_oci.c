/* Fuzz target: any bytes as a container's seccomp profile. SPDX-License-Identifier: MIT */
#include "fuzz_foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	read_as(policy_from_oci, bytes, n);
	return 0;
}
