/* The mappings of a process, and its modules: executables, libraries, the vDSO. SPDX-License-Identifier: MIT */
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
	int module; /* position among the modules; -1: the mapping belongs to no file */
};

/* A file whose pages are mapped. Valid until the maps are read again. */
struct module_map {
	const char *path; /* as in /proc, unescaped, without " (deleted)" */
	uint64_t start;	  /* where the file's beginning is first mapped; 0: it is not */
	uint64_t end;	  /* the end of its last mapping */
	uint64_t inode;	  /* 0: not a file */
	unsigned major, minor; /* its device */
};

struct maps {
	struct text text; /* the last text of /proc/PID/maps, to detect changes */
	struct text names;
	VEC(struct map) maps; /* ascending */
	VEC(struct module_map) modules;
};

/* Reads the mappings of a thread's process. *changed: they differ from those read before. Returns
 * 0, ERR_SYSTEM if /proc cannot be read (then there are no mappings), or ERR_MEMORY. */
int maps_read(struct maps *m, pid_t tid, bool *changed, struct error *e);

/* The same of a text of /proc/PID/maps. Returns 0 or ERR_MEMORY. Lines that are none of that file's are left out. */
int maps_of_text(struct maps *m, const char *bytes, size_t n, struct error *e);

/* Returns the mapping that holds an address, or NULL. */
const struct map *maps_find(const struct maps *m, uint64_t address);

void maps_free(struct maps *m);

#endif
