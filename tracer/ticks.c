/* A clock for the loop, which waits for tracees and nothing else. SPDX-License-Identifier: MIT */
#include "ticks.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t passed;
static struct sigaction before;

static void on_tick(int signal)
{
	(void)signal;
	passed = 1;
}

/* SIGALRM may have been ignored or blocked by whoever started this program. */
void ticks_start(void)
{
	struct sigaction action = {.sa_handler = on_tick};
	struct itimerval every = {.it_interval = {.tv_usec = 100000}, .it_value = {.tv_usec = 100000}};
	sigset_t alarm;
	sigemptyset(&alarm);
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
