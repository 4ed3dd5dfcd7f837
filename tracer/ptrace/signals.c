/* Signals to the recorder are passed on to the command: the recorder has the place that the command would have.
 * SPDX-License-Identifier: MIT */
#include "tracer/ptrace/signals.h"
#include "policies/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sigaction before[NSIG];

static const struct tracee_table *table;
static volatile pid_t command; /* 0: it has ended */
static bool commanded;	       /* there was one */
static volatile sig_atomic_t end_asked;

/* Whether this process handles a signal: it handles all that can be caught, except SIGCHLD, which wakes the loop, and
 * those of job control, which stop and continue it as they would the command. */
static bool is_taken(int signal)
{
	static const int others[] = {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (signal == others[i])
			return false;
	return signal < 32 || signal >= SIGRTMIN;
}

/* Ignores the signals from 32 on that the C library keeps for its threads, of which there are none. Its sigaction(3)
 * refuses them: this uses the kernel's call and struct. */
static void ignore_the_library_s(void)
{
	struct {
		void (*handler)(int);
		unsigned long flags, restorer, mask;
	} ignore = {SIG_IGN, 0, 0, 0};
	for (int signal = 32; signal < SIGRTMIN; signal++)
		syscall(SYS_rt_sigaction, signal, &ignore, NULL, sizeof(ignore.mask));
}

/* Whether a signal does nothing by default (signal(7)), or has no meaning but a program's own. */
static bool is_harmless(int signal)
{
	return signal == SIGURG || signal == SIGWINCH || signal == SIGUSR1 || signal == SIGUSR2;
}

/* For each signal, the last one that was passed on: its sender, when it came, and when passing it on was done. */
static volatile struct {
	pid_t sender;
	int64_t when, done;
} received[NSIG];

/* In nanoseconds. */
enum {
	/* One kill(2) to a group reaches the command before the recorder, as the younger member (attach_pid,
	 * kernel/pid.c, puts members at the head). The recorder may run that much later. */
	SAME_KILL = 10000000,
	/* timeout(1) and init systems signal their child and then its group. If they signalled the command itself, it
	 * would get one signal: the second would find the first pending and be dropped (signal(7)). So passing on waits
	 * that long for a second. */
	PATIENCE = 2000000,
	AT_ONCE = 1000000,
};

/* Returns the process that has sent a signal; 0: the kernel, or a process of another PID namespace. */
static pid_t sender_of(const siginfo_t *info)
{
	return info->si_code <= 0 ? info->si_pid : 0;
}

/* Sends a signal to a child, unless it has been waited for, so that its id may be another's; only this thread waits. A
 * signal that was queued with a value (sigqueue(3)) keeps the value and its sender. `info`: of the signal that came; or
 * NULL. */
static bool send(pid_t pid, int signal, const siginfo_t *info)
{
	siginfo_t its;
	const siginfo_t *queued = info != NULL && info->si_code < 0 && info->si_code != SI_TKILL ? info : NULL;
	if (waitid(P_PID, (id_t)pid, &its, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0)
		return false;
	return (queued != NULL ? (int)syscall(SYS_rt_sigqueueinfo, pid, signal, queued) : kill(pid, signal)) == 0;
}

/* The following functions run in the signal handler. The table can be read at any moment, see tracee.c. */

static bool is_from_within(pid_t sender)
{
	for (size_t i = 0; sender != 0 && i < BUCKETS; i++)
		for (const struct tracee *t = table->buckets[i]; t != NULL; t = t->next)
			if (t->process != NULL && t->process->tgid == sender)
				return true;
	return false;
}

static void send_to_all(int signal)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct tracee *t = table->buckets[i]; t != NULL; t = t->next)
			if (tracee_leads(t))
				send(t->tid, signal, NULL);
}

