/* What an executable's file says about it. SPDX-License-Identifier: MIT */
#include "elf.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Looks for the build ID among the notes of one segment. */
static bool find_build_id(Elf_Data *data, struct elf_info *info)
{
	GElf_Nhdr note;
	size_t name, content;
	for (size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &content)) > 0;) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof(ELF_NOTE_GNU) ||
		    memcmp((char *)data->d_buf + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) != 0)
			continue;
		const unsigned char *bytes = (const unsigned char *)data->d_buf + content;
		for (size_t i = 0; i < note.n_descsz && 2 * i + 2 < sizeof(info->build_id); i++)
			snprintf(info->build_id + 2 * i, 3, "%02x", bytes[i]);
		return true;
	}
	return false;
}

/* A path with its NUL (fs/binfmt_elf.c); what does not fit is as good as none. */
static void read_interpreter(int fd, const GElf_Phdr *segment, struct elf_info *info)
{
	size_t n = segment->p_filesz;
	if (n < 2 || n > sizeof(info->interpreter) ||
	    pread(fd, info->interpreter, n, (off_t)segment->p_offset) != (ssize_t)n || info->interpreter[n - 1] != '\0')
		info->interpreter[0] = '\0';
}

/* Goes through the segments. */
static void inspect(Elf *elf, int fd, struct elf_info *info)
{
	size_t n = 0;
	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &n) != 0)
		return;
	info->wide = gelf_getclass(elf) == ELFCLASS64;
	bool found = false;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr segment;
		if (gelf_getphdr(elf, (int)i, &segment) == NULL)
			continue;
		if (segment.p_type == PT_INTERP)
			read_interpreter(fd, &segment, info);
		if (segment.p_type != PT_NOTE || found)
			continue;
		Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
						      segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		found = data != NULL && find_build_id(data, info);
	}
}

bool elf_inspect(int fd, struct elf_info *info)
{
	*info = (struct elf_info){.wide = sizeof(long) == 8};
	if (elf_version(EV_CURRENT) == EV_NONE)
		return true;
	errno = 0; /* libelf's own number for that is no part of its interface */
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	inspect(elf, fd, info);
	bool fine = errno != ENOMEM;
	elf_end(elf);
	return fine;
}
