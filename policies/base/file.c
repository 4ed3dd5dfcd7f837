/* Reads whole files, and replaces them so that no reader ever sees half of one. SPDX-License-Identifier: MIT */
#include "policies/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policies/base/vector.h"

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
			rc = error_set(e, ERR_INPUT,
				       "%s: larger than the %zu MiB that pinhole reads of a file of this kind", name,
				       limit >> 20);
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

int file_read_at(struct place *p, const char *path, size_t limit, char **bytes, size_t *n, struct error *e)
{
	char ours[32];
	int fd = -1;
	if (p->kind == PLACE_NO_FOLDER || p->kind == PLACE_NOTHING)
		return 1;
	if (p->kind == PLACE_FOLDER)
		return error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	snprintf(ours, sizeof(ours), "/proc/self/fd/%d", p->descriptor);
	if (p->kind == PLACE_DESCRIPTOR)
		fd = open(ours, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	/* A writer may replace the file between the check and the opening: then check again. */
	for (int tries = 0; p->kind != PLACE_DESCRIPTOR && fd < 0 && tries < 1000; tries++) {
		if ((tries > 0 && place_look(p, path, e) < 0) || p->kind == PLACE_NOTHING)
			return e->code != 0 ? e->code : 1;
		fd = place_reopen(p, O_RDONLY);
		if (fd < 0 && errno != ESTALE && errno != ENOENT && errno != ELOOP)
			break;
	}
	if (fd < 0)
		return error_system(e, "%s: cannot open it", path);
	struct stat st;
	int rc = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)
		     ? error_set(e, ERR_INPUT, "%s: is a directory; name a file", path)
		     : read_all(fd, path, limit, bytes, n, e);
	close(fd);
	return rc;
}

int file_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e)
{
	struct place p;
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", limit, bytes, n, e);
	if (place_open(path, &p, e) < 0)
		return e->code;
	int rc = file_read_at(&p, path, limit, bytes, n, e);
	place_close(&p);
	return rc;
}

int file_read_existing(const char *path, size_t limit, char **bytes, size_t *n, struct error *e)
{
	int rc = file_read(path, limit, bytes, n, e);
	return rc > 0 ? error_set(e, ERR_INPUT, "%s: No such file or directory", path) : rc;
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

/* A temporary file's name tells what it is, and its writer holds a lock on it until it is done. The
 * name is random, so that nobody can take it first. */
#define TEMPORARY ".pinhole-"
enum { NAMES_TRIED = 100 };

static void name_temporary(char temporary[64])
{
	unsigned any;
	if (getrandom(&any, sizeof(any), 0) != (ssize_t)sizeof(any))
		any = (unsigned)clock();
	snprintf(temporary, 64, TEMPORARY "%d-%u", (int)getpid(), any);
}

/* Creates a file in a folder. A nameless file leaves nothing behind if its writer is killed
 * (open(2), O_TMPFILE, Linux 3.11), but some file systems do not have them, and naming one needs
 * /proc. Negative: failed, see errno. */
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
	for (unsigned i = 0; i < NAMES_TRIED && fd < 0 && (i == 0 || errno == EEXIST); i++) {
		struct stat st;
		name_temporary(temporary);
		fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0 && flock(fd, LOCK_EX) == 0 && fstat(fd, &st) == 0 && st.st_nlink == 0) {
			close(fd); /* removed before it was locked */
			fd = -1;
			errno = EEXIST;
		}
	}
	return fd;
}

/* Gives a nameless file a temporary name: linkat(2) cannot replace a file, so the final name must
 * come by rename(2). */
