/* Makes a system call that it has not made before again and again: news SECONDS MILLISECONDS-BETWEEN; 800 times at most. After each it writes the
 * call's number and the time by the monotonic clock. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	double seconds = argc > 2 ? atof(argv[1]) : 1, between = argc > 2 ? atof(argv[2]) : 100;
	struct timespec began, now, pause = {(time_t)(between / 1000), 0};
	pause.tv_nsec = (long)((between - (double)pause.tv_sec * 1000) * 1e6);
	clock_gettime(CLOCK_MONOTONIC, &began);
	now = began;
	/* Not more of one call than a profile keeps apart. All fail: there is no such family, or descriptor. */
	for (long i = 0; (double)(now.tv_sec - began.tv_sec) + (double)(now.tv_nsec - began.tv_nsec) / 1e9 < seconds && i < 800; i++) {
		static const long calls[] = {SYS_socket, SYS_socketpair, SYS_shutdown, SYS_flock};
		syscall(calls[i / 200 % 4], -1L, 1000 + i % 200, -1L, 0L);
		clock_gettime(CLOCK_MONOTONIC, &now);
		printf("%ld %ld.%09ld\n", i, (long)now.tv_sec, now.tv_nsec);
		fflush(stdout);
		nanosleep(&pause, NULL);
	}
	return 5;
}
