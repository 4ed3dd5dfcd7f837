/* Saves a run while it is recorded. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_AUTOSAVE_H
#define PINHOLE_TOOLS_AUTOSAVE_H

#include <limits.h>

#include "tools/command.h"

/* The result of a save, which the saving process sends. */
struct save_result {
	struct error e;	     /* why the run is not in the profile */
	char kept[PATH_MAX]; /* the file in which the run is kept instead; "": none */
};

/* The state of saving. Begin with all zero but `path`. */
struct saver {
	const char *path;
	pid_t process; /* the process that saves; 0: none */
	int pipe;      /* its pipe: it sends a struct save_result */
	uint64_t began; /* when this save began; all times are in milliseconds of the run */
	uint64_t seen; /* profile_changes at the last look */
	bool unsaved;	       /* there are new facts that no save includes yet */
	uint64_t first, last;  /* when the first and the last of these facts came */
	uint64_t saved;	       /* when the last successful save began */
	uint64_t next;	       /* the next save must not begin before this */
	bool ever;	       /* a save has succeeded */
	bool told;	       /* a failed save was reported */
	bool stuck;	       /* the saving process took too long and was killed */
	struct save_result result;
	size_t got; /* how many bytes of `result` have come */
	char kept[PATH_MAX];
	char word[9]; /* random word at the end of that file's name */
};

/* Saves the recorded run when a save is due: soon after new facts, and at times for the counts. A
 * child process saves its copy of the memory, so no tracee waits. `saver` is a struct saver. */
void saver_watch(void *saver, struct profile *p, uint32_t run, uint64_t ms);

/* Saves the finished run by save_run. Removes what was kept beside the profile if the run is now
 * saved. */
int saver_finish(struct saver *s, struct profile *p, struct profile **merged, struct error *e);

/* Waits until a running save has ended. */
void saver_stop(struct saver *s);

#endif
