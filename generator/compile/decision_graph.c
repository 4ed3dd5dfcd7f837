/* The graph between lower and compile: each decision asks one word of a call, and each interval of the word's values leads to
 * another decision. Equal parts exist once. SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <stdlib.h>
#include <string.h>

/* The most edges of all decisions together: more cannot become a filter of 4096 instructions. */
#define EDGE_LIMIT (1u << 23)

struct looking {
	const struct decisions *all;
	const struct decision *wanted;
	const struct edge *edges;
};

static bool same_decision(const void *context, size_t position)
{
	const struct looking *l = context;
	const struct decision *d = &l->all->all.items[position], *w = l->wanted;
	return d->word == w->word && d->mask == w->mask && d->count == w->count &&
	       (w->count == 0 || memcmp(&l->all->edges.items[d->first], l->edges, w->count * sizeof(*l->edges)) == 0);
}

/* Edges are compared as bytes: they must have no padding. */
_Static_assert(sizeof(struct edge) == 8, "struct edge has padding");

static uint32_t intern(struct decisions *d, struct decision wanted, const struct edge *edges)
{
	if (d->failed || d->too_big)
		return 0;
	struct looking l = {d, &wanted, edges};
	uint32_t head[] = {wanted.word, wanted.mask, wanted.count};
	uint32_t hash = index_hash(0, head, sizeof(head));
	if (wanted.count > 0)
		hash = index_hash(hash, edges, wanted.count * sizeof(*edges));
	size_t found = index_find(&d->index, hash, same_decision, &l);
	if (found != SIZE_MAX)
		return (uint32_t)found;
	if (wanted.count > EDGE_LIMIT - d->edges.count) {
		d->too_big = true;
		return 0;
	}
	wanted.first = (uint32_t)d->edges.count;
	if (!vec_reserve(&d->edges, wanted.count) || !vec_push(&d->all, wanted) ||
	    !index_add(&d->index, hash, d->all.count - 1)) {
		d->failed = true;
		return 0;
	}
	if (wanted.count > 0)
		memcpy(&d->edges.items[d->edges.count], edges, wanted.count * sizeof(*edges));
	d->edges.count += wanted.count;
	return (uint32_t)d->all.count - 1;
}

uint32_t decision_end(struct decisions *d, uint32_t ret)
{
	return intern(d, (struct decision){.word = WORD_NONE, .mask = ret}, NULL);
}

uint64_t word_reachable(uint32_t mask, uint64_t from)
{
	uint64_t outside = from & ~(uint64_t)mask;
	if (outside == 0)
		return from;
	if (from > UINT32_MAX)
		return (uint64_t)UINT32_MAX + 1;
	/* The bits below the highest bit outside the mask become 0, and the mask's bits above it count up by one. Bits outside the
	 * mask are set to 1, so that the carry runs through them. */
	uint64_t below = ((uint64_t)2 << (63 - __builtin_clzll(outside))) - 1;
	uint64_t next = ((from | below | (uint32_t)~mask) & UINT32_MAX) + 1;
	return next > UINT32_MAX ? next : next & mask;
}

uint32_t decision_split(struct decisions *d, uint16_t word, uint32_t mask, struct edge *edges, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		/* Moves the start to a value that the masked word can have. Drops an interval without such a value, and joins equal
		 * neighbours. */
		uint64_t lo = word_reachable(mask, edges[i].lo);
		uint64_t end = i + 1 < n ? word_reachable(mask, edges[i + 1].lo) : (uint64_t)UINT32_MAX + 1;
		if (lo > UINT32_MAX || lo >= end || (kept > 0 && edges[kept - 1].to == edges[i].to))
			continue;
		edges[kept++] = (struct edge){(uint32_t)lo, edges[i].to};
	}
	if (kept == 1)
		return edges[0].to;
	return intern(d, (struct decision){.word = word, .mask = mask, .count = (uint32_t)kept}, edges);
}

void decisions_free(struct decisions *d)
{
	vec_free(&d->all);
	vec_free(&d->edges);
	index_free(&d->index);
	*d = (struct decisions){0};
}
