/* A child in a user namespace and one of host names by clone3(2) of its own; where the kernel knows no such call, by clone(2).
 * Says how it went. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct clone_args args = {.flags = CLONE_NEWUSER | CLONE_NEWUTS, .exit_signal = SIGCHLD};
	int status;
	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child < 0 && errno == ENOSYS)
		child = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWUTS | SIGCHLD, NULL, NULL, NULL, 0L);
	if (child < 0)
		err(1, "clone");
	if (child == 0)
		_exit(sethostname("x", 1) == 0 ? 0 : 1);
	if (waitpid((pid_t)child, &status, 0) != child)
		err(1, "waitpid");
	printf("status %#x\n", status);
	return 0;
}
