/* build: -pthread */
/* THREADS threads that take ITEMS items from one short queue, with a lock and two conditions: many calls of futex.
 * SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER, room = PTHREAD_COND_INITIALIZER;
static long queue[ROOM], first, count, taken, sum;

static void *take(void *unused)
{
	for (;;) {
		pthread_mutex_lock(&lock);
		while (count == 0)
			pthread_cond_wait(&some, &lock);
		long item = queue[first];

		first = (first + 1) % ROOM;
		count--;
		if (item != 0) {
			taken++;
			sum += item;
		}
		pthread_cond_signal(&room);
		pthread_mutex_unlock(&lock);
		if (item == 0)
			return unused;
	}
}

static void put(long item)
{
	pthread_mutex_lock(&lock);
	while (count == ROOM)
		pthread_cond_wait(&room, &lock);
	queue[(first + count++) % ROOM] = item;
	pthread_cond_signal(&some);
	pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 4, items = argc > 2 ? atoi(argv[2]) : 1000;
	pthread_t *all = calloc((size_t)threads, sizeof(*all));

	for (int i = 0; i < threads; i++)
		pthread_create(&all[i], NULL, take, NULL);
	for (long i = 1; i <= items; i++)
		put(i);
	for (int i = 0; i < threads; i++)
		put(0);
	for (int i = 0; i < threads; i++)
		pthread_join(all[i], NULL);
	printf("taken: %ld, sum right: %d\n", taken, sum == (long)items * (items + 1) / 2);
	return 0;
}
