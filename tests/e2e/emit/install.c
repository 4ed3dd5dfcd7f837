/* Installs the filter of a header that pinhole generated and does what it allows, or more. Arguments: allowed or refused.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include FILTER

int main(int argc, char **argv)
{
	static const char text[] = "still here\n";

	int result = pinhole_install();

	if (result != 0) {
		fprintf(stderr, "install: %s\n", strerror(-result));
		return 1;
	}
	if (argc > 1 && strcmp(argv[1], "refused") == 0)
		syscall(SYS_mkdirat, -1, "", 0);
	return write(1, text, sizeof(text) - 1) == sizeof(text) - 1 ? 0 : 1;
}
