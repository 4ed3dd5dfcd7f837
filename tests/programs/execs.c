/* Runs a program N times, one after the other, by vfork and execve. Arguments: N PROGRAM. SPDX-License-Identifier: MIT */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **argv)
{
	int status;
	pid_t pid = vfork();

	if (pid < 0)
		err(1, "vfork");
	if (pid == 0) {
		execve(argv[0], argv, (char *[]){NULL});
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "%s: status %#x", argv[0], status);
}

int main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[1]) : 0;

	for (int i = 0; i < n; i++)
		run(argv + 2);
	if (waitpid(-1, NULL, 0) != -1)
		errx(1, "a child that was never started");
	printf("%d runs\n", n);
	return 0;
}
