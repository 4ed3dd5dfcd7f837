/* Ticks, ten times a second, which interrupt the wait for tracees. SPDX-License-Identifier: MIT */
#include "tracer/record/timer.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t passed;
static struct sigaction before;

static void on_tick(int signal, siginfo_t *info, void *context)
{
	if (info->si_code > 0)
		passed = 1;
	else if ((before.sa_flags & SA_SIGINFO) != 0) /* not the timer's, but a process sent it */
		before.sa_sigaction(signal, info, context);
}

/* The program that started this one may have ignored or blocked SIGALRM. */
void ticks_start(void)
{
	struct sigaction action = {.sa_sigaction = on_tick, .sa_flags = SA_SIGINFO};
	struct itimerval every = {.it_interval = {.tv_usec = 100000}, .it_value = {.tv_usec = 100000}};
	sigset_t alarm;
	sigemptyset(&alarm);
	sigfillset(&action.sa_mask);
	sigaddset(&alarm, SIGALRM);
	passed = 0;
	sigaction(SIGALRM, &action, &before);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

void ticks_stop(void)
{
	static const struct itimerval never;
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
}

bool ticks_passed(void)
{
	bool result = passed != 0;
	passed = 0;
	return result;
}
