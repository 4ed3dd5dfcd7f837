/* The lock that every rewriter of a file holds. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_LOCK_H
#define PINHOLE_POLICIES_BASE_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/place.h"

/* The usual limit of the wait. */
enum { LOCK_WAIT_MS = 60000 };

/* How to wait for a lock that another process holds. */
struct patience {
	unsigned limit_ms; /* the longest wait */
	/* Called once when the wait takes long: `holder` names the process that has the lock. Or
	 * NULL. */
	void (*tell)(const char *path, const char *holder);
	/* Waits for so many milliseconds; true: give up. NULL: nothing interrupts the wait. */
	bool (*pause)(unsigned ms);
};

/* Takes the lock that everyone who rewrites a file holds meanwhile: flock(2) on the folder of the
 * file, so that no lock file is left behind and rename(2) does not lose the lock. Anyone who may
 * read the folder can take it too, so the wait has a limit: LOCK_WAIT_MS if `patience` is NULL.
 * Afterwards looks up the file again. Returns a descriptor for file_unlock, or a negative code. The
 * kernel drops the lock when the holder dies. Removes temporary files beside the file whose writers
 * were killed. */
int file_lock(struct place *p, const char *path, const struct patience *patience, struct error *e);
void file_unlock(int lock);

#endif
