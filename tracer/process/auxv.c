/* What the kernel told a program at its start. SPDX-License-Identifier: MIT */
#include "tracer/process/auxv.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* The file holds pairs of numbers as wide as the program's words. Types are small numbers: two narrow ones that are
 * read as one wide number give a large one. */
struct auxv auxv_read(pid_t pid)
{
	char path[64];
	struct auxv out = {0};
	snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return out;
	union {
		Elf64_auxv_t wide[128];
		Elf32_auxv_t narrow[256];
	} v;
	ssize_t n = read(fd, &v, sizeof(v));
	close(fd);
	bool wide = true;
	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(v.wide[0]) && v.wide[i].a_type != AT_NULL; i++)
		wide &= v.wide[i].a_type <= UINT16_MAX;
	size_t count = n > 0 ? (size_t)n / (wide ? sizeof(v.wide[0]) : sizeof(v.narrow[0])) : 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t type = wide ? v.wide[i].a_type : v.narrow[i].a_type;
		uint64_t value = wide ? v.wide[i].a_un.a_val : v.narrow[i].a_un.a_val;
		if (type == AT_ENTRY)
			out.entry = value;
		if (type == AT_BASE)
			out.base = value;
		if (type == AT_PHDR)
			out.headers = value;
	}
	out.told = out.entry != 0;
	return out;
}
