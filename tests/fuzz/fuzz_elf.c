/* Fuzz target: any bytes as an executable; what is told of it is well-formed. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../tracer/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct elf_info info;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		abort();
	elf_inspect(fd, &info);
	size_t length = strnlen(info.build_id, sizeof(info.build_id));
	if (length == sizeof(info.build_id) || length % 2 != 0 || strspn(info.build_id, "0123456789abcdef") != length)
		abort();
	close(fd);
	return 0;
}
