/* Signals that a process sends to itself arrive all, in order, with what was sent along; so do the traps that it makes.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t count, last, in_order = 1, code, from_self;
static sigjmp_buf after_fault;

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)context;
	count++;
	last = number;
	code = info->si_code;
	from_self = info->si_pid == getpid();
}

static void on_queued(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	in_order = in_order && info->si_value.sival_int == count;
	count++;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	last = number;
	code = info->si_addr == (void *)(uintptr_t)16;
	siglongjmp(after_fault, 1);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

	if (sigaction(number, &action, NULL) != 0)
		err(1, "sigaction");
}

static void every_signal(void)
{
	for (int number = 1; number < 32; number++) {
		if (number == SIGKILL || number == SIGSTOP)
			continue;
		handle(number, on_signal, 0);
		count = 0;
		kill(getpid(), number);
		printf("%s: %d times, from itself %d, SI_USER %d\n", strsignal(number), (int)count,
		       (int)from_self && last == number, code == SI_USER);
	}
}

static void queued_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	handle(SIGRTMIN + 1, on_queued, 0);
	count = 0;
	for (int i = 0; i < 500; i++)
		if (sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i}) != 0)
			err(1, "sigqueue");
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("%d queued signals, in order %d\n", (int)count, (int)in_order);
}

static void traps(void)
{
	handle(SIGTRAP, on_signal, 0);
	count = 0;
	raise(SIGTRAP);
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("int3");
#else
	raise(SIGTRAP);
#endif
	printf("%d traps of its own\n", (int)count);

	handle(SIGSEGV, on_fault, 0);
	if (sigsetjmp(after_fault, 1) == 0)
		*(volatile int *)(uintptr_t)16 = 1;
	printf("signal %d, address right %d\n", (int)last, (int)code);
}

/* A read of an empty pipe that a timer interrupts: it fails with EINTR, or goes on where the handler says SA_RESTART
 * (a second alarm then ends the wait by closing the pipe's other end). */
static int pipe_end[2];

static void on_alarm(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	if (++count == 2)
		close(pipe_end[1]);
}

static void interrupted_read(int flags)
{
	struct itimerval timer = {.it_interval = {.tv_usec = 300000}, .it_value = {.tv_usec = 300000}}, off = {0};
	char byte;

	if (pipe(pipe_end) != 0)
		err(1, "pipe");
	handle(SIGALRM, on_alarm, flags);
	count = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	ssize_t n = read(pipe_end[0], &byte, 1);
	int why = errno;

	setitimer(ITIMER_REAL, &off, NULL);
	printf("read after %s: %s\n", count >= 2 ? "the second alarm" : "the first alarm",
	       n < 0 ? strerror(why) : "end of file");
	close(pipe_end[0]);
	if (count < 2)
		close(pipe_end[1]);
}

int main(void)
{
	every_signal();
	queued_signals();
	traps();
	interrupted_read(0);
	interrupted_read(SA_RESTART);
	return 0;
}
