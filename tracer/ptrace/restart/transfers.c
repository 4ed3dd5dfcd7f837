/* Calls that would transfer only a part because their thread is traced.
 * SPDX-License-Identifier: MIT */
#include "tracer/ptrace/restart/transfers.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/user.h>

#include "policies/abi/abi.h"
#include "tracer/ptrace/change/alter.h"
#include "tracer/ptrace/tracee.h"
#include "tracer/ptrace/restart/waits.h"

#if defined(__x86_64__)
enum { INSTRUCTION = 2 }; /* bytes of syscall, sysenter and int 0x80 */

/* Which arguments have the buffer (-1: the kernel keeps the position) and the number of bytes. */
static const struct transfer_call {
	const char *name;
	int buffer, bytes;
} transferring[] = {
	{"write", 1, 2}, {"sendto", 1, 2}, {"recvfrom", 1, 2}, {"sendfile", -1, 3}, {"sendfile64", -1, 3},
};

static void set(const struct tracee *tracee, size_t offset, uint64_t value)
{
	ptrace(PTRACE_POKEUSER, tracee->tid, (void *)offset, (void *)(uintptr_t)value);
}

static const struct transfer_call *find(enum arch arch, uint32_t nr)
{
	char buffer[32];
	const char *name = abi_name(arch, nr, buffer, sizeof(buffer));
	for (size_t i = 0; i < sizeof(transferring) / sizeof(transferring[0]); i++)
		if (strcmp(name, transferring[i].name) == 0)
			return &transferring[i];
	return NULL;
}

void transfer_go_on(struct tracee *tracee, int signal)
{
	struct user_regs_struct r;
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GETREGS, tracee->tid, NULL, &r) != 0 || (int32_t)r.orig_rax < 0 || (int64_t)r.rax <= 0 ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) <= 0)
		return;
	int arch = arch_by_audit(info.arch);
	const struct transfer_call *call = arch < 0 ? NULL : find((enum arch)arch, (uint32_t)r.orig_rax);
	if (call == NULL)
		return;
	bool narrow = arch == ARCH_I386;
	uint64_t args[ALTERED] = {narrow ? r.rbx : r.rdi, narrow ? r.rcx : r.rsi, r.rdx, narrow ? r.rsi : r.r10};
	bool all = strcmp(call->name, "recvfrom") != 0 || (args[3] & (MSG_WAITALL | MSG_PEEK)) == MSG_WAITALL;
	if (!all || r.rax >= args[call->bytes] || (signal != 0 && waits_effect(tracee->tid, signal) != EFFECT_NONE))
		return;
	if (call->buffer >= 0)
		args[call->buffer] += r.rax;
	args[call->bytes] -= r.rax;
	if (strcmp(call->name, "sendto") == 0)
		args[3] |=
		    MSG_NOSIGNAL; /* after a part was sent there is no SIGPIPE (sk_stream_error, net/core/stream.c) */
	alter_call(tracee, (enum arch)arch, (long)r.orig_rax, args);
	set(tracee, offsetof(struct user, regs.rax), r.orig_rax);
	set(tracee, offsetof(struct user, regs.rip), r.rip - INSTRUCTION);
	tracee->transferred = (int64_t)r.rax;
}

void transfer_stop(struct tracee *tracee, struct stop stop)
{
	struct user_regs_struct r;
	if (tracee->transferred == 0 || stop.kind == STOP_SYSCALL || stop.kind == STOP_SECCOMP ||
	    ptrace(PTRACE_GETREGS, tracee->tid, NULL, &r) != 0)
		return;
	alter_restore(tracee);
	set(tracee, offsetof(struct user, regs.rax), (uint64_t)tracee->transferred);
	set(tracee, offsetof(struct user, regs.rip), r.rip + INSTRUCTION);
	tracee->transferred = 0;
}

bool transfer_end(struct tracee *tracee)
{
	struct user_regs_struct r;
	if (tracee->transferred == 0 || ptrace(PTRACE_GETREGS, tracee->tid, NULL, &r) != 0)
		return false;
	int64_t more = (int64_t)r.rax > 0 ? (int64_t)r.rax : 0; /* a failure now follows a success */
	set(tracee, offsetof(struct user, regs.rax), (uint64_t)(tracee->transferred + more));
	tracee->transferred = 0;
	return true;
}
#else
void transfer_go_on(struct tracee *tracee, int signal)
{
	(void)tracee;
	(void)signal;
}

void transfer_stop(struct tracee *tracee, struct stop stop)
{
	(void)tracee;
	(void)stop;
}

bool transfer_end(struct tracee *tracee)
{
	(void)tracee;
	return false;
}
#endif
