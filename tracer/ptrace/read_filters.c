/* Reads the seccomp filters of a running thread. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/read_filters.h"

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/abi/abi.h"
#include "tracer/ptrace/attach.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/change/registers.h"
#include "tracer/ptrace/restart/waits.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c /* linux/ptrace.h, Linux 4.4 */
#endif

/* Fills *e with the reason why attaching failed; errno is that of PTRACE_SEIZE. */
static int cannot_attach(pid_t tid, struct error *e)
{
	int number = errno, rc = attach_obstacle(tid, number, e);
	if (rc < 0)
		return rc;
	errno = number;
	if (number == EPERM)
		return error_system(e,
				    "process %d: reading its filters takes CAP_SYS_ADMIN and CAP_SYS_PTRACE (root has them "
				    "outside of containers); cannot attach",
				    (int)tid);
	return error_system(e, "process %d: cannot attach", (int)tid);
}

/* Fills *e with the reason why PTRACE_SECCOMP_GET_FILTER failed (kernel/seccomp.c, seccomp_get_filter). */
static int cannot_read(pid_t tid, struct error *e)
{
	int number = errno;
	switch (number) {
	case EACCES:
		if (proc_status(getpid(), "Seccomp:", 10) != 0)
			return error_set(e, ERR_SYSTEM,
					  "process %d: pinhole itself is under a filter (containers install one), and so "
					 "may not read filters; start it outside",
					 (int)tid);
		return error_set(e, ERR_SYSTEM,
				 "process %d: reading filters requires CAP_SYS_ADMIN in the initial user namespace; "
				 "start pinhole as root",
				 (int)tid);
	case EINVAL:
		/* The thread is not in filter mode, or the kernel is built without CONFIG_CHECKPOINT_RESTORE. */
		if (proc_usable() && proc_status(tid, "Seccomp:", 10) == SECCOMP_MODE_FILTER)
			return error_set(e, ERR_SYSTEM,
					 "process %d: it has filters, but this kernel cannot read them; that requires "
					 "a kernel built with CONFIG_CHECKPOINT_RESTORE",
					 (int)tid);
		if (proc_usable() && proc_status(tid, "Seccomp:", 10) == SECCOMP_MODE_STRICT)
			return error_set(e, ERR_INPUT,
					 "process %d: it has no filters: it is in strict mode, in which only read, "
					 "write, exit and sigreturn are allowed",
					 (int)tid);
		return error_set(e, ERR_INPUT, "process %d: it has no filters", (int)tid);
	case EIO:
		return error_set(e, ERR_SYSTEM, "process %d: this kernel cannot read filters; that requires Linux 4.4",
				 (int)tid);
	case EMEDIUMTYPE:
		return error_set(e, ERR_SYSTEM, "process %d: one of its filters is not classic BPF, and cannot be read", (int)tid);
	}
	errno = number;
	return error_system(e, "process %d: cannot read its filters", (int)tid);
}

/* Reads the filter of that index; 0 is the oldest (kernel/seccomp.c, get_nth_filter). Returns 0, 1 past the newest, or
 * a negative code. */
static int read_one(pid_t tid, size_t index, struct thread_filters *out, struct error *e)
{
	struct thread_filter f = {0};
	long n = ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)index, NULL);
	if (n < 0)
		return errno == ENOENT ? 1 : cannot_read(tid, e);
	if (!vec_reserve(&f.code, (size_t)n) || !vec_reserve(&out->all, 1)) {
		vec_free(&f.code);
		return error_memory(e);
	}
	n = ptrace(PTRACE_SECCOMP_GET_FILTER, tid, (void *)index, f.code.items);
	if (n < 0) {
		vec_free(&f.code);
		return cannot_read(tid, e);
	}
	f.code.count = (size_t)n;
	out->all.items[out->all.count++] = f;
	return 0;
}

/* Interrupts the thread and waits until it stops. *signal: the signal that was about to be delivered, or 0. */
static int stop(pid_t tid, int *signal, struct error *e)
{
	int status;
	pid_t got = -1;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0)
		while ((got = waitpid(tid, &status, __WALL)) < 0 && errno == EINTR)
			;
	if (got < 0 || !WIFSTOPPED(status))
		return error_set(e, ERR_INPUT, "process %d: it ended just now", (int)tid);
	/* A signal's stop has one to deliver; an event's (such as PTRACE_EVENT_STOP) has none. */
	*signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
	return 0;
}

