/* build: -pthread */
/* Calls that fail, succeed, do neither, or first one and then the other; each case has calls that no other case makes.
 * Argument: which cases. What it prints is the same every time. SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef F_GET_SEALS
#define F_GET_SEALS 1034
#endif

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result == -1 ? strerror(errno) : "fine");
}

/* Calls that end at once. fcntl's facts are told apart by their command. ---------------------------------- */

/* glibc makes other calls of some. */
static long control(int fd, int command)
{
	return syscall(SYS_fcntl, fd, command, 0);
}

static int pipes[2];

static void *all_fail(void *unused)
{
	for (int i = 0; i < 50; i++)
		control(-1, F_GETLEASE);
	return unused;
}

static void *one_succeeds(void *argument)
{
	for (int i = 0; i < 50; i++)
		control(argument != NULL && i == 25 ? pipes[0] : -1, F_GETPIPE_SZ);
	return NULL;
}

static void in_threads(void *(*start)(void *))
{
	pthread_t threads[4];

	for (long i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, start, i == 2 ? threads : NULL) != 0)
			errx(1, "pthread_create");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void fail_and_succeed(void)
{
	int null = open("/dev/null", O_RDONLY), datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (null < 0 || datagrams < 0 || pipe(pipes) != 0)
		err(1, "files");
	for (int i = 0; i < 3; i++)
		say("one error", control(-1, F_GETSIG));
	say("two errors", control(-1, F_GET_SEALS));
	say("two errors", control(null, F_GET_SEALS));
	say("fails, then succeeds", control(-1, F_GETOWN));
	say("fails, then succeeds", control(null, F_GETOWN));
	say("succeeds, then fails", control(null, F_GETFL));
	say("succeeds, then fails", control(-1, F_GETFL));
	say("a call with one error", syscall(SYS_accept, datagrams, NULL, NULL));
	say("a call with one error", syscall(SYS_accept, datagrams, NULL, NULL));
	in_threads(all_fail);
	in_threads(one_succeeds);
}

static void accept_nothing(void)
{
	say("accept(-1)", syscall(SYS_accept, -1, NULL, NULL));
}

/* execve fails, then succeeds; execveat too, and with another flag it fails only. */
static void execute(char **argv)
{
	char *const next[] = {argv[0], (char *)"executed", NULL}, *const none[] = {NULL};
	int self = open("/proc/self/exe", O_RDONLY);

	say("execve", execve("/nonexistent", next, none));
	say("execveat", syscall(SYS_execveat, AT_FDCWD, "/nonexistent", next, none, AT_SYMLINK_NOFOLLOW));
	say("execveat, empty path", syscall(SYS_execveat, -1, "", next, none, AT_EMPTY_PATH));
	fflush(stdout);
	syscall(SYS_execveat, self, "", next, none, AT_EMPTY_PATH);
	err(1, "execveat");
}

/* Calls that wait. ---------------------------------------------------------------------------------------- */

static int told[2];
static void on_signal(int number) { (void)!write(told[1], &number, 1); }

/* Until that process sleeps: it makes one call that does. */
static void wait_for_sleep(pid_t pid)
{
	char path[64], state = '?';

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 20000 && state != 'S' && state != 'Z'; i++) {
		FILE *file = fopen(path, "re");

		if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			errx(1, "%s", path);
		fclose(file);
		usleep(1000);
	}
	if (state != 'S')
		errx(1, "process %d does not sleep, it is %c", (int)pid, state);
}

/* A child in which SIGUSR1 has a handler. */
static pid_t child(void (*act)(int), int fd, int flags)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) != 0)
		return pid;
	sigaction(SIGUSR1, &action, NULL);
	act(fd);
	fflush(stdout);
	_exit(0);
}

static void interrupt(pid_t pid)
{
	char byte;

	wait_for_sleep(pid);
	kill(pid, SIGUSR1);
	if (read(told[0], &byte, 1) != 1)
		err(1, "no handler ran");
}

static void stop_and_continue(pid_t pid)
{
	int status;

	wait_for_sleep(pid);
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		errx(1, "not stopped: %#x", status);
	kill(pid, SIGCONT);
}

static void ends(pid_t pid, const char *what)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	printf("%s: %s\n", what, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "ended");
}

