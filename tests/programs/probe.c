/* Ends with 0 where a process may trace its child and filter itself; otherwise says what is not permitted.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int refused(const char *what)
{
	printf("%s is not permitted here: %s\n", what, strerror(errno));
	return 1;
}

int main(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {.len = 1, .filter = &allow};
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	if (child < 0)
		return refused("fork");
	long seized = ptrace(PTRACE_SEIZE, child, 0L, PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP);
	int why = errno;

	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	errno = why;
	if (seized != 0)
		return refused("ptrace");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refused("no_new_privs");
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		return refused("seccomp");
	return 0;
}
