/* build: -static -pthread */
/* A small family: a process with a thread that ends by itself, a child of fork, one of vfork that executes this program
 * again and fails at a call. Ends with 7. SPDX-License-Identifier: MIT */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void *work(void *unused)
{
	getpriority(PRIO_USER, 0);
	return unused;
}

static void end_of(pid_t pid, int expected)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != expected)
		errx(1, "a child ended with another status than %d", expected);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1)
		return umount2("/nonexistent", MNT_FORCE) == 0 ? 0 : 3;
	if (pthread_create(&thread, NULL, work, NULL) != 0 || pthread_join(thread, NULL) != 0)
		err(1, "thread");
	pid_t pid = fork();

	if (pid == 0)
		_exit(getpriority(PRIO_PGRP, 0) < -20);
	end_of(pid, 0);
	pid = vfork();
	if (pid == 0) {
		execl(argv[0], argv[0], "child", (char *)NULL);
		_exit(4);
	}
	end_of(pid, 3);
	return 7;
}
