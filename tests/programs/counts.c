/* Waits for a first SIGTERM or SIGUSR1, and a while longer for more; says how many came. SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void on_signal(int number)
{
	(void)number;
	count++;
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	puts("ready");
	fflush(stdout);
	for (int i = 0; i < 500 && count == 0; i++)
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	for (int i = 0; i < 15; i++)
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	printf("signals: %d\n", (int)count);
	return 0;
}
