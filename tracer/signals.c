/* Signals to the recorder, which stands where the command would. SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
enum { FORWARDED = sizeof(forwarded) / sizeof(forwarded[0]) };
static struct sigaction before[FORWARDED];

static const struct tracee_table *table;
static volatile pid_t command; /* 0: it has ended */
static bool commanded;	       /* there was one */
static volatile sig_atomic_t end_asked;

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
	/* timeout(1) signals its child and then its group, as init systems do. Sent to the command itself the second would
	 * find the first pending, and be dropped (signal(7)); so what is passed on waits to see whether there is more. */
	PATIENCE = 2000000,
	AT_ONCE = 1000000,
};

int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t now_ms(void)
{
	return now_ns() / 1000000;
}

/* The process a signal is from; 0: the terminal, or a process of another PID namespace. */
static pid_t sender_of(const siginfo_t *info)
{
	return info->si_code <= 0 ? info->si_pid : 0;
}

/* Sends to a process unless it was waited for, when the id may be another's. Nobody but this thread waits. */
static bool send(pid_t pid, int signal)
{
	siginfo_t info;
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 && kill(pid, signal) == 0;
}

/* What follows runs in the signal handler; the table is whole at any moment, see tracee.c. */

enum origin { FROM_OUTSIDE, FROM_WITHIN, FROM_CHILD /* one that means its parent */ };

static enum origin origin_of(pid_t sender)
{
	enum origin origin = FROM_OUTSIDE;
	for (size_t i = 0; sender != 0 && i < BUCKETS; i++)
		for (const struct tracee *t = table->buckets[i]; t != NULL; t = t->next)
			if (t->process != NULL && t->process->tgid == sender) {
				origin = FROM_WITHIN;
				if (t->aims)
					return FROM_CHILD;
			}
	return origin;
}

static void send_to_all(int signal)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct tracee *t = table->buckets[i]; t != NULL; t = t->next)
			if (t->process != NULL && t->process->tgid == t->tid)
				send(t->tid, signal);
}

static void pass_on(int signal, pid_t sender)
{
	int64_t now = now_ns();
	if (received[signal].sender == sender && now - received[signal].done < AT_ONCE)
		return;
	received[signal].sender = sender;
	received[signal].when = now;
	nanosleep(&(struct timespec){.tv_nsec = PATIENCE}, NULL);
	if (command == 0 || !send(command, signal))
		send_to_all(signal);
	received[signal].done = now_ns();
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
	(void)context;
	if (!commanded) {
		end_asked = signal != SIGUSR1 && signal != SIGUSR2 ? 1 : end_asked;
		return;
	}
	int saved = errno;
	pid_t sender = sender_of(info);
	enum origin origin = origin_of(sender);
	if (origin == FROM_CHILD && getppid() > 0)
		kill(getppid(), signal);
	/* From within to a group: whom it was meant for has it. From the terminal: the command has it. */
	if (origin == FROM_OUTSIDE && (info->si_code <= 0 || command == 0))
		pass_on(signal, sender);
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
	for (size_t i = 0; i < FORWARDED; i++)
		sigaction(forwarded[i], &action, &before[i]);
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
	if (signal == SIGKILL || command == 0 || !send(command, signal))
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
	for (size_t i = 0; i < FORWARDED; i++)
		sigaddset(&set, forwarded[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; i < FORWARDED; i++)
		sigaction(forwarded[i], &before[i], NULL);
	table = NULL;
}

bool signals_is_copy(struct tracee *tracee, int signal)
{
	bool known = false;
	for (size_t i = 0; i < FORWARDED; i++)
		known |= forwarded[i] == signal;
	siginfo_t info;
	if (!known || ptrace(PTRACE_GETSIGINFO, tracee->tid, NULL, &info) != 0)
		return false;
	struct process *process = tracee->process;
	if (info.si_code != SI_USER || info.si_pid != getpid()) {
		process->direct.signal = signal;
		process->direct.sender = sender_of(&info);
		process->direct.when = now_ns();
		return false;
	}
	if (process->direct.signal != signal || process->direct.sender != received[signal].sender ||
	    process->direct.when < received[signal].when - SAME_KILL)
		return false;
	process->direct.signal = 0;
	return true;
}

void signals_wait_child(void)
{
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &(struct timespec){.tv_nsec = 1000000});
}
