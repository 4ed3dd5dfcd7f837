/* build: -pthread */
/* A thread that is not the first executes the program anew: the others vanish, the process keeps its pid. With
 * "leaderless" the first thread is gone by then. SPDX-License-Identifier: MIT */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_t first;
static char **arguments;

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void *execute(void *leaderless)
{
	char pid[16];

	usleep(50000); /* the others wait by then, or are gone */
	if (leaderless)
		pthread_join(first, NULL);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	execl(arguments[0], arguments[0], "again", pid, (char *)NULL);
	err(1, "exec");
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc == 3 && strcmp(argv[1], "again") == 0) {
		printf("executed anew under the same pid: %d, as its first thread: %d\n", atoi(argv[2]) == getpid(),
		       getpid() == gettid());
		return 9;
	}
	first = pthread_self();
	arguments = argv;
	printf("before exec\n");
	fflush(stdout);
	for (int i = 0; i < 8; i++)
		pthread_create(&thread, NULL, idle, NULL);
	pthread_create(&thread, NULL, execute, argc > 1 ? "leaderless" : NULL);
	if (argc > 1)
		pthread_exit(NULL);
	idle(NULL);
}
