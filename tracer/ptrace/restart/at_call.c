/* The interrupted call that a stopped thread was in, by its registers. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/restart/at_call.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "tracer/process/proc.h"
#include "tracer/ptrace/change/registers.h"

static bool is_interrupted(int32_t result)
{
	return result == -EINTR || result == -ERESTARTNOHAND || result == -ERESTART_RESTARTBLOCK;
}

/* The architecture and the kind of the stop. */
static bool ask(pid_t tid, struct at_call *out, bool *exit)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) <= 0)
		return false;
	int arch = arch_by_audit(info.arch);
	out->arch = (enum arch)arch;
	*exit = info.op == PTRACE_SYSCALL_INFO_EXIT;
	return arch >= 0;
}

#if defined(__x86_64__)
/* arch_do_signal_or_restart (arch/x86/kernel/signal.c) looks at the result after the stop, and at orig_rax. */
bool at_call_read(pid_t tid, enum at_stop stop, struct at_call *out)
{
	struct user_regs_struct r;
	bool exit;
	(void)stop;
	if (!registers_read(tid, &r) || (int32_t)r.orig_rax < 0 || !is_interrupted((int32_t)r.rax) || !ask(tid, out, &exit))
		return false;
	uint64_t wide[] = {r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9};
	uint64_t narrow[] = {r.rbx, r.rcx, r.rdx, r.rsi, r.rdi, r.rbp};
	for (int i = 0; i < 6; i++)
		out->args[i] = out->arch == ARCH_I386 ? (uint32_t)narrow[i] : wide[i];
	out->nr = (uint32_t)r.orig_rax;
	out->result = (int32_t)r.rax;
	return true;
}

void at_call_return(pid_t tid, int result)
{
	ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user, regs.rax), (void *)(long)result);
}

void at_call_again(pid_t tid)
{
	at_call_return(tid, -ERESTARTNOHAND);
}

/* Its arguments are still in the registers. */
void at_call_number(pid_t tid, uint32_t nr)
{
	ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user, regs.orig_rax), (void *)(long)nr);
}
#elif defined(__aarch64__)
/* do_signal (arch/arm64/kernel/signal.c) looks at the result before the stops of signals: there a call that is restarted
 * has its first argument and its own address again, and the number of no call is kept. At a call's exit all is still
 * to come. The first argument and the result share x0; the kernel keeps the former (orig_x0), and /proc tells it. */
enum { INSTRUCTION = 4 };

static bool is_svc(pid_t tid, uint64_t address)
{
	errno = 0;
	long word = ptrace(PTRACE_PEEKTEXT, tid, (void *)(uintptr_t)address, NULL);
	return errno == 0 && (uint32_t)word == 0xd4000001;
}

/* Whether the thread is behind a call that failed with EINTR. */
static bool is_behind(pid_t tid, const struct user_regs_struct *r)
{
	return (int64_t)r->regs[0] == -EINTR && is_svc(tid, r->pc - INSTRUCTION);
}

/* /proc tells the arguments only of a thread with the number of a call. */
static bool first_argument(pid_t tid, uint32_t nr, bool exit, uint64_t *out)
{
	struct proc_waiting w;
	if (!exit)
		registers_write_number(tid, (int)nr);
	bool told = proc_waiting(tid, &w);
	if (!exit)
		registers_write_number(tid, -1);
	*out = w.args[0];
	return told;
}

bool at_call_read(pid_t tid, enum at_stop stop, struct at_call *out)
{
	struct user_regs_struct r;
	bool exit;
	int nr;
	if (!registers_read(tid, &r) || !ask(tid, out, &exit) || out->arch != ARCH_AARCH64 ||
	    (exit && (!is_interrupted((int32_t)r.regs[0]) || !registers_read_number(tid, &nr) || nr < 0)))
		return false;
	memcpy(out->args, r.regs, sizeof(out->args));
	out->nr = exit ? (uint32_t)nr : (uint32_t)r.regs[8];
	out->result = (int32_t)r.regs[0];
	if (!exit && stop == AT_REMADE && is_svc(tid, r.pc)) {
		out->result = -ERESTARTNOHAND;
		return true;
	}
	if (!exit && (stop != AT_OURS || !is_behind(tid, &r)))
		return false;
	return first_argument(tid, out->nr, exit, &out->args[0]);
}

static bool is_exit(pid_t tid)
{
	struct at_call unused;
	bool exit;
	return ask(tid, &unused, &exit) && exit;
}

void at_call_return(pid_t tid, int result)
{
	struct user_regs_struct r;
	if (!registers_read(tid, &r))
		return;
	if (!is_exit(tid) && !is_behind(tid, &r))
		r.pc += INSTRUCTION; /* it was to be restarted */
	r.regs[0] = (uint64_t)(int64_t)result;
	registers_write(tid, &r);
}

void at_call_again(pid_t tid)
{
	struct user_regs_struct r;
	uint64_t first;
	if (is_exit(tid))
		at_call_return(tid, -ERESTARTNOHAND);
	else if (registers_read(tid, &r) && is_behind(tid, &r) && first_argument(tid, (uint32_t)r.regs[8], false, &first)) {
		r.regs[0] = first;
		r.pc -= INSTRUCTION;
		registers_write(tid, &r);
	}
}

/* The kernel takes the number from x8 once more. */
void at_call_number(pid_t tid, uint32_t nr)
{
	struct user_regs_struct r;
	if (!registers_read(tid, &r))
		return;
	r.regs[8] = nr;
	registers_write(tid, &r);
}
#endif
