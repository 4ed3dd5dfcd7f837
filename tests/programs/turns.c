/* An old thread makes 200 calls while 32 younger ones (or as many as the argument says) make calls without end. Ends with 1
 * where they made a thousand for each of its calls: a tracer that likes the younger ones better gives it that little.
 * build: -pthread */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CALLS = 200, MOST = 64 };
static atomic_int done, started, count = 32;
static atomic_long others, meanwhile;

static void *old(void *unused)
{
	while (started < count)
		usleep(1000);
	long before = others;
	for (int i = 0; i < CALLS; i++)
		getpgrp();
	meanwhile = others - before;
	done = 1;
	return unused;
}

static void *young(void *unused)
{
	started++;
	while (!done) {
		getppid();
		others++;
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t threads[MOST + 1];
	if (argc > 1)
		count = atoi(argv[1]);
	if (count < 1 || count > MOST)
		return 2;
	for (int i = 0; i <= count; i++)
		if (pthread_create(&threads[i], NULL, i == 0 ? old : young, NULL) != 0)
			return 2;
	for (int i = 0; i <= count; i++)
		pthread_join(threads[i], NULL);
	bool starved = meanwhile > 1000L * CALLS;
	printf("%s: the younger ones made %ld calls meanwhile\n", starved ? "starved" : "fine", (long)meanwhile);
	return starved;
}
