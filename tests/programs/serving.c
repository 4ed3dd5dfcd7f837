/* build: -pthread */
/* A server in small: what it does once when it starts (mincore, which is of no capability class), then, from its first sched_yield on, the same work
 * (getpgid, getsid) again and again. The argument says what is special; "late" makes the start's call while serving.
 * SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int stage;

static void start(void)
{
	unsigned char resident;

	mincore(NULL, 0, &resident);
}

static void serve(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		sched_yield();
		getpgid(0);
		getsid(0);
	}
}

/* A thread that is there before the phase begins. Waiting is work of the processor alone. */
static void *beside(void *late)
{
	stage = 1;
	while (stage != 2)
		;
	getpgid(0);
	if (late != NULL)
		start();
	return NULL;
}

static void say(const char *what)
{
	if (write(1, what, strlen(what)) < 0)
		_exit(9);
}

static void child(int late)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		serve(10);
		if (late)
			start();
		_exit(7);
	}
	waitpid(pid, &status, 0);
	say(WIFEXITED(status) && WEXITSTATUS(status) == 7 ? "the child has ended\n" : "the child was killed\n");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int late = argc > 2 && strcmp(argv[2], "late") == 0;
	pthread_t thread;

	if (strcmp(how, "again") == 0) { /* executed while serving */
		serve(1);
		say("again\n");
		return 0;
	}
	start();
	if (strcmp(how, "many") == 0)
		for (int i = 0; i < 5000; i++)
			getpgid(0);
	if (strcmp(how, "child") == 0)
		child(late);
	if (strcmp(how, "thread") == 0) {
		pthread_create(&thread, NULL, beside, late ? argv : NULL);
		while (stage != 1)
			;
	}
	serve(strcmp(how, "many") == 0 ? 5000 : 10);
	if (strcmp(how, "thread") == 0) {
		stage = 2;
		pthread_join(thread, NULL);
	} else if (late && strcmp(how, "child") != 0) {
		start();
	}
	if (strcmp(how, "exec") == 0)
		execl("/proc/self/exe", argv[0], "again", (char *)NULL);
	if (strcmp(how, "unseen") == 0)
		syscall(SYS_get_robust_list, 0, NULL, NULL);
	say("served\n");
	return 0;
}
