/* build: -pthread */
/* Threads that wait for one signal, of which each comes to one of them: no call ends with an error that there is none for
 * in programs. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, SIGNALS = 400 };

static atomic_int received;

static void *wait_for_it(void *set)
{
	for (;;) {
		int signal = sigwaitinfo(set, NULL);

		if (signal == SIGTERM)
			return NULL;
		if (signal == SIGUSR1)
			received++;
		else if (signal >= 0 || errno != EINTR)
			printf("sigwaitinfo: %d, error %d (%s)\n", signal, errno, strerror(errno));
	}
}

int main(void)
{
	pthread_t threads[THREADS];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, wait_for_it, &set);
	for (int i = 0; i < SIGNALS; i++) {
		int before = received;

		kill(getpid(), SIGUSR1);
		while (received == before)
			usleep(100);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_kill(threads[i], SIGTERM);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d signals came\n", received);
	return 0;
}
