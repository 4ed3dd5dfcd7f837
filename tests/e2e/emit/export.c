/* Prints the filter that generated C for libseccomp builds, named by FILTER. SPDX-License-Identifier: MIT */
#include FILTER

#include <stdio.h>

int main(void)
{
	scmp_filter_ctx filter = seccomp_init(PINHOLE_DEFAULT);
	int rc = pinhole_seccomp(filter);
	if (rc == 0)
		rc = seccomp_export_bpf(filter, 1);
	seccomp_release(filter);
	if (rc < 0)
		fprintf(stderr, "libseccomp: %d\n", rc);
	return rc < 0;
}
