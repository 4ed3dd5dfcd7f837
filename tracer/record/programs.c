/* Which program a process runs. SPDX-License-Identifier: MIT */
#include "tracer/record/programs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tracer/process/auxv.h"
#include "tracer/process/proc.h"
#include "tracer/symbols/elf.h"

/* Programs that one recording tells apart. A hostile tree could execute any number of copies under other names. */
enum { MOST_PROGRAMS = 4096 };

struct known_program {
	struct statx st; /* of its file; stx_mask 0: not known */
	uint32_t program;
};

/* Whether these are the same file, unchanged since. */
static bool is_same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor && a->stx_ino == b->stx_ino &&
	       a->stx_ctime.tv_sec == b->stx_ctime.tv_sec && a->stx_ctime.tv_nsec == b->stx_ctime.tv_nsec;
}

/* Reads the build ID from the process's memory, empty where there is none. The file is not opened: a tracee may have to
 * permit that (fanotify(7)) and would wait for us, and others can watch who opens the file (inotify(7)). The program
 * headers lie in the page of the ELF header. false: no memory. */
static bool read_build_id(pid_t pid, uint64_t headers, char id[ELF_BUILD_ID])
{
	enum { PAGE = 4096, PAGES = 4 };
	uint64_t bytes[PAGES * PAGE / sizeof(uint64_t)];
	uint64_t begin = headers & ~(uint64_t)(PAGE - 1);
	struct iovec here = {bytes, sizeof(bytes)};
	struct iovec there[PAGES];
	for (uint64_t i = 0; i < PAGES; i++) /* reading ends at the first page that cannot be read */
		there[i] = (struct iovec){(void *)(uintptr_t)(begin + i * PAGE), PAGE};
	ssize_t n = headers == 0 ? 0 : process_vm_readv(pid, &here, 1, there, PAGES, 0);
	return elf_loaded_build_id((unsigned char *)bytes, n > 0 ? (size_t)n : 0, id);
}

/* Whether a thread that is not stopped has ended: what was read of it before may be nothing. `link` is its /proc/TID/exe. */
static bool is_gone(const struct programs *programs, const char *link)
{
	char path[2];
	return programs->may_be_gone && proc_usable() && readlink(link, path, sizeof(path)) <= 0;
}

/* Adds a program to the profile. It is kept for later processes where its file is known and its memory could be
 * read. */
static int add_program(struct programs *programs, struct profile *p, pid_t tid, const char *link, const char *path,
		       bool readable, struct known_program *new, struct error *e)
{
	char id[ELF_BUILD_ID];
	struct auxv auxv = {0};
	if (readable)
		auxv = auxv_read(tid);
	if (!read_build_id(tid, auxv.headers, id))
		return error_memory(e);
	if (is_gone(programs, link))
		return PROGRAM_GONE;
	int program = profile_add_program(p, path, id[0] != '\0' ? id : NULL, e);
	new->program = (uint32_t)program;
	if (program >= 0 && auxv.told && new->st.stx_mask != 0 && !vec_push(&programs->all, *new))
		return error_memory(e);
	return program;
}

int programs_find(struct programs *programs, pid_t tid, struct profile *p, bool *readable, struct error *e)
{
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)tid);
	ssize_t n = proc_usable() ? readlink(link, path, sizeof(path) - 1) : -1;
	snprintf(path + (n > 0 ? n : 0), sizeof(path) - (n > 0 ? (size_t)n : 0), "%s", n > 0 ? "" : "(unknown)");
	struct known_program new = {0};
	bool told = n > 0 && proc_stat(link, &new.st);
	*readable = true;
	for (size_t i = 0; told && i < programs->all.count; i++) {
		const struct known_program *known = &programs->all.items[i];
		if (is_same_file(&known->st, &new.st) && strcmp(profile_program(p, known->program)->path, path) == 0)
			return (int)known->program;
	}
	if (profile_program_count(p) >= MOST_PROGRAMS) {
		*readable = false;
		return profile_add_program(p, "(others)", NULL, e);
	}
	*readable = n > 0 && (!told || !proc_is_fuse(tid, new.st.stx_dev_major, new.st.stx_dev_minor));
	return add_program(programs, p, tid, link, path, *readable, &new, e);
}

void programs_free(struct programs *programs)
{
	vec_free(&programs->all);
}
