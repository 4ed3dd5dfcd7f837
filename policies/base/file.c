/* Reading whole files, and replacing them so that no reader ever sees half of one. SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vector.h"

static int read_all(int fd, const char *name, size_t limit, char **bytes, size_t *n, struct error *e)
{
	VEC(char) data = {0};
	int rc = 0;
	for (;;) {
		if (!vec_reserve(&data, 65536)) {
			rc = error_memory(e);
			break;
		}
		ssize_t got = read(fd, data.items + data.count, 65535);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			rc = error_system(e, "%s: cannot read it", name);
			break;
		}
		if (got == 0)
			break;
		data.count += (size_t)got;
		if (data.count > limit) {
			rc = error_set(e, ERR_INPUT, "%s: larger than the %zu MiB that pinhole reads of such a file",
				       name, limit >> 20);
			break;
		}
	}
	if (rc < 0) {
		vec_free(&data);
		return rc;
	}
	data.items[data.count] = '\0';
	*bytes = data.items;
	*n = data.count;
	return 0;
}

int file_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e)
{
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", limit, bytes, n, e);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? 1 : error_system(e, "%s: cannot open it", path);
	struct stat st;
	int rc;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rc = error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	else
		rc = read_all(fd, path, limit, bytes, n, e);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *name, const void *bytes, size_t n, struct error *e)
{
	for (const char *p = bytes; n > 0;) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_system(e, "%s: cannot write it", name);
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* A file without a name in the folder that holds `path`: a writer that is killed leaves nothing behind (open(2),
 * O_TMPFILE, Linux 3.11). Negative where the file system can't do that. */
static int open_nameless(const char *path, struct error *e)
{
	char *copy = strdup(path);
	if (copy == NULL)
		return error_memory(e);
	int fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	free(copy);
	return fd;
}

/* Puts the file in the place of `path`. A nameless one needs a name first: linkat(2) does not replace. */
static int give_name(int fd, bool nameless, const char *temporary, const char *path, struct error *e)
{
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (nameless && linkat(AT_FDCWD, link, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) != 0)
		return error_system(e, "%s: cannot create a file beside it", path);
	if (rename(temporary, path) != 0)
		return error_system(e, "%s: cannot replace it", path);
	return 0;
}

static int replace(const char *path, const struct stat *old, const void *bytes, size_t n, struct error *e)
{
	char temporary[PATH_MAX];
	if (snprintf(temporary, sizeof(temporary), "%s.%d.tmp", path, (int)getpid()) >= (int)sizeof(temporary))
		return error_set(e, ERR_INPUT, "%s: the path is too long", path);
	bool nameless = true;
	int fd = open_nameless(path, e);
	if (fd < 0) {
		nameless = false;
		fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	}
	if (fd < 0)
		return error_system(e, "%s: cannot create a file beside it", path);
	mode_t mask = umask(0);
	umask(mask);
	int rc = 0;
	if (fchmod(fd, old != NULL ? old->st_mode & 07777 : 0666 & ~mask) != 0)
		rc = error_system(e, "%s: cannot set its permissions", path);
	/* Keep the owner where that is allowed (root recording into a user's file); else the file is ours now. */
	if (old != NULL && fchown(fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
		rc = error_system(e, "%s: cannot keep its owner", path);
	if (rc == 0)
		rc = write_all(fd, path, bytes, n, e);
	/* The content reaches the disk before its name does: else a power cut could leave an empty file. */
	if (rc == 0 && fsync(fd) != 0)
		rc = error_system(e, "%s: cannot write it", path);
	if (rc == 0)
		rc = give_name(fd, nameless, temporary, path, e);
	close(fd);
	if (rc < 0)
		unlink(temporary);
	return rc;
}

int file_write(const char *path, const void *bytes, size_t n, struct error *e)
{
	if (strcmp(path, "-") == 0)
		return write_all(STDOUT_FILENO, "standard output", bytes, n, e);
	struct stat st;
	bool exists = stat(path, &st) == 0;
	if (exists && S_ISDIR(st.st_mode))
		return error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	if (exists && !S_ISREG(st.st_mode)) {
		int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return error_system(e, "%s: cannot open it", path);
		int rc = write_all(fd, path, bytes, n, e);
		if (close(fd) != 0 && rc == 0)
			rc = error_system(e, "%s: cannot write it", path);
		return rc;
	}
	if (!exists)
		return replace(path, NULL, bytes, n, e);
	char *real = realpath(path, NULL);
	if (real == NULL)
		return error_system(e, "%s: cannot resolve it", path);
	int rc = replace(real, &st, bytes, n, e);
	free(real);
	return rc;
}

int file_writable(const char *path, struct error *e)
{
	struct stat st;
	if (strcmp(path, "-") == 0)
		return 0;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return access(path, W_OK) == 0 ? 0 : error_system(e, "%s: cannot write it", path);
	char *real = realpath(path, NULL);
	char *copy = real != NULL ? real : strdup(path);
	if (copy == NULL)
		return error_memory(e);
	int rc = access(dirname(copy), W_OK) == 0 ? 0 : error_system(e, "%s: cannot write into its directory", path);
	free(copy);
	return rc;
}

int file_lock(const char *path, struct error *e)
{
	char *real = realpath(path, NULL);
	char *copy = real != NULL ? real : strdup(path);
	if (copy == NULL)
		return error_memory(e);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return error_system(e, "%s: cannot open the folder that holds it", path);
	while (flock(fd, LOCK_EX) != 0) {
		if (errno == EINTR)
			continue;
		int rc = error_system(e, "%s: cannot lock the folder that holds it", path);
		close(fd);
		return rc;
	}
	return fd;
}

void file_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}
