/* Fuzz target: any bytes as a module; what names its addresses get is well-formed, and the same from a file and from
 * memory. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tracer/symbols/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* So many addresses are asked for at most. */
#define ASKED 200

/* What is said of one address by two readings of the same module. */
static void ask(const struct symbols *s, const struct symbols *other, uint64_t address)
{
	char name[64], whole[5000], again[5000];
	uint64_t offset = 0, offset_again = 0;
	memset(name, 1, sizeof(name));
	bool found = symbols_find(s, address, name, sizeof(name), &offset);
	if (symbols_find(other, address, again, sizeof(again), &offset_again) != found || offset != offset_again)
		abort();
	if (!found)
		return;
	if (strnlen(name, sizeof(name)) == sizeof(name) || name[0] == '\0' || offset > address)
		abort();
	if (!symbols_find(s, address, whole, sizeof(whole), &offset) || strcmp(whole, again) != 0)
		abort();
	if (strlen(whole) < sizeof(name) && strcmp(whole, name) != 0)
		abort();
}

static struct symbols *from_file(const uint8_t *bytes, size_t n, struct error *e)
{
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct symbols *s = symbols_open_under(path, NULL, "/nonexistent", e);
	close(fd);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0}, file_error = {0};
	struct symbols *s = symbols_of_memory(bytes, n, &e), *file = from_file(bytes, n, &file_error);
	if ((s == NULL) != (file == NULL) || (s == NULL) != (e.code != 0) || e.code != file_error.code)
		abort();
	if (s != NULL) {
		/* Among the words of the file are its symbols' addresses. */
		size_t step = n / 4 / ASKED + 1;
		for (size_t at = 0; at + 8 <= n; at += 4 * step) {
			uint64_t word, address;
			memcpy(&word, bytes + at, sizeof(word));
			ask(s, file, word);
			ask(s, file, word + 3);
			ask(s, file, (uint32_t)word);
			if (symbols_address(s, at, &address))
				ask(s, file, address);
		}
	}
	symbols_free(s);
	symbols_free(file);
	return 0;
}
