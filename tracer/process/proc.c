/* What /proc says about a thread. SPDX-License-Identifier: MIT */
#include "tracer/process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracer/process/proc_text.h"

bool proc_usable(void)
{
	static int usable = -1;
	if (usable < 0) {
		char text[32] = "";
		usable = readlink("/proc/self", text, sizeof(text) - 1) > 0 && atoi(text) == (int)getpid();
	}
	return usable != 0;
}

/* Reads the value of a field of /proc/PID/status. Allocates nothing: without memory it must not seem that the process
 * is gone. */
static bool read_field(pid_t tid, const char *field, char *value, size_t size)
{
	char path[64], text[1024];
	struct proc_field f = {.name = field};
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	int fd = proc_usable() ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	for (ssize_t n; fd >= 0 && !f.found && (n = read(fd, text, sizeof(text))) > 0;)
		proc_field_feed(&f, text, (size_t)n);
	if (fd >= 0)
		close(fd);
	snprintf(value, size, "%s", f.value);
	return f.found;
}

uint64_t proc_status(pid_t tid, const char *field, int base)
{
	char value[64];
	return read_field(tid, field, value, sizeof(value)) ? strtoull(value, NULL, base) : 0;
}

char proc_state(pid_t tid)
{
	char value[64], state = 0;
	return read_field(tid, "State:", value, sizeof(value)) && sscanf(value, " %c", &state) == 1 ? state : 0;
}

/* Reads a file of /proc as text. Returns false where there is none. */
static bool read_text(const char *path, char *text, size_t size)
{
	int fd = proc_usable() ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd >= 0 ? read(fd, text, size - 1) : -1;
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

uint64_t proc_system_time(pid_t tgid, pid_t tid)
{
	char path[64], text[512];
	unsigned long long ticks = 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)tgid, (int)tid);
	const char *after = read_text(path, text, sizeof(text)) ? strrchr(text, ')') : NULL;
	/* proc(5): the program's name is the second field, stime the 15th. */
	if (after == NULL || sscanf(after, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
		return 0;
	return ticks;
}

bool proc_is_first(pid_t tid)
{
	char value[64];
	const char *last = read_field(tid, "NStgid:", value, sizeof(value)) ? strrchr(value, '\t') : NULL;
	return tid == 1 || (last != NULL && strcmp(last, "\t1") == 0);
}

/* State D is for waits that at most a signal that kills wakes. Two waits are not of that state. A request to a FUSE server
 * (fs/fuse/dev.c, request_wait_answer) hands the interruption on to the server, which may let the call fail. A page of userfaultfd
 * that is missing to a call (fs/userfaultfd.c, handle_userfault) is asked for again and again once a signal is pending. */
bool proc_is_deaf(pid_t tid)
{
	char path[64], symbol[64];
	struct proc_waiting call;
	char state = proc_state(tid);
	if (state != 'S')
		return state == 'D';
	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)tid);
	if (!read_text(path, symbol, sizeof(symbol)))
		return false;
	return strcmp(symbol, "request_wait_answer") == 0 || (strcmp(symbol, "handle_userfault") == 0 && proc_waiting(tid, &call));
}

bool proc_is_fuse(pid_t tid, unsigned major, unsigned minor)
{
	char path[64], line[PATH_MAX + 256], type[64];
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)tid);
	FILE *f = fopen(path, "re");
	bool fuse = f == NULL && errno == ENOMEM; /* to be safe */
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

bool proc_stat(const char *link, struct statx *st)
{
	return statx(AT_FDCWD, link, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, st) == 0;
}

bool proc_program_is_readable(pid_t tid)
{
	char link[64], path[PATH_MAX];
	struct statx st;
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)tid);
	if (!proc_usable() || readlink(link, path, sizeof(path)) <= 0)
		return false;
	return !proc_stat(link, &st) || !proc_is_fuse(tid, st.stx_dev_major, st.stx_dev_minor);
}

bool proc_has_our_ids(pid_t tid)
{
	char path[64];
	struct stat own, its;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)tid);
	return !proc_usable() || stat(path, &its) != 0 || stat("/proc/self/ns/pid", &own) != 0 || own.st_ino == its.st_ino;
}

bool proc_waiting(pid_t tid, struct proc_waiting *out)
{
	char path[64], text[256];
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)tid);
	return read_text(path, text, sizeof(text)) && proc_text_syscall(text, out);
}

bool proc_descriptor_is_process(pid_t tid, int fd, pid_t pid)
{
	char path[64], link[64] = "", line[128];
	int id = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)tid, fd);
	if (readlink(path, link, sizeof(link) - 1) > 0 && sscanf(link, "/proc/%d", &id) == 1)
		return id == (int)pid;
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)tid, fd);
	FILE *f = fopen(path, "re");
	while (f != NULL && id == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Pid: %d", &id) != 1)
			id = 0;
	if (f != NULL)
		fclose(f);
	return id == (int)pid;
}