static bool give_name(int fd, int folder, char temporary[64])
{
	char link[64];
	int rc = -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	for (unsigned i = 0; i < NAMES_TRIED && rc != 0 && (i == 0 || errno == EEXIST); i++) {
		name_temporary(temporary);
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
	/* Keep the owner if that is allowed (root records into a user's file); otherwise the file
	 * now belongs to this user. */
	if (old != NULL && fchown(fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
		return error_system(e, "%s: cannot keep its owner", name);
	if (write_all(fd, name, bytes, n, e) < 0)
		return e->code;
	/* The content must reach the disk before the name does: otherwise a power cut could leave
	 * an empty file. */
	return fsync(fd) == 0 ? 0 : error_system(e, "%s: cannot write it", name);
}

/* Makes the new name reach the disk. A folder that may not be read cannot be synced; the file
 * system writes it later. */
static void sync_folder(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* Puts a new file at the place, whether it has a file already or not. `path` is the place's name in
 * messages. */
static int replace(const struct place *p, const char *path, const void *bytes, size_t n, struct error *e)
{
	const struct stat *old = p->kind == PLACE_FILE ? &p->st : NULL;
	char temporary[64] = "";
	int rc = 1, fd = -1;
	for (int nameless = 1; rc == 1; nameless--) {
		fd = create(p->folder, nameless == 1, temporary);
		if (fd < 0 && nameless == 1)
			continue;
		rc = fd < 0 ? error_system(e, "%s: cannot create a file beside it", path) : fill(fd, path, old, bytes, n, e);
		if (rc == 0 && nameless == 1 && !give_name(fd, p->folder, temporary)) {
			temporary[0] = '\0';
			rc = 1; /* try again, with a named file this time */
			close(fd);
		}
	}
	/* rename(2) replaces whatever has the name by now, and never follows a link. */
	if (rc == 0 && renameat(p->folder, temporary, p->folder, p->name) != 0)
		rc = error_system(e, "%s: cannot replace it", path);
	if (rc < 0 && temporary[0] != '\0')
		unlinkat(p->folder, temporary, 0);
	if (rc == 0)
		sync_folder(p->folder);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Files of other users in folders where everyone may create files are neither written to nor
 * replaced: the rule of fs.protected_regular and fs.protected_fifos (proc(5)). */
static int check_owner(const struct place *p, const char *path, struct error *e)
{
	return !p->planted ? 0
			   : error_set(e, ERR_SYSTEM,
				       "%s: is another user's, in a sticky folder where everyone may create files; remove it, or "
				       "name another file",
				       path);
}

static int write_stream(struct place *p, const char *path, const void *bytes, size_t n, struct error *e)
{
	int fd = place_reopen(p, O_WRONLY);
	if (fd < 0)
		return error_system(e, "%s: cannot open it", path);
	int rc = write_all(fd, path, bytes, n, e);
	if (close(fd) != 0 && rc == 0)
		rc = error_system(e, "%s: cannot write it", path);
	return rc;
}

int file_write_at(struct place *p, const char *path, const void *bytes, size_t n, struct error *e)
{
	switch (p->kind) {
	case PLACE_DESCRIPTOR:
		return write_all(p->descriptor, strcmp(path, "-") == 0 ? "standard output" : path, bytes, n, e);
	case PLACE_FOLDER:
		return error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	case PLACE_NO_FOLDER:
		errno = ENOENT;
		return error_system(e, "%s: cannot create a file beside it", path);
	default:
		if (check_owner(p, path, e) < 0)
			return e->code;
		return p->kind == PLACE_STREAM ? write_stream(p, path, bytes, n, e) : replace(p, path, bytes, n, e);
	}
}

int file_write(const char *path, const void *bytes, size_t n, struct error *e)
{
	struct place p;
	if (place_open(path, &p, e) < 0)
		return e->code;
	int rc = file_write_at(&p, path, bytes, n, e);
	place_close(&p);
	return rc;
}

bool file_is_stream(const char *path)
{
	struct error ignored = {0};
	struct place p;
	if (place_open(path, &p, &ignored) < 0)
		return false;
	place_close(&p);
	return p.kind == PLACE_DESCRIPTOR || p.kind == PLACE_STREAM;
}

/* Whether a stream can be written, as far as can be told without opening it: a reader could notice
 * an opening. */
static int stream_writable(const struct place *p, const char *path, struct error *e)
{
	int flags = p->kind == PLACE_DESCRIPTOR ? fcntl(p->descriptor, F_GETFL) : O_WRONLY;
	if (flags < 0)
		return error_system(e, "%s: cannot write it", strcmp(path, "-") == 0 ? "standard output" : path);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return error_set(e, ERR_INPUT, "%s: is open for reading only", path);
	if (p->kind == PLACE_DESCRIPTOR)
		return 0;
	if (S_ISSOCK(p->st.st_mode))
		return error_set(e, ERR_INPUT, "%s: is a socket; name a file or a pipe", path);
	return faccessat(p->folder, p->name, W_OK, 0) == 0 ? 0 : error_system(e, "%s: cannot write it", path);
}

/* Whether a file can be replaced: rename(2) has its own rules. */
static int file_replaceable(const struct place *p, const char *path, struct error *e)
{
	struct stat above;
	struct statx more = {0};
	if (fstat(p->folder, &above) == 0 && (above.st_mode & S_ISVTX) != 0 && geteuid() != 0 &&
	    p->st.st_uid != geteuid() && above.st_uid != geteuid())
		return error_set(e, ERR_SYSTEM, "%s: is another user's file in a sticky directory, and cannot be replaced",
				 path);
	/* STATX_ATTR_MOUNT_ROOT, Linux 5.8 */
	if (statx(p->self, "", AT_EMPTY_PATH, STATX_TYPE, &more) == 0 && (more.stx_attributes & 0x2000) != 0)
		return error_set(e, ERR_SYSTEM, "%s: is a mount point, and cannot be replaced; mount its directory", path);
	/* EPERM: the file is immutable. Read-only permissions of the file do not matter: rename
	 * writes to the folder. */
	if (faccessat(p->folder, p->name, W_OK, 0) != 0 && errno == EPERM)
		return error_system(e, "%s: cannot replace it", path);
	return 0;
}

/* Whether the folder can be written and locked. */
static int folder_writable(const struct place *p, const char *path, struct error *e)
{
	errno = ENOENT;
	int folder = p->kind == PLACE_NO_FOLDER ? -1 : openat(p->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
		error_system(e, "%s: cannot write into its directory", path);
	else if (flock(folder, LOCK_EX | LOCK_NB) != 0 && errno != EWOULDBLOCK)
		error_system(e, "%s: cannot lock the folder that holds it", path);
	if (folder >= 0)
		close(folder);
	return e->code;
}

int file_writable(const char *path, struct error *e)
{
	struct place p;
	size_t n = strlen(path);
	if (n == 0 || path[n - 1] == '/')
		return error_set(e, ERR_INPUT, "\"%s\": is not the name of a file", path);
	if (place_open(path, &p, e) < 0)
		return e->code;
	if (p.kind == PLACE_FOLDER)
		error_set(e, ERR_INPUT, "%s: is a directory; name a file", path);
	else if (p.kind == PLACE_DESCRIPTOR)
		stream_writable(&p, path, e);
	else if (check_owner(&p, path, e) == 0 && p.kind == PLACE_STREAM)
		stream_writable(&p, path, e);
	else if (e->code == 0 && folder_writable(&p, path, e) == 0 && p.kind == PLACE_FILE)
		file_replaceable(&p, path, e);
	place_close(&p);
	return e->code;
}

void file_remove(const char *path)
{
	struct error ignored = {0};
	struct place p;
	if (place_open(path, &p, &ignored) < 0)
		return;
	if (p.kind == PLACE_FILE && p.st.st_uid == geteuid())
		unlinkat(p.folder, p.name, 0);
	place_close(&p);
}

/* Removes a temporary file unless its writer is still at work. */
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

void file_clear_away(int folder)
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
