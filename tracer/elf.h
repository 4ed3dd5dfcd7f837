/* What an executable's file says about it. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_ELF_H
#define PINHOLE_ELF_H

#include <stdbool.h>

struct elf_info {
	bool wide;          /* ELFCLASS64 */
	char build_id[129]; /* lower-case hex of the NT_GNU_BUILD_ID note, "" where there is none */
	char interpreter[256]; /* PT_INTERP's, "" where there is none */
};

/* Reads an ELF file. One that is damaged, or no ELF file, gives what can be told: no build ID, and the native
 * class. false: no memory, and what is told is not all. */
bool elf_inspect(int fd, struct elf_info *info);

#endif
