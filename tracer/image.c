/* The image a process runs: its program, and the moment it reaches its entry point. SPDX-License-Identifier: MIT */
#include "image.h"

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
#include <sys/user.h>
#include <unistd.h>

#include "elf.h"
#include "proc.h"

struct image_file {
	struct statx st;
	uint32_t program;
	bool wide;
};

/* Whether these are the same file, unchanged since. */
static bool is_same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor && a->stx_ino == b->stx_ino &&
	       a->stx_ctime.tv_sec == b->stx_ctime.tv_sec && a->stx_ctime.tv_nsec == b->stx_ctime.tv_nsec;
}

/* Looks into an executable that is new, adds it to the profile, and keeps it where its file is known by f->st and could be
 * opened. */
static int add_program(struct image_cache *cache, struct profile *p, int fd, const char *path, struct image_file *f,
		       struct error *e)
{
	struct elf_info info = {.wide = sizeof(long) == 8};
	if (fd >= 0 && !elf_inspect(fd, &info))
		return error_memory(e);
	int program = profile_add_program(p, path, info.build_id[0] != '\0' ? info.build_id : NULL, e);
	f->program = (uint32_t)program;
	f->wide = info.wide;
	if (program >= 0 && fd >= 0 && f->st.stx_mask != 0 && !vec_push(&cache->files, *f))
		return error_memory(e);
	return program;
}

int image_program(struct image_cache *cache, pid_t tid, struct profile *p, struct image_traits *traits, struct error *e)
{
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)tid);
	ssize_t n = proc_usable() ? readlink(link, path, sizeof(path) - 1) : -1;
	snprintf(path + (n > 0 ? n : 0), sizeof(path) - (n > 0 ? (size_t)n : 0), "%s", n > 0 ? "" : "(unknown)");
	/* With AT_STATX_DONT_SYNC FUSE answers from what it knows (Linux 5.0). */
	struct image_file f = {0};
	bool told = n > 0 && statx(AT_FDCWD, link, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &f.st) == 0;
	for (size_t i = 0; told && i < cache->files.count; i++) {
		const struct image_file *known = &cache->files.items[i];
		if (!is_same_file(&known->st, &f.st) ||
		    strcmp(profile_program(p, known->program)->path, path) != 0)
			continue;
		*traits = (struct image_traits){.wide = known->wide};
		return (int)known->program;
	}
	traits->untouchable = n <= 0 || (told && proc_is_fuse(tid, f.st.stx_dev_major, f.st.stx_dev_minor));
	int fd = traits->untouchable ? -1 : open(link, O_RDONLY | O_CLOEXEC);
	int program = add_program(cache, p, fd, path, &f, e);
	traits->wide = f.wide;
	if (fd >= 0)
		close(fd);
	return program;
}

/* AT_ENTRY and AT_BASE (0 where there is no interpreter) of a process. false: they can't be read. */
static bool read_auxv(pid_t pid, bool wide, uint64_t *entry, uint64_t *base)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	union {
		Elf64_auxv_t wide[128];
		Elf32_auxv_t narrow[256];
	} v;
	ssize_t n = read(fd, &v, sizeof(v));
	close(fd);
	*entry = *base = 0;
	size_t count = n > 0 ? (size_t)n / (wide ? sizeof(v.wide[0]) : sizeof(v.narrow[0])) : 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t type = wide ? v.wide[i].a_type : v.narrow[i].a_type;
		uint64_t value = wide ? v.wide[i].a_un.a_val : v.narrow[i].a_un.a_val;
		if (type == AT_ENTRY)
			*entry = value;
		if (type == AT_BASE)
			*base = value;
	}
	return *entry != 0;
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
	struct image_traits traits;
	int program = image_program(cache, process->tgid, p, &traits, e);
	if (program < 0)
		return program;
	process->program = (uint32_t)program;
	process->armed = process->guessed = process->blind = false;
	uint64_t base, mask = 0;
	if (process->phase == PHASE_SERVE)
		return 0;
	process->phase = PHASE_MAIN;
	bool told = !traits.untouchable && read_auxv(process->tgid, traits.wide, &process->entry, &base);
	if (told && base == 0)
		return 0;
	process->blind = true;
	if (!told || ignores_trap(process->tgid))
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
