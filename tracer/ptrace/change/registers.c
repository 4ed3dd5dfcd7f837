/* Reading and writing the registers of a stopped tracee. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/change/registers.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#if defined(__x86_64__)
bool registers_read(pid_t tid, struct user_regs_struct *out)
{
	return ptrace(PTRACE_GETREGS, tid, NULL, out) == 0;
}

bool registers_write(pid_t tid, const struct user_regs_struct *r)
{
	return ptrace(PTRACE_SETREGS, tid, NULL, r) == 0;
}
#elif defined(__aarch64__)
bool registers_read(pid_t tid, struct user_regs_struct *out)
{
	struct iovec all = {.iov_base = out, .iov_len = sizeof(*out)};
	return ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &all) == 0 && all.iov_len == sizeof(*out);
}

bool registers_write(pid_t tid, const struct user_regs_struct *r)
{
	struct iovec all = {.iov_base = (void *)r, .iov_len = sizeof(*r)};
	return ptrace(PTRACE_SETREGSET, tid, (void *)NT_PRSTATUS, &all) == 0;
}

bool registers_read_number(pid_t tid, int *nr)
{
	struct iovec number = {.iov_base = nr, .iov_len = sizeof(*nr)};
	return ptrace(PTRACE_GETREGSET, tid, (void *)NT_ARM_SYSTEM_CALL, &number) == 0;
}

bool registers_write_number(pid_t tid, int nr)
{
	struct iovec number = {.iov_base = &nr, .iov_len = sizeof(nr)};
	return ptrace(PTRACE_SETREGSET, tid, (void *)NT_ARM_SYSTEM_CALL, &number) == 0;
}
#endif
