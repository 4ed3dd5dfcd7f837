/* Processes that are killed while they make others, so that at some time one dies between having a child and being told
 * so. The argument is how many. SPDX-License-Identifier: MIT */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_for_ever(void)
{
	for (;;) {
		if (fork() == 0)
			_exit(0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 100;
	char byte;

	for (int i = 0; i < n; i++) {
		int fd[2];

		if (pipe(fd) != 0)
			err(1, "pipe");
		pid_t maker = fork();

		if (maker == 0) {
			close(fd[0]);
			make_for_ever();
		}
		close(fd[1]);
		usleep((unsigned)rand() % 1500);
		kill(maker, SIGKILL);
		waitpid(maker, NULL, 0);
		/* The end of the file comes when the last of its children is gone. */
		while (read(fd[0], &byte, 1) > 0)
			;
		close(fd[0]);
	}
	puts("all are gone");
	return 0;
}
