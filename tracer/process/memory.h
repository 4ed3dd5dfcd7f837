/* What a stopped process has in its memory. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_MEMORY_H
#define PINHOLE_TRACER_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MEMORY_PAGE = 4096, MEMORY_SLOTS = 256 };

/* Pages that were read, of one process; all zero is none. */
struct memory {
	pid_t pid;
	unsigned era; /* pages of an earlier one are read anew */
	struct {
		uint64_t address;
		unsigned era; /* 0: empty */
		bool lasting;
	} slots[MEMORY_SLOTS];
	unsigned char (*bytes)[MEMORY_PAGE]; /* one a slot; NULL until the first is read */
};

/* From now on the memory of that process is read. It may have run since the last call, so that only what is `lasting`
 * (see memory_read) is still known; and that only where it has the same mappings, at the same places, of the same
 * files. */
void memory_begin(struct memory *m, pid_t pid, bool same_mappings);

/* How a mapping is read. */
enum memory_kind {
	MEMORY_LASTING,	 /* a file's, which cannot be written to: what is read stays known */
	MEMORY_FILE,	 /* a file's */
	MEMORY_OF_ITS_OWN, /* no file's: a page that is not there may be one that another thread of the program is to fill in
			    * (userfaultfd(2)), which may be stopped: it is not read */
};

/* Copies n bytes from an address (process_vm_readv(2), Linux 3.2). false: they cannot be read, or this process has no
 * memory left. */
bool memory_read(struct memory *m, uint64_t address, void *out, size_t n, enum memory_kind kind);

void memory_free(struct memory *m);

#endif
