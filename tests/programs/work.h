/* A small workload for binaries of every kind: files, memory, a child and a pipe, signals, time; its output is the
 * same every time. Included by one program a kind of binary. SPDX-License-Identifier: MIT */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

static void write_and_read(void)
{
	char line[64];
	FILE *file = fopen("work.tmp", "w+");

	if (!file)
		err(1, "work.tmp");
	for (int i = 0; i < 1000; i++)
		fprintf(file, "line %d\n", i);
	rewind(file);
	for (int i = 0; i < 500; i++)
		if (!fgets(line, sizeof(line), file))
			err(1, "fgets");
	printf("line 500 is %s", line);
	fclose(file);

	struct stat status;

	if (stat("work.tmp", &status) != 0)
		err(1, "stat");
	printf("%lld bytes\n", (long long)status.st_size);
	unlink("work.tmp");
}

static void use_memory(void)
{
	size_t size = 1 << 20;
	unsigned char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned sum = 0;

	if (p == MAP_FAILED)
		err(1, "mmap");
	memset(p, 3, size);
	if (mprotect(p, size, PROT_READ) != 0)
		err(1, "mprotect");
	for (size_t i = 0; i < size; i++)
		sum += p[i];
	munmap(p, size);

	char *large = malloc(1 << 22);

	if (!large)
		err(1, "malloc");
	memset(large, 1, 1 << 22);
	free(large);
	printf("sum %u\n", sum);
}

static void talk_to_child(void)
{
	int fd[2], status;
	char buffer[32] = "";

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
		err(1, "socketpair");
	fflush(stdout);
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		if (read(fd[1], buffer, sizeof(buffer)) != 5 || write(fd[1], "world", 5) != 5)
			_exit(1);
		_exit(42);
	}
	if (write(fd[0], "hello", 5) != 5 || read(fd[0], buffer, sizeof(buffer) - 1) != 5)
		err(1, "socketpair");
	waitpid(child, &status, 0);
	printf("child said %s and ended with %d\n", buffer, WEXITSTATUS(status));
}

static void use_signals_and_time(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct timespec pause = {.tv_nsec = 1000000}, now;

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	printf("signal %d\n", (int)caught);
	nanosleep(&pause, NULL);
	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0 || time(NULL) < 1)
		err(1, "clock_gettime");
	printf("%d-bit pointers\n", (int)sizeof(void *) * 8);
}

int main(void)
{
	write_and_read();
	use_memory();
	talk_to_child();
	use_signals_and_time();
	return 3;
}
