/* The image a process runs: its program, and the moment it reaches its entry point. SPDX-License-Identifier: MIT */
#include "tracer/record/program_image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

#include "tracer/ptrace/proc.h"
#include "tracer/symbols/elf.h"

struct image_file {
	struct statx st;
	uint32_t program;
};

/* Whether these are the same file, unchanged since. */
static bool is_same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor && a->stx_ino == b->stx_ino &&
	       a->stx_ctime.tv_sec == b->stx_ctime.tv_sec && a->stx_ctime.tv_nsec == b->stx_ctime.tv_nsec;
}

/* What the kernel told a program at its beginning (getauxval(3)). */
struct auxv {
	bool told;
	uint64_t entry, base, headers; /* AT_ENTRY, AT_BASE (0 where there is no interpreter), AT_PHDR */
};

/* /proc/PID/auxv has pairs of numbers as wide as the program's. Their types are small: read as wider ones they are not. */
static void read_auxv(pid_t pid, struct auxv *out)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	*out = (struct auxv){0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
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
			out->entry = value;
		if (type == AT_BASE)
			out->base = value;
		if (type == AT_PHDR)
			out->headers = value;
	}
	out->told = out->entry != 0;
}

/* Reads the build ID from the process's memory. The file is not opened: a tracee may have to permit that (fanotify(7)), and
 * would wait for us, and others watch who opens it (inotify(7)). The kernel tells where the program headers are, which lie
 * in the page of the ELF header. */
static bool read_build_id(pid_t pid, uint64_t headers, char id[ELF_BUILD_ID])
{
	enum { PAGE = 4096, PAGES = 4 };
	uint64_t bytes[PAGES * PAGE / sizeof(uint64_t)];
	uint64_t begin = headers & ~(uint64_t)(PAGE - 1);
	struct iovec here = {bytes, sizeof(bytes)};
	struct iovec there[PAGES];
	for (uint64_t i = 0; i < PAGES; i++) /* what cannot be read ends it */
		there[i] = (struct iovec){(void *)(uintptr_t)(begin + i * PAGE), PAGE};
	ssize_t n = headers == 0 ? 0 : process_vm_readv(pid, &here, 1, there, PAGES, 0);
	return elf_loaded_build_id((unsigned char *)bytes, n > 0 ? (size_t)n : 0, id);
}

/* Looks into a program that is new, adds it to the profile, and keeps it where its file is known by f->st. */
static int add_program(struct image_cache *cache, struct profile *p, pid_t tid, const char *path, bool untouchable,
		       struct image_file *f, struct error *e)
{
	char id[ELF_BUILD_ID];
	struct auxv auxv = {0};
	if (!untouchable)
		read_auxv(tid, &auxv);
	if (!read_build_id(tid, auxv.headers, id))
		return error_memory(e);
	int program = profile_add_program(p, path, id[0] != '\0' ? id : NULL, e);
	f->program = (uint32_t)program;
	if (program >= 0 && auxv.told && f->st.stx_mask != 0 && !vec_push(&cache->files, *f))
		return error_memory(e);
	return program;
}

int image_program(struct image_cache *cache, pid_t tid, struct profile *p, bool *untouchable, struct error *e)
{
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)tid);
	ssize_t n = proc_usable() ? readlink(link, path, sizeof(path) - 1) : -1;
	snprintf(path + (n > 0 ? n : 0), sizeof(path) - (n > 0 ? (size_t)n : 0), "%s", n > 0 ? "" : "(unknown)");
	/* With AT_STATX_DONT_SYNC FUSE answers from what it knows (Linux 5.0). */
	struct image_file f = {0};
	bool told = n > 0 && statx(AT_FDCWD, link, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &f.st) == 0;
	*untouchable = false;
	for (size_t i = 0; told && i < cache->files.count; i++) {
		const struct image_file *known = &cache->files.items[i];
		if (is_same_file(&known->st, &f.st) && strcmp(profile_program(p, known->program)->path, path) == 0)
			return (int)known->program;
	}
	*untouchable = n <= 0 || (told && proc_is_fuse(tid, f.st.stx_dev_major, f.st.stx_dev_minor));
	return add_program(cache, p, tid, path, *untouchable, &f, e);
}

