/* Makes facts of notifications. SPDX-License-Identifier: MIT */
#include "tracer/notify/notified.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "tracer/process/aim.h"
#include "tracer/process/proc.h"

enum {
	/* Milliseconds for which it is taken for granted that an id still belongs to the same thread: the kernel gives an id anew
	 * only when it has given all others (alloc_pid, kernel/pid.c). */
	FRESH = 1000,
	MOST_IDS = 1 << 22, /* PID_MAX_LIMIT, include/linux/threads.h */
};

int notified_begin(struct notified *n, struct recorder *recorder, struct error *e)
{
	*n = (struct notified){.recorder = recorder, .counted = calloc(MOST_IDS / 8, 1)};
	recorder->programs.may_be_gone = true;
	return n->counted != NULL ? 0 : error_memory(e);
}

void notified_free(struct notified *n)
{
	free(n->counted);
	n->counted = NULL;
}

static bool is_exec(const struct syscall_desc *call)
{
	return call != NULL && (strcmp(call->name, "execve") == 0 || strcmp(call->name, "execveat") == 0);
}

bool notified_always(const struct fact *f)
{
	const struct syscall_desc *call = abi_by_nr((enum arch)f->key.arch, f->key.nr);
	if (call == NULL)
		return false;
	/* A wide fact stands for any values. */
	if (strcmp(call->name, "fcntl") == 0 || strcmp(call->name, "fcntl64") == 0 || strcmp(call->name, "ioctl") == 0)
		return f->wide || aim_sets_owner(call->name, f->key.values[1]);
	return is_exec(call) || strcmp(call->name, "pidfd_send_signal") == 0;
}

/* Counts the process of a thread that shows itself for the first time. */
static void count_process(struct notified *n, pid_t tid)
{
	pid_t pid = (pid_t)proc_status(tid, "Tgid:", 10);
	if (pid <= 0 || pid >= MOST_IDS || (n->counted[pid / 8] >> pid % 8 & 1) != 0)
		return;
	n->counted[pid / 8] |= (unsigned char)(1 << pid % 8);
	n->processes++;
}

/* *asked: /proc was. */
static int find_program(struct notified *n, pid_t tid, bool *asked, struct error *e)
{
	struct notified_thread *t = &n->threads[tid % NOTIFIED_SLOTS];
	int64_t now = now_ms();
	if (t->tid == tid && t->known && now < t->from + FRESH)
		return (int)t->program;
	bool readable;
	*asked = true;
	int program = recorder_program(n->recorder, tid, &readable, e);
	if (program < 0 || program == PROGRAM_GONE)
		return program;
	count_process(n, tid);
	bool executes = t->tid == tid && !t->known;
	if (executes && t->program != (uint32_t)program) {
		int rc = profile_program_started(n->recorder->profile, (uint32_t)program, t->program, e);
		if (rc < 0)
			return rc;
	}
	if (!executes || now >= t->from)
		*t = (struct notified_thread){tid, true, (uint32_t)program, now};
	return program;
}

int notified_program(struct notified *n, pid_t tid, struct error *e)
{
	bool asked;
	return find_program(n, tid, &asked, e);
}

/* A thread that runs `program` is about to execute another. If it succeeds, it is the only one left of its process, and has the
 * process's id. For a while the answer may still change. */
static void forget_program(struct notified *n, pid_t tid, uint32_t program)
{
	const pid_t ids[] = {tid, (pid_t)proc_status(tid, "Tgid:", 10)};
	for (size_t i = 0; i < 2; i++)
		n->threads[ids[i] % NOTIFIED_SLOTS] = (struct notified_thread){.tid = ids[i], .program = program, .from = now_ms() + FRESH};
}

/* The registers that /proc tells of a thread that waits at a call: its code, its stack and the call's arguments. Of the others, only the
 * frame pointer matters to unwinding often. */
static bool registers_waiting(pid_t tid, struct user_regs_struct *out)
{
	struct proc_waiting w;
	memset(out, 0, sizeof(*out));
	if (!proc_waiting(tid, &w))
		return false;
#if defined(__x86_64__)
	out->rdi = w.args[0];
	out->rsi = w.args[1];
	out->rdx = w.args[2];
	out->r10 = w.args[3];
	out->r8 = w.args[4];
	out->r9 = w.args[5];
	out->rbp = REGISTER_UNKNOWN;
	out->rsp = w.stack;
	out->rip = w.code;
	out->cs = 0x33; /* __USER_CS */
#elif defined(__aarch64__)
	for (int i = 0; i < 6; i++)
		out->regs[i] = w.args[i];
	out->regs[29] = out->regs[30] = REGISTER_UNKNOWN; /* the frame pointer and the return address */
	out->sp = w.stack;
	out->pc = w.code;
#endif
	return true;
}

/* The same of a thread whose code is 32-bit. */
static bool registers_waiting_32(pid_t tid, struct user_regs_struct *out)
{
	bool told = registers_waiting(tid, out);
#if defined(__x86_64__)
	out->cs = 0x23; /* __USER32_CS */
#endif
	return told;
}

bool notified_call(const union notification *notification, struct call *call)
{
	const struct seccomp_data *d = &notification->notif.data;
	int arch = arch_by_audit(d->arch);
	if (arch < 0)
		return false;
	*call = (struct call){.arch = (enum arch)arch, .nr = (uint32_t)d->nr};
	for (int i = 0; i < 6; i++)
		call->args[i] = d->args[i];
	return true;
}

int notified_count(struct notified *n, int listener, const union notification *notification, const struct call *call,
		   struct error *e)
{
	pid_t tid = (pid_t)notification->notif.pid;
	const struct syscall_desc *desc = abi_by_nr(call->arch, call->nr);
	bool asked = desc == NULL || desc->args[0].kind == ARG_POINTED; /* then the key is of the thread's memory */
	int program = find_program(n, tid, &asked, e);
	if (program < 0 || program == PROGRAM_GONE)
		return program < 0 ? program : 0;
	struct fact_key key = recorder_key(tid, PHASE_MAIN, call, NULL);
	if (asked && !listener_waits(listener, notification->notif.id))
		return 0; /* it was killed: what /proc told may be another thread's */
	if (is_exec(desc))
		forget_program(n, tid, (uint32_t)program);
	int observed = recorder_count(n->recorder, &key, (uint32_t)program, e);
	if (observed < 0 || (observed & OBSERVED_EARLY) == 0)
		return observed < 0 ? observed : 0;
	return recorder_stack(n->recorder, &key, tid, call->arch == ARCH_I386 ? registers_waiting_32 : registers_waiting, e);
}
