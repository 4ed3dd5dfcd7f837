/* Ticks, ten times a second, which interrupt the wait for tracees. SPDX-License-Identifier: MIT */
#include "tracer/record/timer.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t passed;
static struct sigaction before;
static int ticking; /* the signal of the ticks */
static int timer;   /* the kernel's id of it; only with a real-time signal */

static void on_tick(int signal, siginfo_t *info, void *context)
{
	if (info->si_code > 0 || (info->si_code == SI_TIMER && info->si_value.sival_ptr == &passed))
		passed = 1;
	else if ((before.sa_flags & SA_SIGINFO) != 0) /* not the timer's, but a process sent it */
		before.sa_sigaction(signal, info, context);
}

/* Handles a signal as a tick. The program that started this one may have ignored or blocked it. */
static void take(int signal)
{
	struct sigaction action = {.sa_sigaction = on_tick, .sa_flags = SA_SIGINFO};
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, signal);
	sigfillset(&action.sa_mask);
	sigaction(signal, &action, &before);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	ticking = signal;
}

/* A process may send us SIGALRM, and that is lost where a tick's SIGALRM is pending: signals below SIGRTMIN are not queued
 * (signal(7)). So ticks are real-time signals. These calls are the kernel's: older C libraries have them in librt. */
void ticks_start(void)
{
	struct sigevent event;
	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = SIGRTMAX;
	event.sigev_value.sival_ptr = (void *)(uintptr_t)&passed;
	struct itimerspec every = {.it_interval = {.tv_nsec = 100000000}, .it_value = {.tv_nsec = 100000000}};
	passed = 0;
	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0) {
		take(SIGRTMAX);
		syscall(SYS_timer_settime, timer, 0, &every, NULL);
		return;
	}
	/* A sandbox may deny that, and the user may have no room for one more queued signal. */
	struct itimerval alarm = {.it_interval = {.tv_usec = 100000}, .it_value = {.tv_usec = 100000}};
	take(SIGALRM);
	setitimer(ITIMER_REAL, &alarm, NULL);
}

void ticks_stop(void)
{
	static const struct itimerval never;
	if (ticking == SIGALRM)
		setitimer(ITIMER_REAL, &never, NULL);
	else
		syscall(SYS_timer_delete, timer);
	sigaction(ticking, &before, NULL);
}

bool ticks_passed(void)
{
	bool result = passed != 0;
	passed = 0;
	return result;
}
