/* A program that sandboxes itself: opens what it needs, puts itself under the policy that is named on its command line, and
 * works. Record it first without (no argument), then: example policy.json. SPDX-License-Identifier: MIT */
#include <pinhole.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct pinhole_error e;
	/* The set-up: all that needs more than the work does. */
	FILE *words = fopen("/etc/passwd", "r");
	if (words == NULL) {
		perror("/etc/passwd");
		return 1;
	}
	if (argc > 1) {
		pinhole_filter *filter = pinhole_load(argv[1], &e);
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
	/* And what nobody has seen it do. */
	if (argc > 2 && strcmp(argv[2], "astray") == 0 && socket(AF_INET, SOCK_STREAM, 0) >= 0)
		puts("a socket");
	return 0;
}
