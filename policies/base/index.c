/* A hash index over items that live in a vector. SPDX-License-Identifier: MIT */
#include "policies/base/index.h"

#include <stdlib.h>

size_t index_find(const struct index *ix, uint32_t hash, bool (*same)(const void *context, size_t position),
		  const void *context)
{
	if (ix->size == 0)
		return SIZE_MAX;
	for (size_t i = hash & (ix->size - 1);; i = (i + 1) & (ix->size - 1)) {
		const struct index_slot *slot = &ix->slots[i];
		if (slot->position == 0)
			return SIZE_MAX;
		if (slot->hash == hash && same(context, slot->position - 1))
			return slot->position - 1;
	}
}

static void place(struct index_slot *slots, size_t size, struct index_slot slot)
{
	size_t i = slot.hash & (size - 1);
	while (slots[i].position != 0)
		i = (i + 1) & (size - 1);
	slots[i] = slot;
}

bool index_add(struct index *ix, uint32_t hash, size_t position)
{
	if (position >= UINT32_MAX)
		return false;
	if (ix->used * 2 >= ix->size) {
		size_t size = ix->size == 0 ? 16 : ix->size * 2;
		struct index_slot *slots = calloc(size, sizeof(*slots));
		if (slots == NULL)
			return false;
		for (size_t i = 0; i < ix->size; i++)
			if (ix->slots[i].position != 0)
				place(slots, size, ix->slots[i]);
		free(ix->slots);
		ix->slots = slots;
		ix->size = size;
	}
	place(ix->slots, ix->size, (struct index_slot){hash, (uint32_t)position + 1});
	ix->used++;
	return true;
}

void index_free(struct index *ix)
{
	free(ix->slots);
	*ix = (struct index){0};
}

/* FNV-1a, then a final mix: the low bits choose the slot and must depend on every byte. */
uint32_t index_hash(uint32_t seed, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint32_t h = seed ^ 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	h ^= h >> 16;
	h *= 0x7feb352du;
	return h ^ (h >> 15);
}
