/* Signals that do nothing come while a call transfers more than there is room for: all is transferred. A signal with a handler
 * cuts it short. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 1 << 20, PART = 50000 };

static char content[BYTES];

static void rest(void)
{
	nanosleep(&(struct timespec){0, 2000000}, NULL);
}

static unsigned sum(const char *bytes, size_t n)
{
	unsigned total = 0;

	for (size_t i = 0; i < n; i++)
		total = total * 31 + (unsigned char)bytes[i];
	return total;
}

/* Sends the parent that signal between any two parts that it moves. */
static void reader(int fd, int signal)
{
	static char got[BYTES];
	size_t all = 0;

	for (ssize_t n = 1; n > 0 && all < BYTES; all += (size_t)n) {
		kill(getppid(), signal);
		rest();
		n = read(fd, got + all, PART < BYTES - all ? PART : BYTES - all);
	}
	_exit(all == BYTES && sum(got, BYTES) == sum(content, BYTES) ? 0 : 1);
}

static void writer(int fd, int signal)
{
	for (size_t all = 0; all < BYTES; all += PART) {
		kill(getppid(), signal);
		rest();
		if (write(fd, content + all, PART < BYTES - all ? PART : BYTES - all) < 0)
			_exit(1);
	}
	_exit(0);
}

static void move(const char *how, int signal)
{
	static char got[BYTES];
	int ends[2], status;
	bool in = strncmp(how, "recv", 4) == 0, pipes = strcmp(how, "write") == 0;
	ssize_t n = -1;

	if (pipes ? pipe(ends) != 0 : socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		err(1, "pipe");
	pid_t pid = fork();

	if (pid == 0) {
		close(ends[1]);
		if (in)
			writer(ends[0], signal);
		reader(ends[0], signal);
	}
	close(ends[0]);
	if (strcmp(how, "sendfile") == 0) {
		FILE *f = tmpfile();

		if (f == NULL || fwrite(content, 1, BYTES, f) != BYTES || fflush(f) != 0)
			err(1, "tmpfile");
		n = sendfile(ends[1], fileno(f), &(off_t){0}, BYTES);
		fclose(f);
	} else if (in) { /* by number: for 32 bits the C library has socketcall(2) */
		n = syscall(SYS_recvfrom, ends[1], got, (size_t)BYTES, MSG_WAITALL, NULL, NULL);
	} else {
		n = pipes ? write(ends[1], content, BYTES) : syscall(SYS_sendto, ends[1], content, (size_t)BYTES, 0, NULL, 0);
	}
	int seen = errno;

	close(ends[1]);
	waitpid(pid, &status, 0);
	if (n == BYTES)
		printf("%s, signal %d: all; the other end %d, ours %d\n", how, signal, status, !in || sum(got, BYTES) == sum(content, BYTES));
	else
		printf("%s, signal %d: %s\n", how, signal, n < 0 ? strerror(seen) : n == 0 ? "nothing" : "a part");
}

static void nothing(int signal)
{
	(void)signal;
}

int main(void)
{
	static const char *const ways[] = {"write", "send", "recv", "sendfile"};

	for (int i = 0; i < BYTES; i++)
		content[i] = (char)(i * 7 + i / 251);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		move(ways[i], SIGURG);
		move(ways[i], SIGUSR1);
	}
	struct sigaction handled = {.sa_handler = nothing};

	sigaction(SIGUSR2, &handled, NULL);
	move("write", SIGUSR2);
	return 0;
}
