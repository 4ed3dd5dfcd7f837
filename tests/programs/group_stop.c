/* A parent stops and continues its child, and sees what a parent sees: stopped by which signal, continued, ended; and a
 * stopped child does not run. SPDX-License-Identifier: MIT */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned *ticks;

static void count(void)
{
	struct timespec pause = {.tv_nsec = 1000000};

	for (;;) {
		++*ticks;
		nanosleep(&pause, NULL);
	}
}

static void saw(pid_t pid, const char *what)
{
	int status;

	if (waitpid(pid, &status, WUNTRACED | WCONTINUED) != pid)
		err(1, "waitpid");
	if (WIFSTOPPED(status))
		printf("%s: stopped by signal %d\n", what, WSTOPSIG(status));
	else if (WIFCONTINUED(status))
		printf("%s: continued\n", what);
	else if (WIFSIGNALED(status))
		printf("%s: ended by signal %d\n", what, WTERMSIG(status));
	else
		printf("%s: ended with %d\n", what, WEXITSTATUS(status));
	fflush(stdout);
}

static void wait_until_it_runs(void)
{
	unsigned seen = *ticks;

	while (*ticks < seen + 2)
		usleep(1000);
}

int main(void)
{
	static const int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};

	ticks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();

	if (child == 0) {
		setpgid(0, 0); /* in an orphaned process group all but SIGSTOP would be ignored, so … */
		count();
	}
	setpgid(child, child); /* … its parent is in another group of the same session */
	for (int i = 0; i < 4; i++) {
		wait_until_it_runs();
		kill(child, stops[i]);
		saw(child, "after a stop signal");
		unsigned seen = *ticks;

		usleep(50000);
		printf("it stands still: %d\n", *ticks == seen);
		kill(child, SIGCONT);
		saw(child, "after SIGCONT");
	}
	wait_until_it_runs();
	kill(child, SIGSTOP);
	saw(child, "after a stop signal");
	kill(child, SIGKILL);
	saw(child, "after SIGKILL, stopped");
	return 0;
}
