/* Finds the file that a path leads to, and opens it folder by folder.
 * SPDX-License-Identifier: MIT */
#include "policies/base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MOST_LINKS = 40 }; /* as the kernel's MAXSYMLINKS (include/linux/namei.h) */

/* The descriptor of this process that a path names, or -1. It is used directly: opening the path
 * again would give an offset of its own, or another file if the file was replaced. */
static int descriptor_of(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t n = strlen(folders[i]);
		const char *number = path + n;
		if (strncmp(path, folders[i], n) == 0 && number[0] != '\0' &&
		    number[strspn(number, "0123456789")] == '\0' && strlen(number) < 10)
			return atoi(number);
	}
	return -1;
}

/* Whether another user may have put a thing with this owner into the folder, which belongs to
 * neither of the two. */
static bool is_planted(const struct stat *folder, const struct stat *st)
{
	const mode_t open = S_ISVTX | S_IWOTH;
	return (folder->st_mode & open) == open && st->st_uid != geteuid() && st->st_uid != folder->st_uid;
}

static bool is_proc(int folder)
{
	struct statfs fs;
	return fstatfs(folder, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* A walk along a path. */
struct walk {
	const char *path; /* for messages */
	int at;		  /* the current folder (O_PATH) */
	char *rest;	  /* the path that is left, malloc'ed; `next` is its next name */
	char *next;
	unsigned links; /* followed so far */
	char name[NAME_MAX + 1];
	bool last;	/* no name follows this one */
	bool as_folder; /* a slash follows it: it must be a folder */
};

static int fails(const struct walk *w, struct error *e)
{
	return error_system(e, "%s: cannot look it up", w->path);
}

static void go_to(struct walk *w, int folder)
{
	close(w->at);
	w->at = folder;
}

/* Takes the next name from the rest. Returns 1, 0 if there is none, or a negative code. */
static int next_name(struct walk *w, struct error *e)
{
	w->next += strspn(w->next, "/");
	size_t n = strcspn(w->next, "/"), slashes = strspn(w->next + n, "/");
	if (n > NAME_MAX) {
		errno = ENAMETOOLONG;
		return fails(w, e);
	}
	memcpy(w->name, w->next, n);
	w->name[n] = '\0';
	w->next += n;
	w->last = w->next[slashes] == '\0';
	w->as_folder = slashes > 0;
	return n > 0;
}

/* Continues with a link's text, followed by the rest of the path. */
static int take_link(struct walk *w, const char *text, struct place *p, struct error *e)
{
	char *rest;
	if (asprintf(&rest, "%s%s", text, w->next) < 0)
		return error_memory(e);
	free(w->rest);
	w->rest = w->next = rest;
	if (text[0] != '/')
		return 0;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fails(w, e);
	go_to(w, root);
	if ((p->descriptor = descriptor_of(rest)) >= 0)
		p->kind = PLACE_DESCRIPTOR;
	return p->descriptor >= 0;
}

/* Follows a link of /proc. The text of many leads nowhere ("pipe:[7]"), so the kernel must follow
 * them. At the end of a path the text is followed if possible, because only the text tells the
 * folder. Returns 1 if the place is found; 0 if the caller must follow `text`, or go on if `text`
 * is empty; or a negative code. */
static int follow_in_proc(struct walk *w, char *text, struct place *p, struct error *e)
{
	struct stat ours, at;
	size_t digits = strspn(w->name, "0123456789");
	bool number = w->last && digits > 0 && digits < 10 && w->name[digits] == '\0';
	if (number && stat("/proc/self/fd", &ours) == 0 && fstat(w->at, &at) == 0 && ours.st_dev == at.st_dev &&
	    ours.st_ino == at.st_ino) {
		p->kind = PLACE_DESCRIPTOR;
		p->descriptor = atoi(w->name);
		return 1;
	}
	if (w->last && text[0] == '/')
		return 0;
	int fd = openat(w->at, w->name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return fails(w, e);
	text[0] = '\0';
	if (!w->last) {
		go_to(w, fd);
		return 0;
	}
	p->self = fd;
	p->magic = true;
	return 1;
}

/* `link` is what the name stands for. Returns the same as follow_in_proc. */
static int follow(struct walk *w, int link, const struct stat *st, struct place *p, struct error *e)
{
	struct stat above;
	char text[PATH_MAX];
	ssize_t n = readlinkat(link, "", text, sizeof(text) - 1);
	if (n < 0 || fstat(w->at, &above) != 0)
		return fails(w, e);
	text[n] = '\0';
	if (is_planted(&above, st))
		return error_set(e, ERR_SYSTEM,
				 "%s: \"%s\" is another user's link, in a sticky folder where everyone may create one; name "
				 "the place that it leads to",
				 w->path, w->name);
	if (++w->links > MOST_LINKS) {
		errno = ELOOP;
		return fails(w, e);
	}
	if (is_proc(w->at)) {
		int rc = follow_in_proc(w, text, p, e);
		if (rc != 0 || text[0] == '\0')
			return rc;
	}
	return take_link(w, text, p, e);
}

/* If an automounter waits in a folder, only O_DIRECTORY makes it mount (open(2), O_PATH). */
static int open_name(const struct walk *w)
{
	const int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
	int fd = w->last ? -1 : openat(w->at, w->name, flags | O_DIRECTORY);
	return fd >= 0 || (!w->last && errno != ENOTDIR) ? fd : openat(w->at, w->name, flags);
}

/* Goes one name further. Returns 1 if the place is found (p->self is the thing there), 0 if the
 * walk goes on, or a negative code. */
static int step(struct walk *w, struct place *p, struct error *e)
{
	struct stat st;
	int fd = open_name(w);
	if (fd < 0 && errno == ENOENT) {
		p->kind = w->last && !w->as_folder ? PLACE_NOTHING : PLACE_NO_FOLDER;
		return 1;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		int rc = fails(w, e);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	if (S_ISLNK(st.st_mode)) {
		int rc = follow(w, fd, &st, p, e);
		close(fd);
		return rc;
	}
	if (w->last && (!w->as_folder || S_ISDIR(st.st_mode))) {
		p->self = fd;
		return 1;
	}
	go_to(w, fd);
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return fails(w, e);
}

/* Sets the kind of the thing in p->self. */
static int judge(struct place *p, const char *path, struct error *e)
{
	struct stat above;
	if (fstat(p->self, &p->st) != 0 || fstat(p->folder, &above) != 0)
		return error_system(e, "%s: cannot look it up", path);
	p->kind = S_ISREG(p->st.st_mode) ? PLACE_FILE : S_ISDIR(p->st.st_mode) ? PLACE_FOLDER : PLACE_STREAM;
	p->planted = p->kind != PLACE_FOLDER && is_planted(&above, &p->st);
	return 0;
}

int place_open(const char *path, struct place *p, struct error *e)
{
	*p = (struct place){.kind = PLACE_DESCRIPTOR, .descriptor = descriptor_of(path), .folder = -1, .self = -1};
	if (p->descriptor >= 0)
		return 0;
	p->kind = PLACE_NO_FOLDER;
	if (path[0] == '\0')
		return 0;
	struct walk w = {.path = path, .at = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
	w.rest = w.next = strdup(path);
	int rc = w.rest == NULL ? error_memory(e) : w.at < 0 ? fails(&w, e) : 0;
	while (rc == 0) {
		rc = next_name(&w, e);
		if (rc == 0) {
			p->kind = PLACE_FOLDER; /* the root or the current folder */
			break;
		}
		if (rc > 0)
			rc = step(&w, p, e);
	}
	free(w.rest);
	if (rc > 0 && (p->kind == PLACE_NOTHING || p->self >= 0)) {
		p->folder = w.at;
		memcpy(p->name, w.name, sizeof(p->name));
		if (p->self >= 0)
			rc = judge(p, path, e);
	} else if (w.at >= 0) {
		close(w.at);
	}
	if (rc < 0)
		place_close(p);
	return rc < 0 ? rc : 0;
}

int place_look(struct place *p, const char *path, struct error *e)
{
	if (p->folder < 0)
		return 0;
	struct place now = {.kind = PLACE_NOTHING, .descriptor = -1, .folder = p->folder, .magic = p->magic};
	now.self = openat(p->folder, p->name, O_PATH | O_CLOEXEC | (p->magic ? 0 : O_NOFOLLOW));
	if (now.self < 0 && errno != ENOENT)
		return error_system(e, "%s: cannot look it up", path);
	int rc = now.self >= 0 ? judge(&now, path, e) : 0;
	if (rc == 0 && now.self >= 0 && S_ISLNK(now.st.st_mode))
		rc = error_set(e, ERR_SYSTEM, "%s: became a link meanwhile; try again", path);
	if (rc < 0) {
		close(now.self);
		return rc;
	}
	if (p->self >= 0)
		close(p->self);
	memcpy(now.name, p->name, sizeof(now.name));
	*p = now;
	return 0;
}

int place_reopen(struct place *p, int flags)
{
	/* A file that has just become a FIFO must not block us. */
	int more = O_CLOEXEC | O_NOCTTY | (p->magic ? 0 : O_NOFOLLOW) | (p->kind == PLACE_FILE ? O_NONBLOCK : 0);
	struct stat st;
	int fd = openat(p->folder, p->name, flags | more);
	if (fd >= 0 && (fstat(fd, &st) != 0 || st.st_dev != p->st.st_dev || st.st_ino != p->st.st_ino)) {
		close(fd);
		errno = ESTALE;
		return -1;
	}
	return fd;
}

void place_close(struct place *p)
{
	if (p->self >= 0)
		close(p->self);
	if (p->folder >= 0)
		close(p->folder);
	p->self = p->folder = -1;
}