/* A call that sleeps, such as nanosleep(2), goes on as restart_syscall(2) after a stop. A process whose filters deny
 * that would be killed because of our stop. Returns whether they allow it. */
#if defined(__x86_64__)
static bool restart_call(pid_t tid, const struct __ptrace_syscall_info *info, struct seccomp_data *call)
{
	struct user_regs_struct r;
	if (ptrace(PTRACE_GETREGS, tid, NULL, &r) != 0)
		return false;
	if (info->arch == AUDIT_ARCH_I386) {
		uint32_t args[] = {(uint32_t)r.rbx, (uint32_t)r.rcx, (uint32_t)r.rdx,
				   (uint32_t)r.rsi, (uint32_t)r.rdi, (uint32_t)r.rbp};
		for (int i = 0; i < 6; i++)
			call->args[i] = args[i];
		call->nr = 0;
	} else {
		memcpy(call->args, (uint64_t[]){r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9}, sizeof(call->args));
		call->nr = (int)(SYS_restart_syscall | (r.orig_rax & ABI_NR_FOREIGN)); /* x32 has a bit for it */
	}
	return true;
}
#else
/* The first argument is that of the sleep: no filter can expect a value of it. */
static bool restart_call(pid_t tid, const struct __ptrace_syscall_info *info, struct seccomp_data *call)
{
	struct user_regs_struct r;
	(void)info;
	if (!registers_read(tid, &r))
		return false;
	memcpy(call->args, r.regs, sizeof(call->args));
	call->nr = SYS_restart_syscall;
	return true;
}
#endif

static bool restart_passes(pid_t tid, const struct thread_filters *f, filter_lets_through *lets_through)
{
	struct __ptrace_syscall_info info = {0};
	bool through = true;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) <= 0)
		return true;
	struct seccomp_data call = {.arch = info.arch, .instruction_pointer = info.instruction_pointer};
	if (!restart_call(tid, &info, &call))
		return true;
	for (size_t i = 0; i < f->all.count; i++)
		through = through && lets_through(f->all.items[i].code.items, f->all.items[i].code.count, &call);
	return through;
}

/* Reads all filters of a thread that is at a ptrace-stop. Returns 0 or a negative code. */
static int read_all(pid_t tid, struct thread_filters *out, struct error *e)
{
	int rc;
	*out = (struct thread_filters){0};
	while ((rc = read_one(tid, out->all.count, out, e)) == 0)
		;
	if (rc < 0)
		filters_clear(out);
	return rc < 0 ? rc : 0;
}

bool filters_deny_restart(pid_t tid, filter_lets_through *lets_through)
{
	struct thread_filters f;
	struct error e = {0};
	if (lets_through == NULL || proc_status(tid, "Seccomp:", 10) != SECCOMP_MODE_FILTER)
		return false;
	bool denied = read_all(tid, &f, &e) < 0 || !restart_passes(tid, &f, lets_through);
	filters_clear(&f);
	return denied;
}

int filters_read(pid_t tid, filter_lets_through *lets_through, struct thread_filters *out, struct error *e)
{
	int signal = 0, rc;
	*out = (struct thread_filters){0};
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0)
		return cannot_attach(tid, e);
	rc = stop(tid, &signal, e);
	if (rc < 0)
		return rc;
	rc = read_all(tid, out, e);
	struct wait wait = waits_look(tid, tid, AT_OURS, 0);
	bool passes = wait.kind != WAIT_SLEEP || restart_passes(tid, out, lets_through);
	if (!passes && wait.limit == 0)
		at_call_return(tid, wait.result);
	else if (!passes || (wait.kind == WAIT_INTERRUPTED && signal == 0))
		at_call_again(tid);
	ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)signal);
	if (rc == 0 && out->all.count == 0)
		rc = error_set(e, ERR_INPUT, "process %d: it has no filters", (int)tid);
	return rc;
}

void filters_clear(struct thread_filters *f)
{
	for (size_t i = 0; i < f->all.count; i++)
		vec_free(&f->all.items[i].code);
	vec_free(&f->all);
	f->all.count = 0;
}
