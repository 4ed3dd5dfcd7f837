/* Keeps children traced that ask not to be (CLONE_UNTRACED). SPDX-License-Identifier: MIT */
#include "tracer/ptrace/change/clone_untraced.h"

#include <elf.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "tracer/process/memory.h"

/* Removes the flag from the call's first argument. On x86 the register keeps its value after the call, in the child
 * too, and must be restored; on aarch64 the result replaces it. */
#if defined(__x86_64__)
static void set_register(struct tracee *tracee, enum arch arch, uint64_t flags)
{
	uint64_t offset = arch == ARCH_I386 ? offsetof(struct user, regs.rbx) : offsetof(struct user, regs.rdi);
	if (ptrace(PTRACE_POKEUSER, tracee->tid, (void *)offset, (void *)(flags & ~(uint64_t)CLONE_UNTRACED)) == 0)
		tracee->untraced = (struct untraced){UNTRACED_REGISTER, flags, offset, false};
}
#elif defined(__aarch64__)
static void set_register(struct tracee *tracee, enum arch arch, uint64_t flags)
{
	(void)arch;
	uint64_t registers[34]; /* struct user_pt_regs (arch/arm64/include/uapi/asm/ptrace.h): x0 is the first */
	struct iovec all = {.iov_base = registers, .iov_len = sizeof(registers)};
	if (ptrace(PTRACE_GETREGSET, tracee->tid, (void *)NT_PRSTATUS, &all) != 0)
		return;
	registers[0] = flags & ~(uint64_t)CLONE_UNTRACED;
	ptrace(PTRACE_SETREGSET, tracee->tid, (void *)NT_PRSTATUS, &all);
}
#endif

void untraced_clear(struct tracee *tracee, enum arch arch, const char *name, const uint64_t args[6])
{
	if (strcmp(name, "clone") == 0 && (args[0] & CLONE_UNTRACED) != 0) {
		set_register(tracee, arch, args[0]);
	} else if (strcmp(name, "clone3") == 0) {
		/* struct clone_args begins with 64 bits of flags (linux/sched.h, Linux 5.3). */
		uint64_t flags = 0;
		bool known = memory_read_once(tracee->tid, args[0], &flags, sizeof(flags));
		void *address = (void *)(uintptr_t)args[0], *without = (void *)(uintptr_t)(flags & ~(uint64_t)CLONE_UNTRACED);
		if (known && (flags & CLONE_UNTRACED) != 0 && ptrace(PTRACE_POKEDATA, tracee->tid, address, without) == 0)
			tracee->untraced = (struct untraced){UNTRACED_MEMORY, flags, args[0], (flags & CLONE_VM) != 0};
	}
}

void untraced_inherit(struct tracee *child, const struct tracee *parent)
{
	if (!parent->untraced.shared)
		child->untraced = parent->untraced;
}

void untraced_restore(struct tracee *tracee)
{
	const struct untraced *u = &tracee->untraced;
#if defined(__x86_64__)
	if (u->where == UNTRACED_REGISTER)
		ptrace(PTRACE_POKEUSER, tracee->tid, (void *)(uintptr_t)u->address, (void *)(uintptr_t)u->flags);
#endif
	if (u->where == UNTRACED_MEMORY)
		ptrace(PTRACE_POKEDATA, tracee->tid, (void *)(uintptr_t)u->address, (void *)(uintptr_t)u->flags);
	tracee->untraced = (struct untraced){0};
}
