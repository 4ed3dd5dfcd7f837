/* A program that sandboxes itself: it opens its files, installs the policy that its command line
 * names, and works. First record it without an argument, then run: example policy.json.
 * SPDX-License-Identifier: MIT */
#include <pinhole.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct pinhole_error e;
	/* Set-up: calls that the policy need not allow. */
	FILE *words = fopen("/etc/passwd", "r");
	if (words == NULL) {
		perror("/etc/passwd");
		return 1;
	}
	if (argc > 1) {
		pinhole_filter *filter = pinhole_load(argv[1], NULL, &e);
		if (filter == NULL || pinhole_install(filter, PINHOLE_ALL_THREADS, &e) != 0) {
			fprintf(stderr, "example: %s\n", e.text);
			return 2;
		}
		pinhole_free(filter);
	}
	/* The work. */
	int lines = 0;
	for (int c; (c = getc(words)) != EOF;)
		lines += c == '\n';
	printf("%d lines\n", lines);
	fflush(stdout);
	/* A call that no recording saw, to try the filter. */
	if (argc > 2 && strcmp(argv[2], "astray") == 0 && socket(AF_INET, SOCK_STREAM, 0) >= 0)
		puts("a socket");
	return 0;
}
