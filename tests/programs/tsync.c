/* build: -pthread */
/* A thread puts a filter on all threads (SECCOMP_FILTER_FLAG_TSYNC) while another runs, which then makes a call that this
 * filter answers, getpriority, and a third waits, which nothing is to interrupt. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int ready, go;
static int ends[2];

static void *spin(void *unused)
{
	ready++;
	while (!go)
		;
	long result = syscall(SYS_getpriority, PRIO_USER, 0);

	printf("the other thread's getpriority: %s\n", result < 0 ? strerror(errno) : "allowed");
	return unused;
}

static void *wait_for_events(void *unused)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd = epoll_create1(0);

	epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
	ready++;
	int n = epoll_wait(fd, &event, 1, -1);

	printf("the third thread's epoll_wait: %s\n", n < 0 ? strerror(errno) : "an event");
	return unused;
}

int main(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMSG),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(*code), .filter = code};
	pthread_t thread, third;

	if (pipe(ends) != 0)
		err(1, "pipe");
	pthread_create(&third, NULL, wait_for_events, NULL);
	pthread_create(&thread, NULL, spin, NULL);
	while (ready < 2)
		;
	usleep(20000); /* it waits */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		err(1, "seccomp");
	go = 1;
	pthread_join(thread, NULL);
	if (write(ends[1], "", 1) != 1)
		err(1, "write");
	pthread_join(third, NULL);
	return 0;
}
