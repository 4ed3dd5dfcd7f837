/* What a parent is told of its children's ends: one SIGCHLD each with pid, status and reason, and wait's answers.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	sigset_t set;
	siginfo_t info;
	int status;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 6; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (i % 2)
				raise(i == 1 ? SIGTERM : i == 3 ? SIGKILL : SIGUSR2);
			_exit(i);
		}
		if (sigwaitinfo(&set, &info) != SIGCHLD)
			err(1, "sigwaitinfo");
		printf("SIGCHLD: of that child %d, %s, status %d\n", info.si_pid == pid,
		       info.si_code == CLD_EXITED ? "exited" : "killed", info.si_status);
		if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT) != 0 || waitpid(pid, &status, 0) != pid)
			err(1, "wait");
		printf("wait: %#x\n", status);
	}
	if (wait(&status) != -1 || errno != ECHILD)
		errx(1, "more children than were started");

	/* Nothing to wait for where SIGCHLD is ignored. */
	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0)
		_exit(0);
	printf("ignored: wait says %d, %s\n", wait(&status), strerror(errno));
	return 0;
}
