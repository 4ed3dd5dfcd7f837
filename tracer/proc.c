/* What /proc says of a thread. SPDX-License-Identifier: MIT */
#include "proc.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool proc_usable(void)
{
	static int usable = -1;
	if (usable < 0) {
		char text[32] = "";
		usable = readlink("/proc/self", text, sizeof(text) - 1) > 0 && atoi(text) == (int)getpid();
	}
	return usable != 0;
}

uint64_t proc_status(pid_t tid, const char *field, int base)
{
	char path[64], line[256];
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	FILE *f = proc_usable() ? fopen(path, "re") : NULL;
	uint64_t value = 0;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0) {
			value = strtoull(line + strlen(field), NULL, base);
			break;
		}
	if (f != NULL)
		fclose(f);
	return value;
}

char proc_state(pid_t tid)
{
	char path[64], line[256], state = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	FILE *f = proc_usable() ? fopen(path, "re") : NULL;
	while (f != NULL && state == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "State: %c", &state) != 1)
			state = 0;
	if (f != NULL)
		fclose(f);
	return state;
}

bool proc_is_fuse(pid_t tid, unsigned major, unsigned minor)
{
	char path[64], line[PATH_MAX + 256], type[64];
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)tid);
	FILE *f = fopen(path, "re");
	bool fuse = false;
	while (f != NULL && !fuse && fgets(line, sizeof(line), f) != NULL) {
		unsigned mount[2];
		const char *after = strstr(line, " - "); /* proc(5): the file system's type follows */
		fuse = after != NULL && sscanf(line, "%*u %*u %u:%u", &mount[0], &mount[1]) == 2 && mount[0] == major &&
		       mount[1] == minor && sscanf(after, " - %63s", type) == 1 && strncmp(type, "fuse", 4) == 0;
	}
	if (f != NULL)
		fclose(f);
	return fuse;
}
