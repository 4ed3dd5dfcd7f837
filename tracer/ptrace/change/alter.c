/* Changes the call that a tracee is about to make. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/change/alter.h"

#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "tracer/ptrace/change/registers.h"

/* The kernel skips a call with the number -1 and leaves the result's register alone (arch/x86/entry/common.c,
 * do_syscall_64; arch/arm64/kernel/syscall.c, el0_svc_common). */
#if defined(__x86_64__)
static void set_register(pid_t tid, size_t offset, uint64_t value)
{
	ptrace(PTRACE_POKEUSER, tid, (void *)offset, (void *)(uintptr_t)value);
}

void alter_answer(pid_t tid, int error)
{
	set_register(tid, offsetof(struct user, regs.orig_rax), (uint64_t)-1);
	set_register(tid, offsetof(struct user, regs.rax), (uint64_t)-(int64_t)error);
}

static void set_arguments(pid_t tid, enum arch arch, const uint64_t args[ALTERED])
{
	bool narrow = arch == ARCH_I386;
	set_register(tid, narrow ? offsetof(struct user, regs.rbx) : offsetof(struct user, regs.rdi), args[0]);
	set_register(tid, narrow ? offsetof(struct user, regs.rcx) : offsetof(struct user, regs.rsi), args[1]);
	set_register(tid, offsetof(struct user, regs.rdx), args[2]);
	set_register(tid, narrow ? offsetof(struct user, regs.rsi) : offsetof(struct user, regs.r10), args[3]);
}

void alter_call(struct tracee *tracee, enum arch arch, long nr, const uint64_t args[ALTERED])
{
	struct user_regs_struct r;
	if (!registers_read(tracee->tid, &r))
		return;
	bool narrow = arch == ARCH_I386;
	tracee->altered = (struct altered){true, arch, {narrow ? r.rbx : r.rdi, narrow ? r.rcx : r.rsi, r.rdx, narrow ? r.rsi : r.r10}};
	set_register(tracee->tid, offsetof(struct user, regs.orig_rax), (uint64_t)nr);
	set_arguments(tracee->tid, arch, args);
}

void alter_restore(struct tracee *tracee)
{
	if (tracee->altered.set)
		set_arguments(tracee->tid, tracee->altered.arch, tracee->altered.args);
	tracee->altered.set = false;
}
#elif defined(__aarch64__)
void alter_answer(pid_t tid, int error)
{
	struct user_regs_struct r;
	if (!registers_read(tid, &r))
		return;
	r.regs[0] = (uint64_t)-(int64_t)error;
	registers_write(tid, &r);
	registers_write_number(tid, -1);
}

void alter_call(struct tracee *tracee, enum arch arch, long nr, const uint64_t args[ALTERED])
{
	struct user_regs_struct r;
	if (!registers_read(tracee->tid, &r))
		return;
	tracee->altered = (struct altered){true, arch, {r.regs[0], r.regs[1], r.regs[2], r.regs[3]}};
	memcpy(r.regs, args, ALTERED * sizeof(*args));
	registers_write(tracee->tid, &r);
	registers_write_number(tracee->tid, (int)nr);
}

/* The first argument's register holds the result and is left out. */
void alter_restore(struct tracee *tracee)
{
	struct user_regs_struct r;
	if (tracee->altered.set && registers_read(tracee->tid, &r)) {
		memcpy(r.regs + 1, tracee->altered.args + 1, (ALTERED - 1) * sizeof(uint64_t));
		registers_write(tracee->tid, &r);
	}
	tracee->altered.set = false;
}
#endif
