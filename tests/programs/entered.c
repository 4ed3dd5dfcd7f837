/* What a program finds that was given a filter while it ran: its id (that is the first argument), no child, no signal
 * on its way, no tracer, and the same filters for all threads; its descriptors and environment. With a second argument
 * it makes a call that nobody saw, and says so. SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void print_threads(void)
{
	struct dirent *d;
	DIR *folder = opendir("/proc/self/task");

	while (folder != NULL && (d = readdir(folder)) != NULL) {
		char path[300], line[400];

		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/status", d->d_name);
		FILE *file = fopen(path, "r");

		while (file != NULL && fgets(line, sizeof(line), file) != NULL)
			if (strncmp(line, "TracerPid", 9) == 0 || strncmp(line, "Seccomp_filters", 15) == 0)
				printf("thread: %s", line);
		if (file != NULL)
			fclose(file);
	}
	closedir(folder);
}

static void print_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *d;

	while (folder != NULL && (d = readdir(folder)) != NULL) {
		char target[4096];
		ssize_t n = readlinkat(dirfd(folder), d->d_name, target, sizeof(target) - 1);

		if (n > 0 && atoi(d->d_name) != dirfd(folder))
			printf("descriptor %s: %.*s\n", d->d_name, (int)n, target);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	sigset_t pending;
	pid_t child = wait(NULL);

	if (child >= 0 || errno != ECHILD)
		printf("a child: %d\n", (int)child);
	sigpending(&pending);
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&pending, i) == 1)
			printf("pending: %d\n", i);
	printf("my id: %d\n", argc > 1 && (argv[1][0] == '-' || atoi(argv[1]) == getpid()));
	print_threads();
	print_descriptors();
	for (char **e = environ; *e != NULL; e++)
		if (strncmp(*e, "_=", 2) != 0)
			printf("environment: %s\n", *e);
	fflush(stdout);
	if (argc > 2) {
		unsigned char resident;
		char *page = (char *)((uintptr_t)environ & ~(uintptr_t)4095);

		if (mincore(page, 1, &resident) == 0) /* a call of no capability class */
			puts("nobody saw this");
	}
	return 5;
}
