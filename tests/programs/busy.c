/* build: -pthread */
/* A tree of processes that is busy for some milliseconds: each makes threads, and children that end, that execute this
 * program again, that are stopped and killed. Whichever of them is killed, the others end in time. Argument: the
 * milliseconds. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH = 2 };

static long until; /* of the monotonic clock, in milliseconds */

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *work(void *unused)
{
	for (int i = 0; i < 20; i++)
		getpriority(i % 3, 0);
	usleep(500);
	return unused;
}

static void threads(void)
{
	pthread_t made[3];
	int n = 0;

	while (n < 3 && pthread_create(&made[n], NULL, work, NULL) == 0)
		n++;
	while (n > 0)
		pthread_join(made[--n], NULL);
}

/* A child that is stopped would stay so for ever where this process is killed. */
static void stopped_child(void)
{
	pid_t self = getpid(), pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == self)
			raise(SIGSTOP);
		_exit(0);
	}
	if (pid < 0)
		return;
	waitpid(pid, NULL, WUNTRACED);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void executing_child(char *self)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(self, self, (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void be_busy(char *self, int depth)
{
	for (int i = 0; depth < DEPTH && i < 2; i++)
		if (fork() == 0) {
			be_busy(self, depth + 1);
			_exit(0);
		}
	while (now() < until) {
		threads();
		executing_child(self);
		if (depth == 0)
			stopped_child();
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 0;
	until = now() + atol(argv[1]);
	be_busy(argv[0], 0);
	return 0;
}
