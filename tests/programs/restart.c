/* A sleep that is stopped and continued goes on for the time that is left: the kernel restarts it through
 * restart_syscall, which the program never called. SPDX-License-Identifier: MIT */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int rest(int how)
{
	struct timespec time = {.tv_nsec = 300000000};
	double began = now();
	int result = how == 0 ? nanosleep(&time, NULL) : poll(NULL, 0, 300);

	return result == 0 && now() - began >= 0.299 ? 0 : 1;
}

int main(void)
{
	for (int how = 0; how < 2; how++) {
		int status;
		pid_t child = fork();

		if (child == 0)
			_exit(rest(how));
		for (int i = 0; i < 3; i++) {
			usleep(40000);
			kill(child, SIGSTOP);
			if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status))
				errx(1, "not stopped: %#x", status);
			kill(child, SIGCONT);
		}
		waitpid(child, &status, 0);
		printf("%s, stopped three times, took its time: %d\n", how == 0 ? "nanosleep" : "poll", status == 0);
	}
	return 0;
}
