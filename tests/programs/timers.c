/* build: -pthread */
/* Timers of every kind: which expire, in which order, what they send, to which thread, and what is left of them.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile sig_atomic_t alarms, handled_by, thread_done;
static sigset_t ours;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

static void interval_timers(void)
{
	static const struct {
		const char *name;
		int which, signal;
	} kinds[] = {{"ITIMER_REAL", ITIMER_REAL, SIGALRM},
		     {"ITIMER_VIRTUAL", ITIMER_VIRTUAL, SIGVTALRM},
		     {"ITIMER_PROF", ITIMER_PROF, SIGPROF}};

	for (int i = 0; i < 3; i++) {
		struct itimerval once = {.it_value = {.tv_usec = 10000}},
				 again = {.it_interval = {.tv_usec = 5000}, .it_value = {.tv_usec = 5000}}, off = {0},
				 left;

		signal(kinds[i].signal, on_alarm);
		alarms = 0;
		setitimer(kinds[i].which, &once, NULL);
		while (alarms == 0)
			;
		getitimer(kinds[i].which, &left);
		printf("%s: once %d, nothing left %d\n", kinds[i].name, (int)alarms,
		       left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0);
		setitimer(kinds[i].which, &again, NULL);
		while (alarms < 6)
			;
		setitimer(kinds[i].which, &off, &left);
		printf("%s: again and again, every %ld us\n", kinds[i].name, (long)left.it_interval.tv_usec);
	}
	printf("alarm: before %u,", alarm(100));
	printf(" after %u\n", alarm(0));
}

/* Real-time signals are queued, so their order is that of expiry. */
static void ordered(void)
{
	static const int after[] = {600, 200, 400};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	struct timespec from;
	timer_t timers[3];
	siginfo_t info;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 3; i++) {
		long at = from.tv_nsec + after[i] * 1000000L;
		struct itimerspec t = {
		    .it_value = {.tv_sec = from.tv_sec + at / 1000000000, .tv_nsec = at % 1000000000}};

		event.sigev_value.sival_int = after[i];
		if (timer_create(CLOCK_MONOTONIC, &event, &timers[i]) != 0 || timer_settime(timers[i], TIMER_ABSTIME, &t, NULL) != 0)
			err(1, "timer");
	}
	for (int i = 0; i < 3; i++) {
		if (sigwaitinfo(&ours, &info) != SIGRTMIN)
			err(1, "sigwaitinfo");
		printf("the timer of %d ms, SI_TIMER %d, overrun %d\n", info.si_value.sival_int, info.si_code == SI_TIMER,
		       info.si_overrun);
	}
	for (int i = 0; i < 3; i++)
		timer_delete(timers[i]);
}

/* While its signal is blocked a timer sends it once, and counts what came besides. */
static void overrun(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	struct itimerspec t = {.it_interval = {.tv_nsec = 5000000}, .it_value = {.tv_nsec = 5000000}}, off = {0};
	struct timespec pause = {.tv_nsec = 40000000}, soon = {0};
	siginfo_t info;
	timer_t timer;

	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &t, NULL);
	nanosleep(&pause, NULL);
	int first = sigtimedwait(&ours, &info, &soon), counted = info.si_overrun >= 6;

	timer_settime(timer, 0, &off, NULL);
	while (sigtimedwait(&ours, &info, &soon) == SIGRTMIN)
		;
	printf("blocked: its signal %d, the others counted %d; then %s\n", first == SIGRTMIN, counted, strerror(errno));
	timer_delete(timer);
}

static void on_timer(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	(void)context;
	handled_by = (int)syscall(SYS_gettid);
}

static void *other(void *tid)
{
	sigset_t mine;

	sigemptyset(&mine);
	sigaddset(&mine, SIGRTMIN + 1);
	pthread_sigmask(SIG_UNBLOCK, &mine, NULL);
	*(pid_t *)tid = (pid_t)syscall(SYS_gettid);
	__atomic_store_n(&thread_done, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&thread_done, __ATOMIC_SEQ_CST) != 2)
		usleep(1000);
	return NULL;
}

/* SIGEV_THREAD_ID: the signal is for one thread. */
static void to_thread(void)
{
	struct sigaction action = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 1};
	struct itimerspec t = {.it_value = {.tv_nsec = 10000000}};
	pthread_t thread;
	timer_t timer;
	pid_t tid = 0;

	sigaction(SIGRTMIN + 1, &action, NULL);
	pthread_create(&thread, NULL, other, &tid);
	while (__atomic_load_n(&thread_done, __ATOMIC_SEQ_CST) == 0)
		usleep(1000);
	event.sigev_notify_thread_id = tid;
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &t, NULL) != 0)
		err(1, "timer");
	while (handled_by == 0)
		usleep(1000);
	printf("SIGEV_THREAD_ID: by that thread %d\n", handled_by == tid);
	__atomic_store_n(&thread_done, 2, __ATOMIC_SEQ_CST);
	pthread_join(thread, NULL);
	timer_delete(timer);
}

static void descriptors(void)
{
	struct itimerspec once = {.it_value = {.tv_nsec = 10000000}},
			  again = {.it_interval = {.tv_nsec = 5000000}, .it_value = {.tv_nsec = 5000000}}, left;
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	uint64_t times = 0;

	timerfd_settime(fd, 0, &once, NULL);
	int early = read(fd, &times, sizeof(times)) < 0 && errno == EAGAIN, ready = poll(&waiting, 1, -1);
	ssize_t n = read(fd, &times, sizeof(times));

	timerfd_gettime(fd, &left);
	printf("timerfd: too early %d, ready %d, read %zd: %llu; nothing left %d\n", early, ready, n,
	       (unsigned long long)times, left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
	timerfd_settime(fd, 0, &again, NULL);
	usleep(40000);
	n = read(fd, &times, sizeof(times));
	printf("timerfd, again and again: read %zd, several %d\n", n, times >= 7);
	close(fd);
}

int main(void)
{
	sigemptyset(&ours);
	sigaddset(&ours, SIGRTMIN);
	sigaddset(&ours, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	interval_timers();
	ordered();
	overrun();
	to_thread();
	descriptors();
	return 0;
}
