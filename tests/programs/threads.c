/* build: -pthread */
/* N threads alive at once, each makes ten getppid calls. Arguments: N. SPDX-License-Identifier: MIT */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_barrier_t all_here;

static void *work(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&all_here);
	for (int i = 0; i < 10; i++)
		syscall(SYS_getppid);
	pthread_barrier_wait(&all_here);
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 4;
	pthread_t *threads = calloc(n, sizeof(*threads));
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	pthread_barrier_init(&all_here, NULL, n);
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], &attributes, work, NULL) != 0)
			errx(1, "thread %d of %d does not start", i, n);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("%d threads\n", n);
	free(threads);
	return 0;
}
