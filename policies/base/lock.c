/* The lock that every rewriter of a file holds. SPDX-License-Identifier: MIT */
#include "policies/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "policies/base/clock.h"
#include "policies/base/file.h"

/* The process that holds a lock on a folder, according to /proc/locks (proc(5)). 0: none does, or
 * the process is in another PID namespace. */
static pid_t holder_of(int folder)
{
	struct stat st;
	FILE *locks = fstat(folder, &st) == 0 ? fopen("/proc/locks", "re") : NULL;
	char line[256];
	int pid, holder = 0;
	while (locks != NULL && holder == 0 && fgets(line, sizeof(line), locks) != NULL) {
		unsigned major, minor;
		unsigned long long inode;
		if (sscanf(line, "%*u: FLOCK %*s %*s %d %x:%x:%llu", &pid, &major, &minor, &inode) == 4 && pid > 0 &&
		    makedev(major, minor) == st.st_dev && inode == st.st_ino)
			holder = pid;
	}
	if (locks != NULL)
		fclose(locks);
	return holder;
}

/* Describes that process in words, with the name that it has given itself. */
static void name_holder(int folder, char who[64])
{
	char path[32], name[32] = "";
	pid_t pid = holder_of(folder);
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	FILE *comm = pid > 0 ? fopen(path, "re") : NULL;
	if (comm != NULL && fgets(name, sizeof(name), comm) != NULL)
		name[strcspn(name, "\n")] = '\0';
	if (comm != NULL)
		fclose(comm);
	if (pid <= 0)
		snprintf(who, 64, "another process");
	else
		snprintf(who, 64, name[0] != '\0' ? "process %d (%s)" : "process %d", (int)pid, name);
}

static bool sleep_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
	return false;
}

/* Reports why the lock could not be taken. */
static int give_up(int folder, const char *path, uint64_t waited, struct error *e)
{
	char who[64];
	name_holder(folder, who);
	return error_set(e, ERR_SYSTEM, "%s: its folder is still locked by %s, after a wait of %.1f s", path, who,
			 (double)waited / 1000);
}

/* flock(2) has no time limit, and only a signal could end it: so it is tried repeatedly. */
static int wait_for_lock(int folder, const char *path, const struct patience *patience, struct error *e)
{
	enum { TELL_AFTER = 500, LONGEST = 50 };
	static const struct patience usual = {.limit_ms = LOCK_WAIT_MS};
	const struct patience *how = patience != NULL ? patience : &usual;
	bool (*pause)(unsigned) = how->pause != NULL ? how->pause : sleep_ms;
	bool told = how->tell == NULL, stop = false;
	uint64_t began = (uint64_t)now_ms(), waited = 0;
	for (unsigned ms = 1; flock(folder, LOCK_EX | LOCK_NB) != 0; ms = ms < LONGEST ? ms + 1 : LONGEST) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_system(e, "%s: cannot lock the folder that holds it", path);
		waited = (uint64_t)now_ms() - began;
		if (stop || waited >= how->limit_ms)
			return give_up(folder, path, waited, e);
		if (!told && waited >= TELL_AFTER) {
			char who[64];
			name_holder(folder, who);
			how->tell(path, who);
			told = true;
		}
		stop = pause(ms);
	}
	return 0;
}

int file_lock(struct place *p, const char *path, const struct patience *patience, struct error *e)
{
	errno = ENOENT;
	int fd = p->folder < 0 ? -1 : openat(p->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_system(e, "%s: cannot open the folder that holds it", path);
	if (wait_for_lock(fd, path, patience, e) < 0 || place_look(p, path, e) < 0) {
		close(fd);
		return e->code;
	}
	file_clear_away(fd);
	return fd;
}

void file_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}
