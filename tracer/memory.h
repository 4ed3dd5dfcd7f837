/* What a stopped process has in its memory. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_MEMORY_H
#define PINHOLE_MEMORY_H

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

/* From now on the memory of that process is read. It may have run since the last call, so that only what is `lasting` (see
 * memory_read) is still known; and that only where it has the same mappings, at the same places, of the same files. */
void memory_begin(struct memory *m, pid_t pid, bool same_mappings);

/* Copies n bytes from an address (process_vm_readv(2), Linux 3.2). `lasting`: from a mapping that cannot be written to, of
 * which what is read stays known. false: they cannot be read, or this process has no memory left. */
bool memory_read(struct memory *m, uint64_t address, void *out, size_t n, bool lasting);

void memory_free(struct memory *m);

#endif