/* Real-time signals are queued: each is passed on. */
static void pass_on(int signal, const siginfo_t *info)
{
	pid_t sender = sender_of(info);
	int64_t now = now_ns();
	bool queues = signal >= SIGRTMIN;
	if (!queues && received[signal].sender == sender && now - received[signal].done < AT_ONCE)
		return;
	received[signal].sender = sender;
	received[signal].when = now;
	if (!queues)
		nanosleep(&(struct timespec){0, PATIENCE}, NULL);
	if (command == 0 || !send(command, signal, info))
		send_to_all(signal);
	received[signal].done = now_ns();
}

/* A fault of this process itself, or a call of its own that a filter traps: ends by it, as by default. */
static void fail(int signal)
{
	sigaction(signal, &before[signal], NULL);
	if (signal == SIGSYS || signal == SIGTRAP)
		raise(signal); /* the others come again when the instruction is repeated */
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
	(void)context;
	int saved = errno;
	bool from_kernel = info->si_code > 0, from_terminal = from_kernel && signal <= SIGQUIT;
	bool fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL || signal == SIGSYS ||
		     signal == SIGTRAP;
	if (from_kernel && fault)
		fail(signal);
	else if (info->si_code == SI_USER && info->si_pid == getpid())
		; /* SIGPIPE or SIGXFSZ for a write of ours, which fails and tells it too */
	else if (!commanded && (!from_kernel || from_terminal || signal == SIGXCPU))
		end_asked = is_harmless(signal) ? end_asked : 1;
	/* A tracee's signal to a group has reached the others of the group; the terminal's has reached the command. */
	else if (commanded && (from_kernel ? from_terminal && command == 0 : !is_from_within(sender_of(info))))
		pass_on(signal, info);
	errno = saved;
}

void signals_take(pid_t pid, const struct tracee_table *tracees)
{
	table = tracees;
	command = pid;
	commanded = pid != 0;
	end_asked = 0;
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigfillset(&action.sa_mask);
	for (int signal = 1; signal < NSIG; signal++)
		if (is_taken(signal))
			sigaction(signal, &action, &before[signal]);
	ignore_the_library_s();
	/* For signals_wait_child. An ignored SIGCHLD is not sent (kernel/signal.c, do_notify_parent_cldstop). */
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGCHLD, SIG_DFL);
}

bool signals_end_asked(void)
{
	return end_asked != 0;
}

void signals_terminate(int signal)
{
	if (signal == SIGKILL || command == 0 || !send(command, signal, NULL))
		send_to_all(signal);
}

void signals_command_ended(void)
{
	command = 0;
}

void signals_give_back(void)
{
	sigset_t set;
	sigemptyset(&set);
	for (int signal = 1; signal < NSIG; signal++)
		if (is_taken(signal))
			sigaddset(&set, signal);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int signal = 1; signal < NSIG; signal++)
		if (is_taken(signal))
			sigaction(signal, &before[signal], NULL);
	table = NULL;
}

bool signals_is_copy(struct tracee *tracee, int signal)
{
	siginfo_t info;
	if (!is_taken(signal) || ptrace(PTRACE_GETSIGINFO, tracee->tid, NULL, &info) != 0 || info.si_code > 0)
		return false;
	struct process *process = tracee->process;
	pid_t sender = sender_of(&info);
	int64_t now = now_ns();
	if (info.si_code != SI_USER || sender != getpid()) {
		bool again = process->direct.signal == signal && process->direct.sender == sender &&
			     now - process->direct.when < SAME_KILL;
		process->direct.count = again ? process->direct.count + 1 : 1;
		process->direct.signal = signal;
		process->direct.sender = sender;
		process->direct.when = now;
		return false;
	}
	if (process->direct.signal != signal || process->direct.sender != received[signal].sender ||
	    process->direct.count == 0 || process->direct.when < received[signal].when - SAME_KILL)
		return false;
	process->direct.count--;
	return true;
}

void signals_wait_child(int64_t ms)
{
	struct timespec most = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &most);
}
