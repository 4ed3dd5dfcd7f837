/* Reading whole files, and replacing them so that no reader ever sees half of one. SPDX-License-Identifier: MIT */
#include "file.h"

#include <dirent.h>
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

/* The descriptor of this process that a path means: opening such a path anew would write at an offset of its own, and
 * replacing it would leave who holds the descriptor with the old file. -1: it means a file. */
static int descriptor_of(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t n = strlen(folders[i]);
		if (strncmp(path, folders[i], n) == 0 && path[n] >= '0' && path[n] <= '9' && strlen(path + n) < 10)
			return atoi(path + n);
	}
	return -1;
}

/* What a path names once its links are followed; the last one may lead to nothing yet. malloc'ed; NULL: no. The kernel has
 * the first word: it does not follow everybody's links (fs.protected_symlinks, Linux 3.6). */
static char *target_of(const char *path, struct error *e)
{
	struct stat st;
	if (descriptor_of(path) < 0 && stat(path, &st) != 0 && errno != ENOENT) {
		error_system(e, "%s: cannot look it up", path);
		return NULL;
	}
	char *at = strdup(path), link[PATH_MAX];
	for (int links = 0; at != NULL && links < 40 && descriptor_of(at) < 0; links++) {
		ssize_t n = readlink(at, link, sizeof(link) - 1);
		if (n < 0)
			break;
		link[n] = '\0';
		char *slash = link[0] != '/' ? strrchr(at, '/') : NULL, *next;
		if (asprintf(&next, "%.*s%s", slash != NULL ? (int)(slash - at + 1) : 0, at, link) < 0)
			next = NULL;
		free(at);
		at = next;
	}
	if (at == NULL)
		error_memory(e);
	return at;
}

/* Opens the folder that holds `path`. Negative: no, see errno. */
static int open_folder(const char *path, int flags)
{
	char *copy = strdup(path);
	int fd = copy != NULL ? open(dirname(copy), flags | O_DIRECTORY | O_CLOEXEC) : -1;
	free(copy);
	return fd;
}

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

/* Temporary files have a name that tells what they are, and their writer holds a lock on them to its end. */
#define TEMPORARY ".pinhole-"

/* A new file in a folder. A nameless one leaves nothing behind where its writer is killed (open(2), O_TMPFILE, Linux
 * 3.11); not every file system has that, and naming it takes /proc. Negative: no, see errno. */
static int create(int folder, bool nameless, char temporary[64])
{
	int fd = -1;
	if (nameless) {
		if (access("/proc/self/fd", X_OK) == 0)
			fd = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
		if (fd >= 0)
			flock(fd, LOCK_EX);
		return fd;
	}
	for (unsigned i = 0; i < 100 && fd < 0 && (i == 0 || errno == EEXIST); i++) {
		struct stat st;
		snprintf(temporary, 64, TEMPORARY "%d-%u", (int)getpid(), i);
		fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0 && flock(fd, LOCK_EX) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 0) {
			close(fd); /* cleared away before it was locked */
			fd = -1;
			errno = EEXIST;
		}
	}
	return fd;
}

/* Gives a nameless file a name: linkat(2) does not replace, so this is not yet the one it is to have. */
static bool give_name(int fd, int folder, char temporary[64])
{
	char link[64];
	int rc = -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	for (unsigned i = 0; i < 100 && rc != 0 && (i == 0 || errno == EEXIST); i++) {
		snprintf(temporary, 64, TEMPORARY "%d-%u", (int)getpid(), i);
		rc = linkat(AT_FDCWD, link, folder, temporary, AT_SYMLINK_FOLLOW);
	}
	return rc == 0;
}

