/* The calls of the vsyscall page (x86_64), which old static programs make: what each answers, and that a call after them
 * is still made as ever. Prints "none" where the kernel has no such page, or not for calls. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
typedef long function(void *, void *, void *);

static function *at(uintptr_t address)
{
	return (function *)address;
}

static int is_there(void)
{
	char line[512];
	int found = 0;
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, "[vsyscall]") != NULL && strstr(line, "xp ") != NULL;
	if (maps)
		fclose(maps);
	return found;
}

int main(void)
{
	struct timeval now = {0}, real;
	unsigned cpu = 1000, node = 1000;
	time_t seconds = 0;

	if (!is_there()) {
		puts("none");
		return 0;
	}
	gettimeofday(&real, NULL);
	long result = at(0xffffffffff600000)(&now, NULL, NULL);
	printf("gettimeofday: %ld, near the real time %d\n", result, now.tv_sec - real.tv_sec <= 10);
	result = at(0xffffffffff600400)(&seconds, NULL, NULL);
	printf("time: the same by result and address %d, near the real time %d\n", result == seconds, /* by the last tick */
	       result - real.tv_sec >= -1 && result - real.tv_sec <= 10);
	/* What fails next is not the vsyscall. */
	int fd = open("/nonexistent/file", O_RDONLY);
	printf("open: %d, %s\n", fd, strerror(errno));
	result = at(0xffffffffff600800)(&cpu, &node, NULL);
	printf("getcpu: %ld, a processor %d, a node %d\n", result, cpu < 1000, node < 1000);
	fd = close(-1);
	printf("close: %d, %s\n", fd, strerror(errno));
	return 0;
}
#else
int main(void)
{
	puts("none");
	return 0;
}
#endif
