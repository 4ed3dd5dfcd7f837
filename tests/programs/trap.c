/* A program that handles SIGSYS: what a filter with the answer `trap` says of a refused call.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t trapped;

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* asm-generic/siginfo.h; glibc 2.36 has no name for it */
#endif

static void on_trap(int number, siginfo_t *info, void *context)
{
	(void)context;
	trapped = number == SIGSYS && info->si_code == SYS_SECCOMP ? info->si_syscall : -1;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	char text[64];
	int n;

	(void)argv;
	sigaction(SIGSYS, &action, NULL);
	errno = 0;
	if (argc > 1 && syscall(SYS_getppid) < 0)
		n = snprintf(text, sizeof(text), "getppid: %s\n", strerror(errno));
	else
		n = snprintf(text, sizeof(text), "trapped: %s\n",
			     trapped == 0 ? "nothing" : trapped == SYS_getppid ? "getppid" : "another");
	return write(1, text, n) == n ? 0 : 1;
}
