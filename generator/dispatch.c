/* Splitting one word into intervals with as few comparisons as there can be. SPDX-License-Identifier: MIT */
#include "stages.h"

#include <linux/filter.h>
#include <stdlib.h>

/* No filter has more instructions, and each comparison ends at most two cases: more of them can't fit. */
#define CASE_LIMIT (2 * (size_t)BPF_MAXINSNS + 2)

/* A run of cases left between JGE comparisons: `node`, but for cases from first to last that a JEQ picks out. */
struct region {
	size_t first, last; /* among the cases */
	uint32_t node;
	uint64_t weight;
};

struct plan {
	struct nodes *g;
	uint16_t word;
	uint32_t mask;
	const struct word_case *cases;
	const bool *picked; /* by a JEQ of its own */
	struct region *regions;
};

/* The smallest number from `from` up that has no bit outside the mask; more than UINT32_MAX: there is none. */
static uint64_t reachable(uint32_t mask, uint64_t from)
{
	uint64_t outside = from & ~(uint64_t)mask;
	if (outside == 0)
		return from;
	if (from > UINT32_MAX)
		return (uint64_t)UINT32_MAX + 1;
	/* Below its highest bit outside the mask all bits become 0, and the bits of the mask above it count one up:
	 * the carry runs through the bits that are not in the mask as these are all 1. */
	uint64_t below = ((uint64_t)2 << (63 - __builtin_clzll(outside))) - 1;
	uint64_t next = ((from | below | (uint32_t)~mask) & UINT32_MAX) + 1;
	return next > UINT32_MAX ? next : next & mask;
}

/* Starts every case at a value that the masked word can have, drops those with none, joins equal neighbours. */
static size_t normalise(uint32_t mask, struct word_case *cases, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t lo = reachable(mask, cases[i].lo);
		uint64_t end = i + 1 < n ? reachable(mask, cases[i + 1].lo) : (uint64_t)UINT32_MAX + 1;
		if (lo > UINT32_MAX || lo >= end)
			continue;
		if (kept > 0 && cases[kept - 1].node == cases[i].node) {
			if (cases[kept - 1].weight < cases[i].weight)
				cases[kept - 1].weight = cases[i].weight;
			continue;
		}
		cases[kept] = cases[i];
		cases[kept++].lo = (uint32_t)lo;
	}
	return kept;
}

static bool is_single(uint32_t mask, const struct word_case *cases, size_t n, size_t i)
{
	uint64_t end = i + 1 < n ? cases[i + 1].lo : (uint64_t)UINT32_MAX + 1;
	return reachable(mask, (uint64_t)cases[i].lo + 1) >= end;
}

/* Chooses the cases of one value that get a JEQ. A case that is picked out is no longer there for its neighbours:
 * where these are equal, one JEQ ended two borders. cost[i] is the number of comparisons up to case i if that one
 * is kept; it grows by at most one from case to case, so that only the nearest kept case and the nearest one with
 * the same node need be looked at. */
static void choose(const bool *single, const struct word_case *cases, size_t n, bool *picked, size_t *cost,
		   size_t *before)
{
	size_t best = SIZE_MAX, last = 0;
	bool all_single = true;
	for (size_t i = 0; i < n; i++) {
		cost[i] = all_single ? i : SIZE_MAX;
		before[i] = SIZE_MAX;
		for (size_t j = i; j-- > 0;) {
			size_t c = cost[j] + (i - j - 1) + (cases[j].node != cases[i].node);
			if (c < cost[i]) {
				cost[i] = c;
				before[i] = j;
			}
			if (cases[j].node == cases[i].node || !single[j])
				break;
		}
		all_single = all_single && single[i];
	}
	for (size_t i = n; i-- > 0;) {
		if (cost[i] + (n - 1 - i) < best) {
			best = cost[i] + (n - 1 - i);
			last = i;
		}
		if (!single[i])
			break;
	}
	for (size_t i = 0; i < n; i++)
		picked[i] = true;
	for (size_t i = last; i != SIZE_MAX; i = before[i])
		picked[i] = false;
}

/* One region: the heavier of the cases picked out are compared first. */
static uint32_t build_region(const struct plan *p, const struct region *r)
{
	uint32_t node = r->node;
	for (int heavy = 0; heavy <= 1; heavy++)
		for (size_t i = r->last + 1; i-- > r->first;)
			if (p->picked[i] && (p->cases[i].weight > 0) == heavy)
				node =
				    node_jump(p->g, BPF_JEQ, p->word, p->mask, p->cases[i].lo, p->cases[i].node, node);
	return node;
}

