/* Wants its recorder to keep more than it can. Arguments: names COUNT PROGRAM: executes that program under so many names, with bytes in
 * them that terminals, JSON and file systems take for something else. calls THREADS COUNT: each thread makes so many calls that no other made.
 * With a file's name after that: then makes the file, and waits until it is gone. build: -static -pthread
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void names(int count, const char *program)
{
	static const char *const odd[] = {"\033[2J", "\n", "\"", "\\u0000", "\xff\xfe", "%s%n", " (deleted)", "..", "\r", "‮"};
	for (int i = 0; i < count; i++) {
		char name[64];
		snprintf(name, sizeof(name), "x%s%d", odd[i % 10], i);
		if (link(program, name) != 0)
			err(2, "%s", program);
		pid_t pid = vfork();
		if (pid == 0) {
			execl(name, name, (char *)NULL);
			_exit(127);
		}
		int status;
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
			errx(3, "%s ended with %x", program, status);
		unlink(name);
	}
}

static int calls_each;

static void *calls(void *argument)
{
	long which = (long)argument;
	for (int i = 0; i < calls_each; i++) {
		long n = which * calls_each + i;
		syscall(SYS_ioctl, -1, n * 7919, 0);
		syscall(SYS_fcntl, -1, n * 31, n);
		syscall(SYS_prctl, 1000 + n, n, n, n, n);
		syscall(SYS_socket, n, n * 3, n * 5);
		syscall(600 + n, n); /* no system call */
	}
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		errx(2, "arguments: names COUNT PROGRAM [MARK] | calls THREADS COUNT [MARK]");
	if (strcmp(argv[1], "names") == 0)
		names(atoi(argv[2]), argv[3]);
	int threads = strcmp(argv[1], "calls") == 0 ? atoi(argv[2]) : 0;
	pthread_t all[256];
	calls_each = atoi(argv[3]);
	for (int i = 0; i < threads && i < 256; i++)
		if (pthread_create(&all[i], NULL, calls, (void *)(long)i) != 0)
			errx(2, "no thread");
	for (int i = 0; i < threads && i < 256; i++)
		pthread_join(all[i], NULL);
	const char *mark = argv[4];
	int fd = mark != NULL ? open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) : -1;
	while (fd >= 0 && access(mark, F_OK) == 0)
		usleep(20000);
	return 0;
}
