/* Saving a run while it is recorded. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_AUTOSAVE_H
#define PINHOLE_TOOLS_AUTOSAVE_H

#include <limits.h>

#include "tools/command.h"

/* How a save went; what its process tells. */
struct save_result {
	struct error e;	     /* what kept it out of the profile */
	char kept[PATH_MAX]; /* the file of its own where the run is kept then; "": nowhere */
};

/* All zero but the path, to begin with. */
struct saver {
	const char *path;
	pid_t process; /* that is saving; 0: none */
	int pipe;      /* from it */
	uint64_t began; /* when; this and what follows in milliseconds of the run */
	uint64_t seen; /* profile_changes at the last look */
	bool unsaved;	       /* there is something new that is neither saved nor being saved: */
	uint64_t first, last;  /* since when, and the latest of it */
	uint64_t saved;	       /* when the last save began that went well, */
	uint64_t next;	       /* and when the next may begin */
	bool ever;	       /* one went well */
	bool told;	       /* that it does not go well */
	bool stuck;	       /* the process did not end in time, and was killed */
	struct save_result result;
	size_t got; /* bytes of it */
	char kept[PATH_MAX];
	char word[9]; /* at the end of that file's name */
};

/* Saves the run that is recorded where it is time for that: soon after something new, and now and then for its counts. A
 * process of its own does it, from the memory as it is now, so that no tracee waits. `saver`: a struct saver. */
void saver_watch(void *saver, struct profile *p, uint32_t run, uint64_t ms);

/* Saves the finished run, as save_run does, in place of what was saved before. */
int saver_finish(struct saver *s, struct profile *p, struct profile **merged, struct error *e);

/* Waits for a save that is going on. */
void saver_stop(struct saver *s);

#endif