static int fill(int fd, const char *name, const struct stat *old, const void *bytes, size_t n, struct error *e)
{
	mode_t mask = umask(0);
	umask(mask);
	if (fchmod(fd, old != NULL ? old->st_mode & 07777 : 0666 & ~mask) != 0)
		return error_system(e, "%s: cannot set its permissions", name);
	/* Keep the owner where that is allowed (root recording into a user's file); else the file is ours now. */
	if (old != NULL && fchown(fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
		return error_system(e, "%s: cannot keep its owner", name);
	if (write_all(fd, name, bytes, n, e) < 0)
		return e->code;
	/* The content reaches the disk before its name does: else a power cut could leave an empty file. */
	return fsync(fd) == 0 ? 0 : error_system(e, "%s: cannot write it", name);
}

/* Puts a new file in the place of `path`, which is no link; `name` is what messages call it. */
static int replace(const char *path, const char *name, const struct stat *old, const void *bytes, size_t n,
		   struct error *e)
{
	const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
	char temporary[64] = "";
	int rc = 1, fd = -1;
	int folder = open_folder(path, O_PATH);
	if (folder < 0)
		return error_system(e, "%s: cannot create a file beside it", name);
	for (int nameless = 1; rc == 1; nameless--) {
		fd = create(folder, nameless == 1, temporary);
		if (fd < 0 && nameless == 1)
			continue;
		rc = fd < 0 ? error_system(e, "%s: cannot create a file beside it", name) : fill(fd, name, old, bytes, n, e);
		if (rc == 0 && nameless == 1 && !give_name(fd, folder, temporary)) {
			temporary[0] = '\0';
			rc = 1; /* once more, with a name from the beginning */
			close(fd);
		}
	}
	if (rc == 0 && renameat(folder, temporary, folder, base) != 0)
		rc = error_system(e, "%s: cannot replace it", name);
	if (rc < 0 && temporary[0] != '\0')
		unlinkat(folder, temporary, 0);
	if (fd >= 0)
		close(fd);
	close(folder);
	return rc;
}

int file_write(const char *path, const void *bytes, size_t n, struct error *e)
{
	char *target = target_of(path, e);
	if (target == NULL)
		return e->code;
	struct stat st;
	int rc, descriptor = descriptor_of(target);
	bool exists = descriptor < 0 && stat(target, &st) == 0;
	if (descriptor >= 0) {
		rc = write_all(descriptor, strcmp(path, "-") == 0 ? "standard output" : path, bytes, n, e);
	} else if (exists && S_ISDIR(st.st_mode)) {
		rc = error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	} else if (exists && !S_ISREG(st.st_mode)) {
		int fd = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		rc = fd < 0 ? error_system(e, "%s: cannot open it", path) : write_all(fd, path, bytes, n, e);
		if (fd >= 0 && close(fd) != 0 && rc == 0)
			rc = error_system(e, "%s: cannot write it", path);
	} else {
		rc = replace(target, path, exists ? &st : NULL, bytes, n, e);
	}
	free(target);
	return rc;
}

bool file_is_stream(const char *path)
{
	struct error ignored = {0};
	struct stat st;
	char *target = target_of(path, &ignored);
	bool stream = target != NULL && (descriptor_of(target) >= 0 ||
					 (stat(target, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)));
	free(target);
	return stream;
}

/* Whether a stream can be written: as far as that can be told without opening it, which a reader could notice. */
static int stream_writable(const char *path, int descriptor, const struct stat *st, struct error *e)
{
	int flags = descriptor >= 0 ? fcntl(descriptor, F_GETFL) : O_WRONLY;
	if (flags < 0)
		return error_system(e, "%s: cannot write it", strcmp(path, "-") == 0 ? "standard output" : path);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return error_set(e, ERR_INPUT, "%s: is open for reading only", path);
	if (descriptor < 0 && S_ISSOCK(st->st_mode))
		return error_set(e, ERR_INPUT, "%s: is a socket; name a file or a pipe", path);
	return descriptor >= 0 || access(path, W_OK) == 0 ? 0 : error_system(e, "%s: cannot write it", path);
}

/* Whether a file can be replaced by another: rename(2) has rules of its own. */
static int file_replaceable(const char *path, const char *target, const struct stat *st, int folder, struct error *e)
{
	struct stat above;
	struct statx more = {0};
	if (fstat(folder, &above) == 0 && (above.st_mode & S_ISVTX) != 0 && geteuid() != 0 && st->st_uid != geteuid() &&
	    above.st_uid != geteuid())
		return error_set(e, ERR_SYSTEM, "%s: is another user's file in a sticky directory, and cannot be replaced",
				 path);
	/* STATX_ATTR_MOUNT_ROOT, Linux 5.8 */
	if (statx(AT_FDCWD, target, 0, STATX_TYPE, &more) == 0 && (more.stx_attributes & 0x2000) != 0)
		return error_set(e, ERR_SYSTEM, "%s: is a mount point, and cannot be replaced; mount its directory", path);
	/* EPERM: it is immutable. Read-only permissions do not matter, it is the directory that is written. */
	if (access(target, W_OK) != 0 && errno == EPERM)
		return error_system(e, "%s: cannot replace it", path);
	return 0;
}

int file_writable(const char *path, struct error *e)
{
	size_t n = strlen(path);
	if (n == 0 || path[n - 1] == '/')
		return error_set(e, ERR_INPUT, "\"%s\": is not the name of a file", path);
	char *target = target_of(path, e);
	if (target == NULL)
		return e->code;
	struct stat st;
	int rc = 0, descriptor = descriptor_of(target);
	bool exists = descriptor < 0 && stat(target, &st) == 0;
	if (descriptor >= 0 || (exists && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))) {
		rc = stream_writable(path, descriptor, &st, e);
	} else if (exists && S_ISDIR(st.st_mode)) {
		rc = error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	} else {
		int folder = open_folder(target, O_RDONLY); /* as file_lock does */
		if (folder < 0 || faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
			rc = error_system(e, "%s: cannot write into its directory", path);
		else if (flock(folder, LOCK_EX | LOCK_NB) != 0 && errno != EWOULDBLOCK)
			rc = error_system(e, "%s: cannot lock the folder that holds it", path);
		else if (exists)
			rc = file_replaceable(path, target, &st, folder, e);
		if (folder >= 0)
			close(folder);
	}
	free(target);
	return rc;
}

/* Removes a temporary file unless its writer is at work. */
static void clear_temporary(int folder, const char *name)
{
	struct stat ours, named;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &ours) == 0 && S_ISREG(ours.st_mode) &&
	    fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && ours.st_ino == named.st_ino)
		unlinkat(folder, name, 0);
	if (fd >= 0)
		close(fd);
}

/* Removes what writers have left that were killed between naming a file and giving it its place. */
static void clear_away(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
	for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
		const char *rest = entry->d_name + strlen(TEMPORARY);
		if (strncmp(entry->d_name, TEMPORARY, strlen(TEMPORARY)) != 0)
			continue;
		size_t pid = strspn(rest, "0123456789"), n = rest[pid] == '-' ? strspn(rest + pid + 1, "0123456789") : 0;
		if (pid > 0 && n > 0 && rest[pid + 1 + n] == '\0')
			clear_temporary(folder, entry->d_name);
	}
	if (entries != NULL)
		closedir(entries);
	else if (fd >= 0)
		close(fd);
}

int file_lock(const char *path, struct error *e)
{
	char *target = target_of(path, e);
	if (target == NULL)
		return e->code;
	int fd = open_folder(target, O_RDONLY);
	free(target);
	if (fd < 0)
		return error_system(e, "%s: cannot open the folder that holds it", path);
	while (flock(fd, LOCK_EX) != 0) {
		if (errno == EINTR)
			continue;
		int rc = error_system(e, "%s: cannot lock the folder that holds it", path);
		close(fd);
		return rc;
	}
	clear_away(fd);
	return fd;
}

void file_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}
