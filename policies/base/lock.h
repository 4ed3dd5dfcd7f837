/* The lock of who rewrites a file. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_LOCK_H
#define PINHOLE_POLICIES_BASE_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/place.h"

/* How long the usual wait is, at most. */
enum { LOCK_WAIT_MS = 60000 };

/* How to wait for a lock that another process holds. */
struct patience {
	unsigned limit_ms; /* so long at most */
	/* Called once, when it has taken a while: `holder` says which process has the lock. Or NULL. */
	void (*tell)(const char *path, const char *holder);
	/* Waits so many milliseconds; true: stop waiting for the lock. NULL: nothing stops it. */
	bool (*pause)(unsigned ms);
};

/* Takes the lock that everyone who rewrites a file holds while doing so: flock(2) on the folder that holds it, so that no
 * lock file is left behind and rename does not lose it. Whoever may read the folder can take it, too: so the wait has a
 * limit, LOCK_WAIT_MS where `patience` is NULL. Then looks again what is there by now. Returns a descriptor to give to
 * file_unlock, or a negative code. The kernel drops the lock when the holder dies. Temporary files beside the place whose
 * writers were killed are removed. */
int file_lock(struct place *p, const char *path, const struct patience *patience, struct error *e);
void file_unlock(int lock);

#endif
