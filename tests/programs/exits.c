/* build: -pthread */
/* Ends as it is told. Arguments: exit CODE, signal NUMBER, segv, abort, or thread CODE (exit_group by a thread that is
 * not the first). SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void *end(void *code)
{
	usleep(50000); /* the first thread waits by then */
	exit((int)(intptr_t)code);
}

int main(int argc, char **argv)
{
	struct rlimit none = {0};
	const char *how = argc > 1 ? argv[1] : "exit";
	int number = argc > 2 ? atoi(argv[2]) : 0;
	pthread_t thread;

	setrlimit(RLIMIT_CORE, &none);
	if (strcmp(how, "signal") == 0)
		kill(getpid(), number);
	else if (strcmp(how, "segv") == 0)
		*(volatile int *)(uintptr_t)8 = 0;
	else if (strcmp(how, "abort") == 0)
		abort();
	else if (strcmp(how, "thread") == 0 && pthread_create(&thread, NULL, end, (void *)(intptr_t)number) == 0)
		for (;;)
			pause();
	return number;
}
