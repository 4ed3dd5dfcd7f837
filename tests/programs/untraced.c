/* Children that ask not to be traced (CLONE_UNTRACED), made by clone or, with the argument clone3, by that: what their
 * calls answer, and whether parent and child find the flags as they left them. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
static unsigned long flags = CLONE_UNTRACED | SIGCHLD;

static long make(int by_clone3)
{
	if (by_clone3)
		return syscall(SYS_clone3, &args, sizeof(args));
#if defined(__x86_64__)
	long result = SYS_clone;
	register long r10 __asm__("r10") = 0, r8 __asm__("r8") = 0;

	/* The kernel keeps the arguments' registers, so flags come out as they went in. */
	__asm__ volatile("syscall" : "+a"(result), "+D"(flags) : "S"(0), "d"(0), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	if (result < 0)
		errno = (int)-result;
	return result < 0 ? -1 : result;
#else
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
#endif
}

static int kept(void)
{
	return flags == (CLONE_UNTRACED | SIGCHLD) && args.flags == CLONE_UNTRACED;
}

int main(int argc, char **argv)
{
	int status;
	long child = make(argc > 1 && strcmp(argv[1], "clone3") == 0);

	if (child < 0)
		err(1, "clone");
	if (child == 0) {
		int failed = syscall(SYS_getpriority, PRIO_USER, 0) < 0;

		_exit(failed ? errno : kept() ? 0 : 200);
	}
	if (waitpid((pid_t)child, &status, 0) < 0)
		err(1, "waitpid");
	printf("the child ended with %d, the flags %s\n", WEXITSTATUS(status), kept() ? "are kept" : "are changed");
	return 0;
}