/* Whether the program ignores SIGTRAP: then the kernel would reset that for our breakpoint (force_sig_info,
 * kernel/signal.c), which the program could see; such a program starts in `main`. */
static bool ignores_trap(pid_t pid)
{
	return (proc_status(pid, "SigIgn:", 16) >> (SIGTRAP - 1) & 1) != 0;
}

#if defined(__x86_64__)
static const unsigned char trap_code[] = {0xcc}; /* int3 */
enum { TRAP_LENGTH = 1 };			 /* where the instruction pointer stands after it, from the entry */
#elif defined(__aarch64__)
static const unsigned char trap_code[] = {0x00, 0x00, 0x20, 0xd4}; /* brk #0 */
enum { TRAP_LENGTH = 0 };
#endif

static bool set_breakpoint(struct process *process)
{
	void *address = (void *)(uintptr_t)process->entry;
	errno = 0;
	process->saved = ptrace(PTRACE_PEEKTEXT, process->tgid, address, NULL);
	if (errno != 0)
		return false;
	long word = process->saved;
	memcpy(&word, trap_code, sizeof(trap_code));
	return ptrace(PTRACE_POKETEXT, process->tgid, address, (void *)word) == 0;
}

/* The kernel's signal set is 64 bits on every architecture here (PTRACE_GETSIGMASK, ptrace(2), Linux 3.11). */
static const uint64_t trap_bit = (uint64_t)1 << (SIGTRAP - 1);

int image_exec(struct image_cache *cache, struct process *process, struct profile *p, struct error *e)
{
	bool untouchable;
	int program = image_program(cache, process->tgid, p, &untouchable, e);
	if (program < 0)
		return program;
	process->program = (uint32_t)program;
	process->armed = process->guessed = process->blind = false;
	uint64_t mask = 0;
	struct auxv auxv = {0};
	if (process->phase == PHASE_SERVE)
		return 0;
	process->phase = PHASE_MAIN;
	if (!untouchable)
		read_auxv(process->tgid, &auxv);
	process->entry = auxv.entry;
	if (auxv.told && auxv.base == 0)
		return 0;
	process->blind = true;
	if (!auxv.told || ignores_trap(process->tgid))
		return 0;
	ptrace(PTRACE_GETSIGMASK, process->tgid, (void *)sizeof(mask), &mask);
	process->trap_blocked = (mask & trap_bit) != 0;
	if (set_breakpoint(process)) {
		process->armed = true;
		process->blind = false;
		process->phase = PHASE_LOAD;
	}
	return 0;
}

/* Puts the instruction pointer back to the entry: on x86 int3 leaves it behind itself. */
static void rewind_to(pid_t tid, uint64_t entry)
{
#if defined(__x86_64__)
	ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user, regs.rip), (void *)(uintptr_t)entry);
#else
	(void)tid, (void)entry;
#endif
}

void image_disarm(struct tracee *tracee)
{
	struct process *process = tracee->process;
	if (process->armed)
		ptrace(PTRACE_POKETEXT, tracee->tid, (void *)(uintptr_t)process->entry, (void *)process->saved);
	process->armed = false;
}

bool image_entered(struct tracee *tracee)
{
	struct process *process = tracee->process;
	struct __ptrace_syscall_info info;
	if (!process->armed || ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) <= 0 ||
	    info.instruction_pointer != process->entry + TRAP_LENGTH)
		return false;
	image_disarm(tracee);
	rewind_to(tracee->tid, process->entry);
	uint64_t mask;
	if (process->trap_blocked &&
	    ptrace(PTRACE_GETSIGMASK, tracee->tid, (void *)sizeof(mask), &mask) == 0) {
		mask |= trap_bit; /* the kernel unblocked it to deliver the trap */
		ptrace(PTRACE_SETSIGMASK, tracee->tid, (void *)sizeof(mask), &mask);
	}
	process->phase = PHASE_MAIN;
	return true;
}

void image_cache_free(struct image_cache *cache)
{
	vec_free(&cache->files);
}
