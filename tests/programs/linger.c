/* build: -pthread */
/* Children, grandchildren and threads that never end. The arguments are ignored: one of them is the mark by which a test
 * finds what was left behind. SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <unistd.h>

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void *spin(void *unused)
{
	for (;;)
		if (getppid() < 0)
			return unused;
}

int main(void)
{
	pthread_t thread;

	if (fork() == 0) {
		if (fork() == 0)
			setsid();
		else
			spin(NULL);
	} else if (vfork() == 0) {
		for (;;)
			pause();
	}
	pthread_create(&thread, NULL, wait_for_ever, NULL);
	wait_for_ever(NULL);
	return 0;
}
