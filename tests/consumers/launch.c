/* Installs the filter of a file that pinhole generated (FILTER) and becomes the program that its arguments name.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include FILTER

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;

	int result = pinhole_install();

	if (result != 0) {
		fprintf(stderr, "install: %s\n", strerror(-result));
		return 2;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 2;
}
