/* build: -pthread */
/* A thread makes processes all the time, while the first one begins to serve (sched_yield). Each of them serves, too, and then
 * makes a call that only the start may make (mincore): "late" is told by who could. With "own" that thread has a filter
 * that others have not; with "deaf" the first one has, too, and it denies exit_group; with
 * "brittle" also, and it crashes after it has begun to serve. With "deadly" there is a thread that dies
 * of its own filter as soon as it is to have another, and then the first one serves. SPDX-License-Identifier: MIT */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 200 };

static volatile int made;
static int own;

static void filter_without(unsigned nr, unsigned answer)
{
	struct sock_filter code[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
				     {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, nr},
				     {BPF_RET | BPF_K, 0, 0, answer},
				     {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void late(void)
{
	mincore(NULL, 0, NULL);
	if (write(1, "late\n", 5) < 0)
		_exit(9);
}

static void *make(void *none)
{
	if (own)
		filter_without(0x7fff, SECCOMP_RET_ERRNO | 1);
	for (int i = 0; i < CHILDREN; i++) {
		made = i + 1;
		if (fork() == 0) {
			usleep(10000);
			sched_yield();
			late();
			_exit(0);
		}
	}
	return none;
}

static void *die(void *none)
{
	made = (int)syscall(SYS_gettid);
	filter_without(SYS_seccomp, SECCOMP_RET_KILL_THREAD);
	sched_yield();
	return none;
}

static int deadly(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, die, NULL);
	while (made == 0 || syscall(SYS_tgkill, getpid(), made, 0) == 0)
		usleep(1000);
	sched_yield();
	late();
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	own = argc > 1;
	mincore(NULL, 0, NULL);
	if (argc > 1 && strcmp(argv[1], "deadly") == 0)
		return deadly();
	bool brittle = argc > 1 && strcmp(argv[1], "brittle") == 0;
	if (brittle || (argc > 1 && strcmp(argv[1], "deaf") == 0))
		filter_without(SYS_exit_group, SECCOMP_RET_ERRNO | 1);
	pthread_create(&thread, NULL, make, NULL);
	while (made < CHILDREN / 20)
		;
	sched_yield();
	if (brittle)
		*(volatile int *)NULL = 1;
	if (own)
		late();
	pthread_join(thread, NULL);
	while (wait(NULL) > 0)
		;
	return 0;
}
