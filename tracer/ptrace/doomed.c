/* Ends the processes that a signal would have killed at once, had nobody traced them. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/doomed.h"

#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>

#include "policies/base/clock.h"
#include "tracer/process/proc.h"

enum {
	LOOK = 100,    /* milliseconds between two looks, */
	SHARE = 20,    /* of which a look takes one part of this many at most */
	AGE = 100,     /* milliseconds for which the signal has been pending */
	SPENT = 10,    /* ticks of the processor's time that a thread has spent in the kernel meanwhile */
};

/* The bit of a signal in the lines of /proc/PID/status. */
static uint64_t bit(int signal)
{
	return (uint64_t)1 << (signal - 1);
}

/* Returns a pending signal that kills the process of a thread when it is sent; 0: none is pending. Not those that the program
 * handles, ignores or blocks, those that do something else by default (signal(7)), and those that make a core dump, which wait for
 * a stop in any case (sig_kernel_coredump). The first process of a PID namespace gets no signal that it does not handle. */
static int pending(pid_t tid)
{
	static const int others[] = {SIGQUIT, SIGILL,	SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS,
				     SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG,  SIGWINCH};
	uint64_t set = proc_status(tid, "SigPnd:", 16) | proc_status(tid, "ShdPnd:", 16);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		set &= ~bit(others[i]);
	if (set == 0)
		return 0;
	set &= ~(proc_status(tid, "SigBlk:", 16) | proc_status(tid, "SigIgn:", 16) | proc_status(tid, "SigCgt:", 16));
	return set == 0 || proc_is_first(tid) ? 0 : __builtin_ctzll(set) + 1;
}

/* Looks at the thread that stands for its process. Starved of the processor, a thread that could take the signal runs no more than
 * one that cannot; but it spends no time in the kernel. */
static void look(struct tracee *tracee, int64_t now)
{
	struct process *process = tracee->process;
	char state = proc_state(tracee->tid);
	int signal = state == 'D' || state == 'R' ? pending(tracee->tid) : 0;
	uint64_t spent = signal != 0 && state == 'R' ? proc_system_time(process->tgid, tracee->tid) : 0;
	if (signal == 0 || process->doomed.signal != signal || process->doomed.state != state) {
		process->doomed.signal = signal;
		process->doomed.state = state;
		process->doomed.since = now;
		process->doomed.spent = spent;
	} else if (now - process->doomed.since >= AGE && (state == 'D' || spent - process->doomed.spent >= SPENT)) {
		process->doomed.killed = kill(process->tgid, SIGKILL) == 0;
	}
}

void doomed_look(struct tracee_table *t)
{
	int64_t now = now_ms();
	if (now < t->next_look)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tracee *tracee = t->buckets[i]; tracee != NULL; tracee = tracee->next)
			if (tracee_leads(tracee) && tracee->state <= THREAD_INJECTS && !tracee->process->doomed.killed)
				look(tracee, now);
	int64_t took = now_ms() - now;
	t->next_look = now + (took * SHARE > LOOK ? took * SHARE : LOOK);
}

int doomed_status(const struct tracee *tracee, int status)
{
	bool ours = tracee != NULL && tracee->process != NULL && tracee->process->doomed.killed;
	return ours && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? tracee->process->doomed.signal : status;
}
