/* build: -pthread */
/* Threads that are in calls which do not end: pause, read, poll, futex and a sleep. Then calls getppid, at which a phase of
 * the program may begin, goes on for a while, and ends with 23. SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static pthread_mutex_t taken = PTHREAD_MUTEX_INITIALIZER;

static void *paused(void *none)
{
	pause();
	return none;
}

static void *reads(void *none)
{
	char byte;
	return read(ends[0], &byte, 1) == 1 ? ends : none;
}

static void *polls(void *none)
{
	struct pollfd end = {.fd = ends[0], .events = POLLIN};
	poll(&end, 1, -1);
	return none;
}

static void *locks(void *none)
{
	pthread_mutex_lock(&taken);
	return none;
}

static void *sleeps(void *none)
{
	sleep(1000);
	return none;
}

/* How many threads wait in a call. */
static unsigned waiting(void)
{
	unsigned n = 0;
	DIR *tasks = opendir("/proc/self/task");
	for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
		char path[300], line[300] = "";
		snprintf(path, sizeof(path), "/proc/self/task/%s/stat", task->d_name);
		FILE *f = fopen(path, "r");
		if (f == NULL)
			continue;
		const char *name_ends = fgets(line, sizeof(line), f) != NULL ? strrchr(line, ')') : NULL;
		n += name_ends != NULL && name_ends[2] == 'S';
		fclose(f);
	}
	if (tasks != NULL)
		closedir(tasks);
	return n;
}

int main(void)
{
	void *(*const kinds[])(void *) = {paused, reads, polls, locks, sleeps};
	enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
	pthread_t thread;

	if (pipe(ends) != 0 || pthread_mutex_lock(&taken) != 0)
		return 1;
	for (unsigned i = 0; i < KINDS; i++)
		if (pthread_create(&thread, NULL, kinds[i], NULL) != 0)
			return 1;
	for (unsigned i = 0; i < 5000 && waiting() < KINDS; i++)
		usleep(10000);
	usleep(50000);
	getppid();
	usleep(100000);
	printf("%u threads wait\n", waiting());
	return 23;
}
