/* Starts a process with the calls that posix_spawn of glibc 2.38 and later makes (sysdeps/unix/sysv/linux/spawni.c): clone3
 * with CLONE_CLEAR_SIGHAND; where that fails with ENOSYS or EINVAL, clone, and the child resets every signal. Prints what
 * became of the parent's handler in the child, and its end. SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

enum { SIGNALS = 64, RESERVED = 32 }; /* glibc keeps 32 and 33, which are ignored in the child */

/* The kernel's, not libc's: the handler comes first, which is all that matters here. */
struct action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static void handle(int signal)
{
	(void)signal;
}

static void reset_signals(void)
{
	for (int signal = 1; signal <= SIGNALS; signal++) {
		struct action a = {0};
		if (signal == RESERVED || signal == RESERVED + 1) {
			a.handler = (void *)SIG_IGN;
		} else {
			syscall(SYS_rt_sigaction, signal, NULL, &a, sizeof(a.mask));
			if (a.handler == (void *)SIG_IGN || a.handler == (void *)SIG_DFL)
				continue;
			a = (struct action){.handler = (void *)SIG_DFL};
		}
		syscall(SYS_rt_sigaction, signal, &a, NULL, sizeof(a.mask));
	}
}

/* With a memory of its own (no CLONE_VM), so that it needs no stack. */
static pid_t spawn(char *const argv[])
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
	} args = {.flags = CLONE_CLEAR_SIGHAND | CLONE_VFORK, .exit_signal = SIGCHLD};
	int by_clone = 0;
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0 && (errno == ENOSYS || errno == EINVAL)) {
		by_clone = 1;
		pid = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
	}
	if (pid == 0) {
		if (by_clone)
			reset_signals();
		execv("/proc/self/exe", argv);
		_exit(127);
	}
	return pid;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = handle};
	int status;
	(void)argv;

	if (argc > 1) {
		sigaction(SIGUSR1, NULL, &action);
		printf("child: SIGUSR1 is %s\n", action.sa_handler == SIG_DFL ? "reset" : "handled");
		return 7;
	}
	sigaction(SIGUSR1, &action, NULL);
	pid_t pid = spawn((char *[]){(char *)"spawns", (char *)"child", NULL});
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("spawn");
		return 1;
	}
	printf("parent: status %#x\n", (unsigned)status);
	return 0;
}
