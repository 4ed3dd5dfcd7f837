/* Finds the file that a path leads to, and opens it folder by folder. Each thing is first opened
 * and then checked by its descriptor, so that no other user can exchange it in between.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_PLACE_H
#define PINHOLE_POLICIES_BASE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "policies/base/error.h"

enum place_kind {
	PLACE_DESCRIPTOR, /* a descriptor of this process: "-", /dev/stdout, /dev/fd/N, /proc/self/fd/N */
	PLACE_NO_FOLDER,  /* a folder on the way does not exist */
	PLACE_NOTHING,	  /* nothing has that name in the folder */
	PLACE_FILE,	  /* a regular file */
	PLACE_FOLDER,
	PLACE_STREAM, /* a pipe, a device or a socket */
};

struct place {
	enum place_kind kind;
	int descriptor;		 /* of PLACE_DESCRIPTOR */
	int folder;		 /* its folder (O_PATH) for PLACE_NOTHING, _FILE and _STREAM; else -1 */
	char name[NAME_MAX + 1]; /* its name there; not a link */
	struct stat st;		 /* for PLACE_FILE and PLACE_STREAM */
	int self;		 /* the thing itself (O_PATH), so that its inode is not reused; or -1 */
	bool magic;		 /* the name is a link of /proc that only the kernel can follow */
	bool planted;		 /* it belongs to another user, in a sticky folder where everyone may create files */
};

/* Follows `path`. A link in a sticky folder where everyone may write is followed only if it belongs
 * to this user or to the folder's owner: the rule of fs.protected_symlinks (proc(5)), here for
 * every part of the path and for any value of the setting. At most 40 other links are followed.
 * Returns 0 (the caller then calls place_close) or a negative code. */
int place_open(const char *path, struct place *p, struct error *e);

/* Looks up the name in the folder again. Returns 0, or a negative code if the name is a link now or
 * the look-up fails; the place is then unchanged. `path` is for messages. */
int place_look(struct place *p, const char *path, struct error *e);

/* Opens the thing that was found, and never another thing that has taken its name. Returns a
 * descriptor, or -1 and errno. */
int place_reopen(struct place *p, int flags);

void place_close(struct place *p);

#endif
