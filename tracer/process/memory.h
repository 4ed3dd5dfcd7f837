/* Reading the memory of a process that does not run. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_MEMORY_H
#define PINHOLE_TRACER_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MEMORY_PAGE = 4096, MEMORY_SLOTS = 256 };

/* A cache of pages of one process. All zero is an empty one. */
struct memory {
	pid_t pid;
	unsigned era; /* counts memory_begin; a page of an earlier era is read again */
	struct {
		uint64_t address;
		unsigned era; /* 0: empty */
		bool lasting;
	} slots[MEMORY_SLOTS];
	unsigned char (*bytes)[MEMORY_PAGE]; /* one for each slot; malloc'ed at the first read */
};

/* Begins to read the memory of a process, which must not run until the next call. Of the pages that are known only the
 * lasting ones (MEMORY_LASTING) stay known, and only if it is the same process with the `same_mappings` as before:
 * places and files. */
void memory_begin(struct memory *m, pid_t pid, bool same_mappings);

/* The kind of mapping that an address is in. */
enum memory_kind {
	MEMORY_LASTING,	 /* of a file, and not writable: its pages stay known */
	MEMORY_FILE,	 /* of a file */
	MEMORY_OF_ITS_OWN, /* of no file. A page that is not present is not read: reading it may wait for another thread
			    * (userfaultfd(2)) that is stopped */
};

/* Copies n bytes from an address to `out` (process_vm_readv(2), Linux 3.2). Returns false where they cannot be read, or
 * this process has no memory left. */
bool memory_read(struct memory *m, uint64_t address, void *out, size_t n, enum memory_kind kind);

/* Copies n ≥ 1 bytes, at most a page, of memory that is no file's, without keeping pages. Takes no memory of this process. Returns
 * false where they cannot be read, or are not present (see MEMORY_OF_ITS_OWN). */
bool memory_read_once(pid_t pid, uint64_t address, void *out, size_t n);

void memory_free(struct memory *m);

#endif
