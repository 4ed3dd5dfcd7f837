/* What a path leads to, opened folder by folder. Each thing is opened first and judged by its descriptor afterwards, so that
 * no other user can exchange it in between. SPDX-License-Identifier: MIT */
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
	int folder;		 /* what holds it (O_PATH), of PLACE_NOTHING, _FILE and _STREAM; else -1 */
	char name[NAME_MAX + 1]; /* its name there, which was no link */
	struct stat st;		 /* of PLACE_FILE and PLACE_STREAM */
	int self;		 /* the thing itself (O_PATH), so that its inode is given to no other; or -1 */
	bool magic;		 /* the name is a link of /proc that only the kernel can follow */
	bool planted;		 /* it is another user's, in a sticky folder where everyone may create files */
};

/* Follows `path`. A link in a sticky folder that everyone may write to is followed only where it belongs to this user or to
 * the folder's owner: the rule of fs.protected_symlinks in proc(5), for every part of the path and whatever the setting is.
 * Other links are followed, 40 at most. Returns 0, and then place_close is to be called; or a negative code. */
int place_open(const char *path, struct place *p, struct error *e);

/* Looks again what the name stands for in the folder. Returns 0; or a negative code, and then the place is as it was: also
 * where the name is a link now. `path` is for messages. */
int place_look(struct place *p, const char *path, struct error *e);

/* Opens what was found, and nothing that took its name meanwhile. Returns a descriptor, or -1 and errno. */
int place_reopen(struct place *p, int flags);

void place_close(struct place *p);

#endif
