/* A call that a tracee is about to make is altered. SPDX-License-Identifier: MIT */
#include "alter.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

/* A call with the number -1 is skipped, and the result's register is left as it is. */
#if defined(__x86_64__)
static void set_register(pid_t tid, size_t offset, long value)
{
	ptrace(PTRACE_POKEUSER, tid, (void *)offset, (void *)value);
}

void alter_answer(pid_t tid, int error)
{
	set_register(tid, offsetof(struct user, regs.orig_rax), -1);
	set_register(tid, offsetof(struct user, regs.rax), -(long)error);
}
#elif defined(__aarch64__)
void alter_answer(pid_t tid, int error)
{
	int nr = -1;
	struct user_regs_struct r;
	struct iovec number = {&nr, sizeof(nr)}, all = {&r, sizeof(r)};
	if (ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &all) != 0)
		return;
	r.regs[0] = (uint64_t)-(int64_t)error;
	ptrace(PTRACE_SETREGSET, tid, (void *)NT_PRSTATUS, &all);
	ptrace(PTRACE_SETREGSET, tid, (void *)NT_ARM_SYSTEM_CALL, &number);
}
#endif
