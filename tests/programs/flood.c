/* A timer sends a signal that does nothing, faster than anybody could look at it. The program goes on all the same.
 * SPDX-License-Identifier: MIT */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void start(timer_t *timer, int signal)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal};
	struct itimerspec often = {{0, 20000}, {0, 20000}};
	timer_create(CLOCK_MONOTONIC, &event, timer);
	timer_settime(*timer, 0, &often, NULL);
}

/* What the program does that could be held up, or show what was done to its signals. */
static void work(const char *what)
{
	sigset_t blocked;
	int ends[2], status, count = 0;
	char byte;

	for (int i = 0; i < 50; i++)
		sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int signal = 1; signal < 64; signal++)
		count += sigismember(&blocked, signal) == 1;
	printf("%s: %d blocked", what, count);
	struct timespec rest = {0, 20000000};
	printf(", slept %d", nanosleep(&rest, NULL));
	printf(", polled %d", poll(NULL, 0, 20));
	if (pipe(ends) != 0)
		exit(1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, NULL, &blocked);
		_exit(write(ends[1], "x", 1) == 1 && sigismember(&blocked, SIGURG) == 0 ? 7 : 8);
	}
	printf(", read %d", (int)read(ends[0], &byte, 1));
	waitpid(pid, &status, 0);
	printf(", the child ended with %d\n", WEXITSTATUS(status));
}

int main(void)
{
	timer_t timer;

	start(&timer, SIGURG); /* ignored by default */
	work("by default");
	timer_delete(timer);
	signal(SIGUSR1, SIG_IGN);
	start(&timer, SIGUSR1);
	work("ignored");
	for (volatile long i = 0; i < 30000000; i++)
		;
	timer_delete(timer);
	printf("done\n");
	return 0;
}
