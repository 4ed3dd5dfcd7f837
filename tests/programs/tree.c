/* A binary tree of N processes, all alive at once, each makes one getppid call; every parent reaps its children and
 * counts them. Arguments: N. SPDX-License-Identifier: MIT */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int here[2], go[2]; /* a byte to `here` from each process; they end when `go` is closed */

/* Is process `i` of the heap numbering 1 … n; returns when all below it have ended. */
static void grow(int i, int n)
{
	int status, children = 0, below = 0;
	char byte;

	syscall(SYS_getppid);
	for (int child = 2 * i; child <= n && child <= 2 * i + 1; child++, children++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			close(go[1]);
			grow(child, n);
			_exit(0);
		}
	}
	if (i > 1) {
		if (write(here[1], ".", 1) != 1 || read(go[0], &byte, 1) != 0)
			_exit(1);
	} else {
		for (int k = 1; k < n; k++)
			if (read(here[0], &byte, 1) != 1)
				err(1, "read");
		close(go[1]);
	}
	while (wait(&status) > 0)
		below += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (below != children)
		errx(1, "process %d has %d children, %d ended well", i, children, below);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 10;

	if (pipe(here) != 0 || pipe(go) != 0)
		err(1, "pipe");
	grow(1, n);
	printf("%d processes\n", n);
	return 0;
}
