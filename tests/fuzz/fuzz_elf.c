/* Fuzz target: any bytes as an executable; what is told of it is well-formed. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tracer/symbols/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char path[ELF_INTERPRETER], id[ELF_BUILD_ID];
	unsigned char *copy = malloc(n + 1);
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (copy == NULL || fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	if (elf_interpreter(fd, path) && strnlen(path, sizeof(path)) == sizeof(path))
		abort();
	memcpy(copy, bytes, n);
	elf_loaded_build_id(copy, n, id);
	size_t length = strnlen(id, sizeof(id));
	if (length == sizeof(id) || length % 2 != 0 || strspn(id, "0123456789abcdef") != length)
		abort();
	free(copy);
	close(fd);
	return 0;
}
