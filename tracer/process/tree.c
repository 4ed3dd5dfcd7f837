/* Ending a process with its descendants. SPDX-License-Identifier: MIT */
#include "tracer/process/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "policies/base/vector.h"
#include "tracer/process/proc.h"

struct pids {
	VEC(pid_t) found;
};

/* Adds the children that a thread has made. */
static void add_children(struct pids *pids, pid_t process, const char *thread)
{
	char path[64], text[1024];
	struct proc_ids ids = {0};
	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", (int)process, thread);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && (n = read(fd, text, sizeof(text))) >= 0) {
		const char *at = text;
		for (pid_t child; (child = proc_ids_next(&ids, &at, text + n)) > 0;)
			if (!vec_push(&pids->found, child))
				kill(child, SIGKILL);
	}
	if (fd >= 0)
		close(fd);
}

/* Stops all processes of the tree, and notes them. */
static void stop_all(struct pids *pids, pid_t top)
{
	pids->found.count = 0;
	if (!vec_push(&pids->found, top))
		return;
	for (size_t i = 0; i < pids->found.count; i++) {
		pid_t pid = pids->found.items[i];
		char path[64];
		kill(pid, SIGSTOP);
		snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
		DIR *threads = opendir(path);
		for (struct dirent *entry; threads != NULL && (entry = readdir(threads)) != NULL;)
			if (entry->d_name[0] != '.')
				add_children(pids, pid, entry->d_name);
		if (threads != NULL)
			closedir(threads);
	}
}

void tree_kill(pid_t pid)
{
	enum { LOOKS = 10 };
	struct pids pids = {0};
	size_t before = 0;
	/* A process may have made a child after we looked at it and before it stopped. */
	for (int i = 0; i < LOOKS && proc_usable() && (i < 2 || pids.found.count != before); i++) {
		before = pids.found.count;
		stop_all(&pids, pid);
	}
	kill(pid, SIGKILL);
	for (size_t i = 0; i < pids.found.count; i++)
		kill(pids.found.items[i], SIGKILL);
	vec_free(&pids.found);
}
