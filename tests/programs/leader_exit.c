/* build: -pthread */
/* The first thread ends before the others; the process goes on and ends with the last one's status.
 * SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_t first;

static void *go_on(void *unused)
{
	usleep(50000); /* it is gone by then */
	pthread_join(first, NULL);
	printf("the first thread is gone\n");
	if (access("/", R_OK) == 0)
		exit(7);
	return unused;
}

int main(void)
{
	pthread_t thread;

	first = pthread_self();
	pthread_create(&thread, NULL, go_on, NULL);
	pthread_exit(NULL);
}
