/* build: -pthread */
/* Threads make processes all the time, while the first one begins to serve (sched_yield). Prints how many of those that
 * were made since have fewer filters than the argument says. SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, CHILDREN = 40 };

static volatile int serving, wanted, started, made;

static int filters(void)
{
	char text[4096];
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *at = strstr(text, "Seccomp_filters:");

	return at != NULL ? atoi(at + 16) : -1;
}

static void *make(void *bad)
{
	__sync_fetch_and_add(&started, 1);
	for (int i = 0; i < CHILDREN; i++) {
		int since = serving, status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(since && filters() < wanted);
		__sync_fetch_and_add(&made, 1);
		if (waitpid(pid, &status, 0) == pid && status != 0)
			__sync_fetch_and_add((int *)bad, 1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	int bad = 0;

	wanted = argc > 1 ? atoi(argv[1]) : 0;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, make, &bad);
	while (started < THREADS || made < THREADS * CHILDREN / 4)
		;
	sched_yield();
	serving = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d\n", bad);
	return 0;
}
