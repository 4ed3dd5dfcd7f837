/* Children of every kind: vfork (that ends, that executes, that fails to), fork, clone as a thread's child would be, and
 * CLONE_PARENT, whose child is its maker's sibling. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int shared;

static int ended(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void vforks(char *self)
{
	pid_t pid = vfork();

	if (pid == 0) {
		shared = 1;
		_exit(11);
	}
	printf("vfork: shared memory %d, status %d\n", shared, ended(pid));
	pid = vfork();
	if (pid == 0) {
		execl(self, self, "child", (char *)NULL);
		_exit(12);
	}
	printf("vfork and exec: status %d\n", ended(pid));
	pid = vfork();
	if (pid == 0) {
		execl("/nonexistent/program", "program", (char *)NULL);
		_exit(errno == ENOENT ? 13 : 14);
	}
	printf("vfork and a failing exec: status %d\n", ended(pid));
	pid = vfork();
	if (pid == 0) {
		kill(getpid(), SIGKILL);
		_exit(0);
	}
	printf("vfork and death: status %d\n", ended(pid));
}

static void spawns(char *self)
{
	pid_t pid;
	char *argv[] = {self, "child", NULL}, *empty[] = {NULL};

	if (posix_spawn(&pid, self, NULL, NULL, argv, empty) != 0)
		err(1, "posix_spawn");
	printf("posix_spawn: status %d\n", ended(pid));
	printf("posix_spawn of nothing: %s\n",
	       strerror(posix_spawn(&pid, "/nonexistent/program", NULL, NULL, argv, empty)));
}

static int child_of_clone(void *result)
{
	shared = 2;
	return *(int *)result;
}

static void clones(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int result = 21;
	pid_t pid = clone(child_of_clone, stack + sizeof(stack), CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, &result);
	int status = ended(pid);

	printf("clone, shared memory: status %d, %d\n", status, shared);
	pid = clone(child_of_clone, stack + sizeof(stack), 0, &result); /* no signal at its end */
	printf("clone without a signal: status %d\n", ended(pid));
}

static void clone_parent(void)
{
	int message[2];
	pid_t sibling = 0;

	if (pipe(message) != 0)
		err(1, "pipe");
	pid_t maker = fork();

	if (maker == 0) {
		pid_t pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

		if (pid == 0)
			_exit(31);
		if (write(message[1], &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
		_exit(waitpid(pid, NULL, 0) == -1 && errno == ECHILD ? 32 : 33);
	}
	if (read(message[0], &sibling, sizeof(sibling)) != sizeof(sibling))
		err(1, "read");
	printf("the maker's status %d\n", ended(maker));
	printf("its sibling's status %d\n", ended(sibling));
}

static void grandchildren(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int sum = 0;

		for (int i = 1; i <= 5; i++) {
			pid_t grandchild = fork();

			if (grandchild == 0)
				_exit(i);
			sum += ended(grandchild);
		}
		_exit(sum);
	}
	printf("grandchildren: %d\n", ended(pid));
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "child") == 0)
		return 12;
	setvbuf(stdout, NULL, _IONBF, 0);
	vforks(argv[0]);
	spawns(argv[0]);
	clones();
	clone_parent();
	grandchildren();
	return 0;
}
