/* Fuzz target: any bytes as a program whose code is searched; what is found is well-formed, and its file is read back
 * to the same bytes. And any bytes as such a file. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tracer/reach/reach_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct reachable *search(const uint8_t *bytes, size_t n)
{
	char path[64];
	struct error e = {0};
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	const struct code_options options = {.path = path, .alone = true};
	struct reachable *r = code_reach(&options, &e);
	close(fd);
	if ((r == NULL) != (e.code != 0))
		abort();
	return r;
}

/* Written, read and written again, it is the same. */
static void check(const struct reachable *r)
{
	struct error e = {0};
	struct text one = {0}, two = {0}, people = {0};
	if (reachable_format(r, &one, &e) < 0 || reachable_show(r, -1, &people) < 0)
		abort();
	struct reachable *again = reachable_parse(one.bytes, one.count, "file", &e);
	if (again == NULL || reachable_format(again, &two, &e) < 0 || one.count != two.count ||
	    memcmp(one.bytes, two.bytes, one.count) != 0) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	reachable_free(again);
	text_free(&one);
	text_free(&two);
	text_free(&people);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct reachable *r;
	if (n > 0 && (bytes[0] == '{' || bytes[0] == ' ')) {
		char *copy = malloc(n + 1);
		if (copy == NULL)
			abort();
		memcpy(copy, bytes, n);
		copy[n] = '\0';
		r = reachable_parse(copy, n, "file", &e);
		free(copy);
	} else {
		r = search(bytes, n);
	}
	if (r != NULL)
		check(r);
	reachable_free(r);
	return 0;
}
