/* A program with a filter of its own, which answers getppid with EPERM and traps getuid: both work as the program
 * wants, and what it does afterwards is no secret to who follows it. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_trap(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	char text[] = "trapped another call\n";

	if (info->si_syscall == SYS_getuid)
		memcpy(text, "trapped getuid      ", 20);
	if (write(1, text, sizeof(text) - 1) < 0)
		_exit(1);
}

int main(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getuid, 2, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(*code), .filter = code};
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	int status;

	setvbuf(stdout, NULL, _IONBF, 0);
	sigaction(SIGSYS, &action, NULL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		err(1, "seccomp");
	printf("getppid: %s\n", syscall(SYS_getppid) < 0 ? strerror(errno) : "allowed");
	syscall(SYS_getuid);
	getpriority(PRIO_PROCESS, 0);
	pid_t child = fork();

	if (child == 0) {
		printf("child's getppid: %s\n", syscall(SYS_getppid) < 0 ? strerror(errno) : "allowed");
		getpriority(PRIO_PGRP, 0);
		_exit(6);
	}
	waitpid(child, &status, 0);
	printf("child ended with %d\n", WEXITSTATUS(status));
	return 0;
}