/* A tree of JGE over the regions from `first` to `last`, split where both sides weigh most alike. */
static uint32_t build_tree(const struct plan *p, size_t first, size_t last)
{
	if (first == last)
		return build_region(p, &p->regions[first]);
	uint64_t total = 0, left = 0, best = UINT64_MAX;
	size_t split = first + 1;
	for (size_t i = first; i <= last; i++)
		total += p->regions[i].weight;
	for (size_t i = first; i < last; i++) {
		left += p->regions[i].weight;
		uint64_t apart = left > total - left ? 2 * left - total : total - 2 * left;
		if (apart < best) {
			best = apart;
			split = i + 1;
		}
	}
	uint32_t low = build_tree(p, first, split - 1), high = build_tree(p, split, last);
	return node_jump(p->g, BPF_JGE, p->word, p->mask, p->cases[p->regions[split].first].lo, high, low);
}

/* Joins the kept cases into regions; the cases picked out between two regions belong to the one before. */
static size_t make_regions(const struct word_case *cases, size_t n, const bool *picked, struct region *regions)
{
	size_t count = 0;
	bool open = false;
	for (size_t i = 0; i < n; i++) {
		if (!picked[i] && open && regions[count - 1].node != cases[i].node)
			open = false;
		if (!open && (count == 0 || !picked[i])) {
			/* The first region may begin with cases picked out: its node is that of the first kept case. */
			size_t kept = i;
			while (picked[kept])
				kept++;
			regions[count++] = (struct region){.first = i, .node = cases[kept].node};
			open = true;
		}
		regions[count - 1].last = i;
		/* The 1 keeps the tree balanced where nothing weighs anything. */
		regions[count - 1].weight += 1 + 1024 * (uint64_t)cases[i].weight;
	}
	return count;
}

uint32_t dispatch_word(struct nodes *g, uint16_t word, uint32_t mask, struct word_case *cases, size_t n)
{
	n = normalise(mask, cases, n);
	if (n == 1)
		return cases[0].node;
	if (n > CASE_LIMIT) {
		g->too_big = true;
		return 0;
	}
	/* No bit of the mask, or any: JSET looks at the word as it is. */
	if (n == 2 && mask != UINT32_MAX && is_single(mask, cases, n, 0))
		return node_load(g, word, UINT32_MAX,
				 node_jump(g, BPF_JSET, word, UINT32_MAX, mask, cases[1].node, cases[0].node));
	bool *picked = calloc(2 * n, sizeof(*picked));
	size_t *cost = calloc(2 * n, sizeof(*cost));
	struct region *regions = calloc(n, sizeof(*regions));
	uint32_t tree = 0;
	if (picked == NULL || cost == NULL || regions == NULL) {
		g->failed = true;
	} else {
		bool *single = picked + n;
		for (size_t i = 0; i < n; i++)
			single[i] = is_single(mask, cases, n, i);
		choose(single, cases, n, picked, cost, cost + n);
		struct plan p = {g, word, mask, cases, picked, regions};
		tree = build_tree(&p, 0, make_regions(cases, n, picked, regions) - 1);
		tree = node_load(g, word, mask, tree);
	}
	free(picked);
	free(cost);
	free(regions);
	return tree;
}

/* Splits by the high word; where a border lies within one high word, by the low word below it. */
uint32_t dispatch_value(struct nodes *g, unsigned arg, uint64_t mask, const struct value_case *cases, size_t n)
{
	struct word_case *low = calloc(n + 1, sizeof(*low)), *high = calloc(2 * n, sizeof(*high));
	uint32_t node = 0;
	size_t highs = 0;
	if (low == NULL || high == NULL) {
		g->failed = true;
		goto out;
	}
	for (size_t i = 0; i < n;) {
		uint32_t top = (uint32_t)(cases[i].lo >> 32);
		size_t lows = 0;
		if ((uint32_t)cases[i].lo != 0)
			low[lows++] = (struct word_case){.lo = 0, .node = cases[i - 1].node};
		for (; i < n && cases[i].lo >> 32 == top; i++)
			low[lows++] = (struct word_case){.lo = (uint32_t)cases[i].lo, .node = cases[i].node};
		high[highs++] =
		    (struct word_case){.lo = top, .node = dispatch_word(g, WORD_LOW(arg), (uint32_t)mask, low, lows)};
		if (top != UINT32_MAX && (i == n || cases[i].lo >> 32 != (uint64_t)top + 1))
			high[highs++] = (struct word_case){.lo = top + 1, .node = cases[i - 1].node};
	}
	node = dispatch_word(g, WORD_HIGH(arg), (uint32_t)(mask >> 32), high, highs);
out:
	free(low);
	free(high);
	return node;
}
