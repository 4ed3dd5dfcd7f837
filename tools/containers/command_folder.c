/* A folder for the files of one command that starts a container. SPDX-License-Identifier: MIT
 *
 * Whoever uses such a folder holds a lock on it (flock(2)), and so do the processes that it forks. The kernel drops the lock when the
 * last of them ends, so that a folder without a lock was left by a killed process. */
#include "tools/containers/command_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char beginning[] = "pinhole-", random_part[] = "XXXXXX";

enum { YOUNG = 60 }; /* seconds: a folder that was made just now may have no lock yet */

static bool has_its_name(const char *name)
{
	static const char chosen[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"; /* of mkdtemp(3) */
	size_t head = sizeof(beginning) - 1, tail = sizeof(random_part) - 1;
	return strncmp(name, beginning, head) == 0 && strlen(name) == head + tail && strspn(name + head, chosen) == tail;
}

/* Whether nothing but our files is in the folder. */
static bool has_our_files_only(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	bool only = d != NULL;
	for (struct dirent *f; only && (f = readdir(d)) != NULL;)
		only = strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0 || strcmp(f->d_name, COMMAND_PROFILE) == 0 ||
		       strcmp(f->d_name, COMMAND_SOCKET) == 0;
	if (d != NULL)
		closedir(d);
	else if (copy >= 0)
		close(copy);
	return only;
}

/* Removes a folder of this user's that nobody uses any more. */
static void remove_if_left(int place, const char *name)
{
	struct stat st;
	int folder = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return;
	bool left = fstat(folder, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 07777) == 0700 && time(NULL) - st.st_mtime > YOUNG &&
		    flock(folder, LOCK_EX | LOCK_NB) == 0 && has_our_files_only(folder);
	if (left) {
		unlinkat(folder, COMMAND_PROFILE, 0);
		unlinkat(folder, COMMAND_SOCKET, 0);
		unlinkat(place, name, AT_REMOVEDIR);
	}
	close(folder);
}

static void remove_left(const char *path)
{
	int place = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = place >= 0 ? fdopendir(place) : NULL;
	for (struct dirent *f; d != NULL && (f = readdir(d)) != NULL;)
		if (has_its_name(f->d_name))
			remove_if_left(place, f->d_name);
	if (d != NULL)
		closedir(d);
	else if (place >= 0)
		close(place);
}

int command_folder_make(struct text *path, struct error *e)
{
	const char *places[] = {getenv("XDG_RUNTIME_DIR"), "/run", "/tmp"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		/* sun_path of a socket has 108 bytes */
		if (places[i] == NULL || places[i][0] != '/' || strlen(places[i]) > 64 || access(places[i], W_OK) != 0)
			continue;
		remove_left(places[i]);
		path->count = 0;
		text_add(path, "%s/%s%s", places[i], beginning, random_part);
		if (path->failed)
			return error_memory(e);
		if (mkdtemp(path->bytes) == NULL)
			continue;
		int folder = open(path->bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (folder >= 0 && flock(folder, LOCK_EX) == 0)
			return folder;
		int rc = error_system(e, "%s: cannot lock this folder", path->bytes);
		command_folder_remove(path->bytes, folder);
		path->count = 0;
		return rc;
	}
	path->count = 0;
	return error_system(e, "cannot make a folder in /run or /tmp");
}

void command_folder_remove(const char *path, int descriptor)
{
	if (descriptor < 0)
		return;
	unlinkat(descriptor, COMMAND_PROFILE, 0);
	unlinkat(descriptor, COMMAND_SOCKET, 0);
	rmdir(path);
	close(descriptor);
}
