/* A hash index over items in a vector: finds an item's position by its content.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_INDEX_H
#define PINHOLE_POLICIES_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty index. Items cannot be removed; rebuild it instead. */
struct index {
	struct index_slot {
		uint32_t hash;
		uint32_t position; /* position in the vector + 1; 0: the slot is free */
	} * slots;
	size_t used, size; /* size is 0 or a power of two */
};

/* Returns the position of the first item with this hash for which same(context, position) holds;
 * SIZE_MAX if there is none. */
size_t index_find(const struct index *ix, uint32_t hash, bool (*same)(const void *context, size_t position),
		  const void *context);

/* Adds an item that must not be in it yet. false: no memory; the index is unchanged. */
bool index_add(struct index *ix, uint32_t hash, size_t position);

/* Frees the slots and leaves an empty index. */
void index_free(struct index *ix);

/* A hash of n bytes; feed the result of one call into the next to hash several pieces (start with 0). */
uint32_t index_hash(uint32_t seed, const void *bytes, size_t n);

#endif
