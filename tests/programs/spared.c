/* A filter of its own denies restart_syscall(2), which the kernel makes where a sleep goes on after an interruption that was
 * none: the program lives, as signals that do nothing are dropped. Under that filter, and while another thread installs it.
 * SPDX-License-Identifier: MIT
 * build: -pthread */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec part = {.tv_nsec = 200000000};

static long by_nanosleep(void)
{
	return nanosleep(&part, NULL);
}
static long by_clock(void)
{
	return clock_nanosleep(CLOCK_MONOTONIC, 0, &part, NULL);
}
static long by_poll(void)
{
	return poll(NULL, 0, 200);
}
static long by_futex(void)
{
	int word = 0;

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &part, NULL, 0) == -1 && errno == ETIMEDOUT ? 0 : -1;
}

static const struct {
	const char *name;
	long (*call)(void);
} kinds[] = {{"nanosleep", by_nanosleep}, {"clock_nanosleep", by_clock}, {"poll", by_poll}, {"futex", by_futex}};

static void deny_restart(unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) != 0)
		err(1, "seccomp");
}

static void *sleep_once(void *kind)
{
	return (void *)kinds[*(int *)kind].call();
}

/* The filter comes for all threads, while another one sleeps. */
static int sleeps_meanwhile(int kind)
{
	pthread_t thread;
	void *result;

	pthread_create(&thread, NULL, sleep_once, &kind);
	usleep(50000);
	deny_restart(SECCOMP_FILTER_FLAG_TSYNC);
	pthread_join(thread, &result);
	return result != NULL;
}

static int sleeps_under_it(int kind)
{
	deny_restart(0);
	return kinds[kind].call() != 0;
}

int main(void)
{
	for (int kind = 0; kind < 4; kind++)
		for (int meanwhile = 0; meanwhile < 2; meanwhile++) {
			int status = -1;
			pid_t child = fork();

			if (child == 0)
				_exit(meanwhile ? sleeps_meanwhile(kind) : sleeps_under_it(kind));
			for (int i = 0; i < 12 && waitpid(child, &status, WNOHANG) == 0; i++) {
				kill(child, SIGWINCH);
				usleep(30000);
			}
			if (status == -1)
				waitpid(child, &status, 0);
			printf("%s, %s: status %#x\n", kinds[kind].name, meanwhile ? "filtered meanwhile" : "under the filter", status);
			fflush(stdout);
		}
	return 0;
}
