/* Calls with a time limit of 300 ms, while signals that do nothing come again and again until they have ended: each ends as
 * by its limit. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 300 /* milliseconds */, MOST = 10 /* seconds: long past the limit, however slow the machine is */ };

static const struct timespec limit = {.tv_nsec = LIMIT * 1000000L};
static int ends[2], sockets[2];

static long by_epoll_wait(void)
{
	struct epoll_event event;

	return epoll_wait(epoll_create1(0), &event, 1, LIMIT);
}
static long by_epoll_pwait2(void)
{
	long long wide[2] = {0, LIMIT * 1000000};
	struct epoll_event event;

	return syscall(SYS_epoll_pwait2, epoll_create1(0), &event, 1, wide, NULL, 0);
}
static long by_semtimedop(void)
{
	struct sembuf take = {0, -1, 0};
	int id = semget(IPC_PRIVATE, 1, 0600);
	long result = semtimedop(id, &take, 1, &limit);
	int number = errno;

	semctl(id, 0, IPC_RMID);
	errno = number;
	return result;
}
static long by_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return sigtimedwait(&set, NULL, &limit);
}
static long by_io_getevents(void)
{
	char events[64];
	unsigned long context = 0;

	if (syscall(SYS_io_setup, 1, &context) != 0)
		return -1;
	return syscall(SYS_io_getevents, context, 1L, 1L, events, &limit);
}
/* Without io_uring this call fails at once, and so in any case. */
static long by_io_uring(void)
{
	char parameters[120] = {0}; /* struct io_uring_params */
	long fd = syscall(SYS_io_uring_setup, 1, parameters);
	long long wide[2] = {0, LIMIT * 1000000}, argument[3] = {0, 0, (long long)(unsigned long)wide};

	return syscall(SYS_io_uring_enter, fd, 0, 1, 9 /* IORING_ENTER_GETEVENTS, EXT_ARG */, argument, sizeof(argument));
}
static void set_limit(int fd, int option)
{
	struct timeval time = {.tv_usec = LIMIT * 1000};

	if (setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time)) != 0)
		err(1, "setsockopt");
}
static long by_recv(void)
{
	char byte;

	set_limit(sockets[0], SO_RCVTIMEO);
	return recv(sockets[0], &byte, 1, 0);
}
static long by_read(void)
{
	char byte;

	set_limit(sockets[0], SO_RCVTIMEO);
	return read(sockets[0], &byte, 1);
}
static long by_accept(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	sa_family_t unnamed = AF_UNIX;

	if (bind(fd, (struct sockaddr *)&unnamed, sizeof(unnamed)) != 0 || listen(fd, 1) != 0)
		err(1, "listen");
	set_limit(fd, SO_RCVTIMEO);
	return accept(fd, NULL, NULL);
}
static long by_connect(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), crowd = socket(AF_UNIX, SOCK_STREAM, 0);
	sa_family_t unnamed = AF_UNIX;
	struct sockaddr_un address;
	socklen_t length = sizeof(address);

	if (bind(crowd, (struct sockaddr *)&unnamed, sizeof(unnamed)) != 0 || listen(crowd, 0) != 0 ||
	    getsockname(crowd, (struct sockaddr *)&address, &length) != 0 ||
	    connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, length) != 0)
		err(1, "listen");
	set_limit(fd, SO_SNDTIMEO);
	return connect(fd, (struct sockaddr *)&address, length);
}
static long by_nanosleep(void)
{
	return nanosleep(&limit, NULL);
}
static long by_poll(void)
{
	return poll(NULL, 0, LIMIT);
}
static long by_select(void)
{
	struct timeval time = {.tv_usec = LIMIT * 1000};

	return select(0, NULL, NULL, NULL, &time);
}
static long by_futex(void)
{
	int word = 0;

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &limit, NULL, 0);
}

static const struct kind {
	const char *name;
	long (*call)(void);
} kinds[] = {
	{"epoll_wait", by_epoll_wait},
	{"epoll_pwait2", by_epoll_pwait2},
	{"semtimedop", by_semtimedop},
	{"sigtimedwait", by_sigtimedwait},
	{"io_getevents", by_io_getevents},
	{"io_uring_enter", by_io_uring},
	{"recv", by_recv},
	{"read", by_read},
	{"accept", by_accept},
	{"connect", by_connect},
	{"nanosleep", by_nanosleep},
	{"poll", by_poll},
	{"select", by_select},
	{"futex", by_futex},
};

/* Returns whether the child ended while signals came; the other descriptor is the end of a pipe that it holds open. */
static int annoy(pid_t child, int open_end)
{
	struct pollfd ended = {.fd = open_end, .events = POLLIN};
	struct timespec from, now;

	clock_gettime(CLOCK_MONOTONIC, &from);
	do {
		if (poll(&ended, 1, 40) > 0)
			return 1;
		kill(child, SIGWINCH);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - from.tv_sec < MOST);
	kill(child, SIGKILL);
	return 0;
}

int main(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
		err(1, "socketpair");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int status;

		if (pipe(ends) != 0)
			err(1, "pipe");
		pid_t child = fork();

		if (child == 0) {
			struct timespec from, now;

			clock_gettime(CLOCK_MONOTONIC, &from);
			long result = kinds[i].call();
			int number = errno;

			clock_gettime(CLOCK_MONOTONIC, &now);
			long passed = (now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000;

			printf("%-14s %ld %s, %s\n", kinds[i].name, result, result < 0 ? strerror(number) : "-",
			       passed < LIMIT - 1 ? "too early" : "in time");
			exit(0);
		}
		close(ends[1]);
		if (!annoy(child, ends[0]))
			printf("%-14s does not end\n", kinds[i].name);
		close(ends[0]);
		waitpid(child, &status, 0);
		fflush(stdout);
	}
	return 0;
}
