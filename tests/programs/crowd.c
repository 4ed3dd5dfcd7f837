/* Thirty threads wait for events, while a child sends the process a signal that does nothing, again and again. Says how many
 * waits ended with EINTR after so many seconds (2). SPDX-License-Identifier: MIT
 * build: -pthread */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 30 };

static atomic_int interrupted, done;
static int ends[2];

static void *wait_for_events(void *unused)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd = epoll_create1(0);

	epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
	while (!done)
		if (epoll_wait(fd, &event, 1, -1) < 0 && errno == EINTR)
			interrupted++;
	close(fd);
	return unused;
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 2;
	pthread_t threads[THREADS];
	pid_t self = getpid();

	if (pipe(ends) != 0)
		err(1, "pipe");
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, wait_for_events, NULL) != 0)
			errx(1, "no thread");
	pid_t child = fork();

	while (child == 0) {
		if (kill(self, SIGURG) != 0)
			_exit(1);
		usleep(100);
	}
	sleep((unsigned)seconds);
	done = 1;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	if (write(ends[1], "", 1) != 1)
		err(1, "write");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("EINTR: %d\n", interrupted);
	return 0;
}
