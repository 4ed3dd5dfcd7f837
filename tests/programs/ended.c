/* What has ended is found by its parent and its process at once. SPDX-License-Identifier: MIT
 * A watcher's zombies would be in the way: a pidfd is readable and nothing can be waited for, a thread that was joined still
 * counts. The kernel itself takes a moment for a thread, so of those a few may be late. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 300 };

static void *nothing(void *argument)
{
	return argument;
}

static void join_one(void)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, nothing, NULL) == 0)
		pthread_join(thread, NULL);
}

/* A child with or without threads is waited for as soon as its pidfd tells that it has ended. */
static int child_is_late(void)
{
	static unsigned round;
	pid_t pid = fork();
	if (pid == 0) {
		if (round % 2 == 0)
			join_one();
		_exit(0);
	}
	round++;
	struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	siginfo_t info = {0};
	poll(&end, 1, -1);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG);
	if (info.si_pid == 0)
		waitpid(pid, NULL, 0);
	close(end.fd);
	return info.si_pid == 0;
}

static int in_child(int (*test)(void))
{
	pid_t pid = fork();
	int status = 0;
	if (pid == 0)
		_exit(test());
	waitpid(pid, &status, 0);
	return status != 0;
}

/* EINVAL: there is still another thread (unshare(2)). */
static int thread_shares(void)
{
	join_one();
	return unshare(CLONE_NEWUSER) != 0 && errno == EINVAL;
}

/* As a user who has no other process, with room for one thread more. */
static int thread_counts(void)
{
	enum { NOBODYS = 54321 };
	struct rlimit two = {2, 2};
	if (geteuid() != 0 || setresuid(NOBODYS, NOBODYS, NOBODYS) != 0 || setrlimit(RLIMIT_NPROC, &two) != 0)
		return 0;
	for (int i = 0; i < 10; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, nothing, NULL) != 0)
			return 1;
		pthread_join(thread, NULL);
	}
	return 0;
}

/* Returns "many" if it happens in more than a tenth of the rounds, each time that this is tried. On a busy machine it may
 * happen so for a while: later tries wait longer before they begin. */
static const char *how_often(int (*happens)(void), int rounds)
{
	enum { TRIES = 6 };
	for (int try = 0; try < TRIES; try++) {
		int times = 0;
		usleep((useconds_t)try * 200000);
		for (int i = 0; i < rounds; i++)
			times += in_child(happens);
		if (times <= rounds / 10)
			return "few or none";
	}
	return "many";
}

int main(void)
{
	int late = 0;
	for (int i = 0; i < ROUNDS; i++)
		late += child_is_late();
	printf("children that are late: %d\n", late);
	printf("threads that still share: %s\n", how_often(thread_shares, ROUNDS));
	printf("threads that still count: %s\n", how_often(thread_counts, ROUNDS / 10));
	return 0;
}