static void receive(int flags, int fd)
{
	char byte;

	say("receive", syscall(SYS_recvfrom, fd, &byte, 1, flags, NULL, NULL));
}
static void receive_peek(int fd) { receive(MSG_PEEK, fd); }
static void receive_all(int fd) { receive(MSG_WAITALL, fd); }
static void receive_trunc(int fd) { receive(MSG_TRUNC, fd); }
static void receive_errors(int fd)
{
	receive(MSG_PEEK | MSG_TRUNC, -1);
	receive(MSG_PEEK | MSG_TRUNC, fd);
}
static void receive_error_last(int fd)
{
	receive(MSG_PEEK | MSG_WAITALL, fd);
	receive(MSG_PEEK | MSG_WAITALL, -1);
}
static void wait_for_events(int fd)
{
	struct epoll_event event;

	(void)fd;
	say("epoll", syscall(SYS_epoll_pwait, epoll_create1(0), &event, 1, -1, NULL, 8));
}
static void suspend(int fd)
{
	sigset_t none;

	(void)fd;
	sigemptyset(&none);
	say("suspend", sigsuspend(&none));
}
static void accept_one(int fd) { say("accept", syscall(SYS_accept4, fd, NULL, NULL, SOCK_CLOEXEC)); }
static void accept_nonblocking(int fd) { say("accept", syscall(SYS_accept4, fd, NULL, NULL, SOCK_NONBLOCK)); }
/* Stopped and continued, poll is restarted through another call (ERESTART_RESTARTBLOCK). */
static void poll_one(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	say("poll", poll(&ready, 1, -1));
}
static void poll_error_first(int fd)
{
	struct pollfd *volatile nowhere = (struct pollfd *)8;

	say("poll", poll(nowhere, 1, -1));
	poll_one(fd);
}

static int listening(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 1) != 0)
		err(1, "%s", path);
	return fd;
}

static void wait_and_see(void)
{
	int pair[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || pipe(told) != 0)
		err(1, "socketpair");
	/* Killed in the call. */
	wait_for_sleep(pid = child(receive_peek, pair[0], 0));
	kill(pid, SIGKILL);
	ends(pid, "killed");
	/* The same, after another of the kind has failed. */
	wait_for_sleep(pid = child(receive_errors, pair[0], 0));
	kill(pid, SIGKILL);
	ends(pid, "fails, then killed");
	/* Interrupted for good: by the call itself, and by the kernel because there is a handler. */
	interrupt(pid = child(wait_for_events, -1, SA_RESTART));
	ends(pid, "epoll, interrupted");
	interrupt(pid = child(receive_all, pair[0], 0));
	ends(pid, "receive, interrupted");
	interrupt(pid = child(suspend, -1, SA_RESTART));
	ends(pid, "suspended");
	/* Interrupted and made again: it succeeds at last, or fails. */
	interrupt(pid = child(receive_trunc, pair[0], SA_RESTART));
	wait_for_sleep(pid);
	(void)!write(pair[1], "x", 1);
	ends(pid, "receive, restarted after a handler");
	fd = listening("results.socket");
	interrupt(pid = child(accept_one, fd, SA_RESTART));
	wait_for_sleep(pid);
	shutdown(fd, SHUT_RDWR);
	ends(pid, "accept, restarted after a handler");
	fd = listening("results.socket");
	stop_and_continue(pid = child(accept_nonblocking, fd, 0));
	wait_for_sleep(pid);
	shutdown(fd, SHUT_RDWR);
	ends(pid, "accept, stopped and continued");
	stop_and_continue(pid = child(poll_one, pair[0], 0));
	wait_for_sleep(pid);
	(void)!write(pair[1], "x", 1);
	ends(pid, "poll, stopped and continued");
	unlink("results.socket");
}

/* What looks like a call that only fails, and does something all the same. ------------------------------------ */

/* One fails, another is restarted through another call and succeeds there. */
static void fail_and_restart(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		err(1, "socketpair");
	pid_t pid = child(poll_error_first, pair[0], 0);

	stop_and_continue(pid);
	wait_for_sleep(pid);
	(void)!write(pair[1], "x", 1);
	ends(pid, "fails, then stopped and continued");
}

/* One waits until a handler ends it, another fails. */
static void interrupt_and_fail(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || pipe(told) != 0)
		err(1, "socketpair");
	pid_t pid = child(receive_error_last, pair[0], 0);

	interrupt(pid);
	ends(pid, "interrupted, then fails");
}

/* The one error says that the call goes on. */
static void connect_later(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd ready = {.fd = server, .events = POLLIN};

	if (bind(server, (struct sockaddr *)&address, length) != 0 || listen(server, 1) != 0 ||
	    getsockname(server, (struct sockaddr *)&address, &length) != 0)
		err(1, "listen");
	say("connect", connect(client, (struct sockaddr *)&address, length));
	puts(poll(&ready, 1, 2000) == 1 ? "connected" : "not connected");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "ends") == 0)
		fail_and_succeed();
	else if (strcmp(what, "accept") == 0)
		accept_nothing();
	else if (strcmp(what, "exec") == 0)
		execute(argv);
	else if (strcmp(what, "executed") == 0)
		puts("executed");
	else if (strcmp(what, "waits") == 0)
		wait_and_see();
	else if (strcmp(what, "restarted") == 0)
		fail_and_restart();
	else if (strcmp(what, "interrupted") == 0)
		interrupt_and_fail();
	else if (strcmp(what, "connect") == 0)
		connect_later();
	else
		errx(2, "no case %s", what);
	return 0;
}
