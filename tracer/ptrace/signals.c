/* Signals to the recorder, which stands where the command would. SPDX-License-Identifier: MIT */
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

/* The signals that this process handles: all that can be caught, but for SIGCHLD, which wakes the loop, and those of
 * job control, which stop and continue it as they would the command. */
static bool is_taken(int signal)
{
	static const int others[] = {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (signal == others[i])
			return false;
	return signal < 32 || signal >= SIGRTMIN;
}

/* Those that the C library keeps for itself, from 32 on, do nothing (it lets nobody have them, so the kernel's struct
 * sigaction). It needs them for threads, and there are none. */
static void ignore_the_library_s(void)
{
	struct {
		void (*handler)(int);
		unsigned long flags, restorer, mask;
	} ignore = {SIG_IGN, 0, 0, 0};
	for (int signal = 32; signal < SIGRTMIN; signal++)
		syscall(SYS_rt_sigaction, signal, &ignore, NULL, sizeof(ignore.mask));
}

/* Whether a signal does nothing by default (signal(7)), or is for programs to use as they like. */
static bool is_harmless(int signal)
{
	return signal == SIGURG || signal == SIGWINCH || signal == SIGUSR1 || signal == SIGUSR2;
}

/* The last of each number that was passed on. */
static volatile struct {
	pid_t sender;
	int64_t when, done;
} received[NSIG];

/* In nanoseconds. */
enum {
	/* One kill(2) to a group reaches the command, the group's younger member, before the recorder (attach_pid puts
	 * members at the head, kernel/pid.c): how much later the recorder may have run. */
	SAME_KILL = 10000000,
	/* timeout(1) signals its child and then its group, as init systems do. Sent to the command itself the second
	 * would find the first pending, and be dropped (signal(7)); so what is passed on waits to see whether there is
	 * more. */
	PATIENCE = 2000000,
	AT_ONCE = 1000000,
};

/* The process a signal is from; 0: the terminal, or a process of another PID namespace. */
static pid_t sender_of(const siginfo_t *info)
{
	return info->si_code <= 0 ? info->si_pid : 0;
}

/* Sends to a process unless it was waited for, when the id may be another's. Nobody but this thread waits. What was
 * queued with a value (sigqueue(3)) keeps that, and its sender. `info`: what came, or NULL. */
static bool send(pid_t pid, int signal, const siginfo_t *info)
{
	siginfo_t its;
	const siginfo_t *queued = info != NULL && info->si_code < 0 && info->si_code != SI_TKILL ? info : NULL;
	if (waitid(P_PID, (id_t)pid, &its, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0)
		return false;
	return (queued != NULL ? (int)syscall(SYS_rt_sigqueueinfo, pid, signal, queued) : kill(pid, signal)) == 0;
}

/* What follows runs in the signal handler; the table is whole at any moment, see tracee.c. */

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

/* Real-time signals are queued, and each is passed on by itself. */
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

/* A fault of this process itself, or a call that a filter traps: it ends by it, as by default. */
static void fail(int signal)
{
	sigaction(signal, &before[signal], NULL);
	if (signal == SIGSYS || signal == SIGTRAP)
		raise(signal); /* the others come again with the same instruction */
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
		; /* for a write to a pipe without a reader, or past a limit (SIGPIPE, SIGXFSZ): write(2) says so */
	else if (!commanded && (!from_kernel || from_terminal || signal == SIGXCPU))
		end_asked = is_harmless(signal) ? end_asked : 1;
	/* From within to a group: whom it was meant for has it. From the terminal: the command has it. */
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
	/* For signals_wait_child. Ignored, it would not be sent (kernel/signal.c, do_notify_parent_cldstop). */
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
