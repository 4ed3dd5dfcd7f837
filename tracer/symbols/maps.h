/* What is mapped in a process, and the modules among that: executables, libraries, the vDSO. SPDX-License-Identifier:
 * MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_MAPS_H
#define PINHOLE_TRACER_SYMBOLS_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/base/vector.h"

/* One line of /proc/PID/maps (proc(5)). */
struct map {
	uint64_t start, end, offset;
	bool writable, executable;
	int module; /* position among the modules; -1: not a file's */
};

/* A file whose pages are mapped. Its positions in the text hold until the maps are read anew. */
struct module_map {
	const char *path; /* as /proc tells it, unescaped, without " (deleted)" */
	uint64_t start;	  /* of its first mapping with the file's beginning; 0: that is not mapped */
	uint64_t end;	  /* of its last mapping */
	uint64_t inode;	  /* 0: of no file */
	unsigned major, minor; /* of its device */
};

struct maps {
	struct text text; /* what /proc said, to see whether it says something else */
	struct text names;
	VEC(struct map) maps; /* ascending */
	VEC(struct module_map) modules;
};

/* Reads the mappings of a thread's process; *changed tells whether they differ from those read before. Returns 0,
 * ERR_SYSTEM where /proc does not tell (then there are none), or ERR_MEMORY. */
int maps_read(struct maps *m, pid_t tid, bool *changed, struct error *e);

/* The mapping that holds an address, or NULL. */
const struct map *maps_find(const struct maps *m, uint64_t address);

void maps_free(struct maps *m);

#endif
