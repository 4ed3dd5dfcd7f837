/* Splits one word into intervals: with the fewest comparisons possible, and of these in the fewest steps; or the reverse.
 * SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <linux/filter.h>
#include <stdlib.h>

/* A filter has at most BPF_MAXINSNS comparisons, and each of them bounds at most two cases. */
#define CASE_LIMIT (2 * (size_t)BPF_MAXINSNS + 2)

/* Up to these sizes all arrangements of the comparisons are examined; what is larger is halved first. There is one dispatch of the
 * number and many of arguments, so the latter have a smaller limit. */
#define ARRANGE_NUMBER	 ((size_t)1 << 20)
#define ARRANGE_SPEED	 ((size_t)1 << 21)
#define ARRANGE_ARGUMENT ((size_t)1 << 13)

/* Weights are scaled down to a sum below this, so that sums of products fit. */
#define WEIGHT_MOST ((uint64_t)1 << 24)

/* The cost of a step of the whole weight where steps come first, and of a comparison where comparisons come first. */
#define STEP_FIRST  ((uint64_t)1 << 13)
#define COUNT_FIRST ((uint64_t)1 << 36)

/* A case of a single value, which one JEQ can pick out. */
struct pick {
	size_t at; /* among the cases */
	size_t region;
	uint64_t weight;
	bool chosen; /* choose() picks it, for the fewest comparisons */
};

/* Neighbouring cases between which there is no JGE. */
struct region {
	size_t first, last; /* among the cases */
	uint64_t weight;    /* of all of them */
};

struct plan {
	struct nodes *g;
	uint16_t word;
	uint32_t mask;
	const struct word_case *cases;
	size_t n;
	bool speed; /* steps come before comparisons */
	bool free; /* every case is a region: any JGE and JEQ may be used, not only those that choose() picks */
	uint64_t step_cost, count_cost;
	bool *gone; /* per case: a JEQ above has picked it out */
	VEC(struct region) regions;
	VEC(struct pick) picks; /* in the order in which they are picked out */
};

static bool is_single(uint32_t mask, const struct word_case *cases, size_t n, size_t i)
{
	uint64_t end = i + 1 < n ? cases[i + 1].lo : (uint64_t)UINT32_MAX + 1;
	return word_reachable(mask, (uint64_t)cases[i].lo + 1) >= end;
}

/* Chooses the single values that get a JEQ, for the fewest comparisons. Once a case is picked out, its neighbours meet: where
 * these are equal, one JEQ saves two borders. cost[i] is the number of comparisons up to case i if case i is kept. The cost
 * grows by at most one from case to case, so only the nearest kept case and the nearest case with the same node matter. */
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

static int by_weight(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->chosen != y->chosen)
		return x->chosen ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Lays out regions and picks. The cases that are not picked form the regions. A pick between two regions belongs to the region
 * before it, a pick before the first region to the first. In a free plan each case is a region, and each single value may
 * be picked. Returns false where there is no memory. */
static bool lay_out(struct plan *p, const bool *single, const bool *chosen)
{
	uint64_t total = 0;
	for (size_t i = 0; i < p->n; i++)
		total += p->cases[i].weight;
	uint64_t scale = total / WEIGHT_MOST + 1;
	bool open = false, room = true;
	for (size_t i = 0; i < p->n && room; i++) {
		bool kept = p->free || !chosen[i];
		size_t count = p->regions.count;
		/* While a region is laid out, its `last` is its last kept case, or its first case where none is kept yet. */
		size_t last = open ? p->regions.items[count - 1].last : 0;
		if (kept && open && (p->free || (!chosen[last] && p->cases[i].node != p->cases[last].node)))
			open = false;
		if (!open && (count == 0 || kept)) {
			room = vec_push(&p->regions, (struct region){.first = i, .last = i});
			open = true;
		}
		if (!room)
			break;
		struct region *r = &p->regions.items[p->regions.count - 1];
		uint64_t weight = p->cases[i].weight / scale + 1;
		r->weight += weight;
		if (kept || chosen[r->last])
			r->last = i;
		bool pick = p->free ? single[i] : chosen[i];
		struct pick one = {i, p->regions.count - 1, weight, chosen[i]};
		room = !pick || vec_push(&p->picks, one);
	}
	/* A region ends where the next one begins. */
	for (size_t r = 0; r < p->regions.count; r++)
		p->regions.items[r].last = (r + 1 < p->regions.count ? p->regions.items[r + 1].first : p->n) - 1;
	if (p->picks.count > 1)
		qsort(p->picks.items, p->picks.count, sizeof(*p->picks.items), by_weight);
	return room;
}

/* Arranging: a state is the regions a to b without their h first picks. The next comparison in a state is a JEQ for the next
 * pick or a JGE between two regions; none is needed where all cases left have one node. The weights and the order of picks are
 * those of R. Anderson, S. Kannan, H. Karloff, R. Ladner, "Thresholds and optimal binary comparison search trees" (2002). */
struct state {
	uint64_t cost;
	uint32_t what; /* LEAF, PICK, or how many regions are on the low side */
};

enum { LEAF = UINT32_MAX, PICK = 0 };

struct arrangement {
	struct plan *p;
	size_t from, regions;
	struct state **at; /* per (a, b), relative to `from`: states by h */
	size_t *left;	   /* per region: how many of the state's gone picks are in it */
};

static struct state *states(const struct arrangement *r, size_t a, size_t b)
{
	return r->at[(a - r->from) * r->regions + (b - r->from)];
}

/* Returns the first case left; *all_one: all cases left have one node. */
static size_t first_left(const struct plan *p, size_t a, size_t b, bool *all_one)
{
	size_t first = SIZE_MAX;
	*all_one = true;
	for (size_t i = p->regions.items[a].first; i <= p->regions.items[b].last; i++) {
		if (p->gone[i])
			continue;
		if (first == SIZE_MAX)
			first = i;
		*all_one &= p->cases[i].node == p->cases[first].node;
	}
	return first == SIZE_MAX ? p->regions.items[a].first : first;
}

/* Returns the cheapest state for the regions a to b with h picks gone. All smaller states are known. */
static struct state best_state(const struct arrangement *r, size_t a, size_t b, size_t h, uint64_t weight, bool can_pick)
{
	struct state best = {UINT64_MAX, LEAF};
	uint64_t here = weight * r->p->step_cost + r->p->count_cost;
	if (can_pick)
		best = (struct state){here + states(r, a, b)[h + 1].cost, PICK};
	for (size_t s = a, low = 0; s < b; s++) {
		low += r->left[s - r->from];
		uint64_t cost = here + states(r, a, s)[low].cost + states(r, s + 1, b)[h - low].cost;
		if (cost < best.cost)
			best = (struct state){cost, (uint32_t)(s - a + 1)};
	}
	return best;
}

/* Solves all states of the regions a to b, from the one without any picks left to the one with all. Returns false where there
 * is no memory. */
static bool solve(struct arrangement *r, size_t a, size_t b)
{
	struct plan *p = r->p;
	VEC(size_t) mine = {0};
	uint64_t weight = 0;
	bool room = true, leaf;
	for (size_t i = a; i <= b; i++) {
		weight += p->regions.items[i].weight;
		r->left[i - r->from] = 0;
	}
	for (size_t i = 0; i < p->picks.count && room; i++) {
		const struct pick *pick = &p->picks.items[i];
		if (pick->region < a || pick->region > b)
			continue;
		room = vec_push(&mine, i);
		p->gone[pick->at] = true;
		weight -= pick->weight;
		r->left[pick->region - r->from]++;
	}
	struct state *s = calloc(mine.count + 1, sizeof(*s));
	r->at[(a - r->from) * r->regions + (b - r->from)] = s;
	room = room && s != NULL;
	for (size_t h = mine.count + 1; h-- > 0 && room;) {
		leaf = a == b && h == mine.count;
		if (p->free && !leaf)
			first_left(p, a, b, &leaf);
		s[h] = leaf ? (struct state){0, LEAF} : best_state(r, a, b, h, weight, h < mine.count);
		if (h == 0)
			break;
		const struct pick *pick = &p->picks.items[mine.items[h - 1]];
		p->gone[pick->at] = false;
		weight += pick->weight;
		r->left[pick->region - r->from]--;
	}
	for (size_t i = 0; i < mine.count; i++)
		p->gone[p->picks.items[mine.items[i]].at] = false;
	vec_free(&mine);
	return room;
}

static uint32_t jump(struct plan *p, uint8_t op, size_t at, uint32_t holds, uint32_t not)
{
	return node_jump(p->g, op, p->word, p->mask, p->cases[at].lo, holds, not);
}

/* Makes the nodes of the state with the picks that are gone now. Marks picks as gone on its way, and unmarks them at the end. */
static uint32_t build(const struct arrangement *r, size_t a, size_t b)
{
	struct plan *p = r->p;
	VEC(size_t) made = {0};
	size_t h = 0, next = 0;
	bool all_one;
	for (size_t i = 0; i < p->picks.count; i++)
		h += p->picks.items[i].region >= a && p->picks.items[i].region <= b && p->gone[p->picks.items[i].at];
	struct state s = states(r, a, b)[h];
	for (; s.what == PICK; s = states(r, a, b)[++h]) {
		while (p->picks.items[next].region < a || p->picks.items[next].region > b ||
		       p->gone[p->picks.items[next].at])
			next++;
		size_t at = p->picks.items[next].at;
		p->gone[at] = true;
		if (!vec_push(&made, at)) {
			p->g->failed = true;
			break;
		}
	}
	uint32_t node = 0;
	if (s.what == LEAF) {
		node = p->cases[first_left(p, a, b, &all_one)].node;
	} else if (s.what != PICK) {
		size_t low = a + s.what - 1;
		uint32_t below = build(r, a, low), above = build(r, low + 1, b);
		node = jump(p, BPF_JGE, p->regions.items[low + 1].first, above, below);
	}
	for (size_t i = made.count; i-- > 0;) {
		node = jump(p, BPF_JEQ, made.items[i], p->cases[made.items[i]].node, node);
		p->gone[made.items[i]] = false;
	}
	vec_free(&made);
	return node;
}

static uint32_t arrange(struct plan *p, size_t from, size_t to, uint64_t *cost)
{
	size_t n = to - from + 1;
	struct arrangement r = {p, from, n, calloc(n * n, sizeof(*r.at)), calloc(n, sizeof(*r.left))};
	bool room = r.at != NULL && r.left != NULL;
	for (size_t length = 1; length <= n && room; length++)
		for (size_t a = from; a + length - 1 <= to && room; a++)
			room = solve(&r, a, a + length - 1);
	uint32_t node = 0;
	if (room) {
		node = build(&r, from, to);
		*cost = states(&r, from, to)[0].cost;
	}
	p->g->failed |= !room;
	for (size_t i = 0; r.at != NULL && i < n * n; i++)
		free(r.at[i]);
	free(r.at);
	free(r.left);
	return node;
}

static bool is_small(const struct plan *p, size_t from, size_t to)
{
	size_t n = to - from + 1, picks = 0;
	for (size_t i = 0; i < p->picks.count; i++)
		picks += p->picks.items[i].region >= from && p->picks.items[i].region <= to;
	size_t most = p->word != WORD_NR ? ARRANGE_ARGUMENT : p->speed ? ARRANGE_SPEED : ARRANGE_NUMBER;
	return n == 1 || n * n <= most / (picks + n / 8 + 1);
}

/* Makes the tree of some regions. Where there are too many to examine every arrangement, splits them where both sides weigh
 * most alike; *cost is then meaningless. */
static uint32_t halve(struct plan *p, size_t from, size_t to, uint64_t *cost)
{
	if (is_small(p, from, to))
		return arrange(p, from, to, cost);
	uint64_t total = 0, low = 0, best = UINT64_MAX;
	size_t split = from + 1;
	for (size_t i = from; i <= to; i++)
		total += p->regions.items[i].weight;
	for (size_t i = from; i < to; i++) {
		low += p->regions.items[i].weight;
		uint64_t apart = low > total - low ? 2 * low - total : total - 2 * low;
		if (apart < best) {
			best = apart;
			split = i + 1;
		}
	}
	uint32_t below = halve(p, from, split - 1, cost), above = halve(p, split, to, cost);
	*cost = 0;
	return jump(p, BPF_JGE, p->regions.items[split].first, above, below);
}

/* Makes the tree of a plan. Skips a plan that is too large to examine, unless it is `needed`: *cost is UINT64_MAX then. */
static uint32_t carry_out(struct plan *p, const bool *single, const bool *chosen, bool needed, uint64_t *cost)
{
	uint32_t tree = 0;
	*cost = UINT64_MAX;
	if (!lay_out(p, single, chosen))
		p->g->failed = true;
	else if (needed || is_small(p, 0, p->regions.count - 1))
		tree = halve(p, 0, p->regions.count - 1, cost);
	vec_free(&p->regions);
	vec_free(&p->picks);
	return tree;
}

/* The chosen picks give the fewest comparisons, but other picks may give as few and fewer steps: makes both plans and returns
 * the better tree. */
static uint32_t plan_tree(struct plan *p, const bool *single, const bool *chosen, bool speed)
{
	uint64_t cost, other_cost;
	p->step_cost = speed ? STEP_FIRST : 1;
	p->count_cost = speed ? 1 : COUNT_FIRST;
	p->free = p->speed = speed;
	uint32_t tree = carry_out(p, single, chosen, true, &cost);
	if (speed)
		return tree;
	p->free = true;
	uint32_t other = carry_out(p, single, chosen, false, &other_cost);
	return other_cost < cost ? other : tree;
}

uint32_t dispatch_word(struct nodes *g, uint16_t word, uint32_t mask, const struct word_case *cases, size_t n, bool speed)
{
	if (n > CASE_LIMIT) {
		g->too_big = true;
		return 0;
	}
	/* Two cases, no bit of the mask or any: one JSET does it, without an AND. */
	if (n == 2 && mask != UINT32_MAX && is_single(mask, cases, n, 0))
		return node_load(g, word, UINT32_MAX,
				 node_jump(g, BPF_JSET, word, UINT32_MAX, mask, cases[1].node, cases[0].node));
	bool *flags = calloc(3 * n, sizeof(*flags)), *single = flags, *chosen = flags + n;
	size_t *cost = calloc(2 * n, sizeof(*cost));
	struct plan p = {.g = g, .word = word, .mask = mask, .cases = cases, .n = n, .gone = flags + 2 * n};
	uint32_t tree = 0;
	if (flags == NULL || cost == NULL) {
		g->failed = true;
	} else {
		for (size_t i = 0; i < n; i++)
			single[i] = is_single(mask, cases, n, i);
		choose(single, cases, n, chosen, cost, cost + n);
		tree = node_load(g, word, mask, plan_tree(&p, single, chosen, speed));
	}
	free(flags);
	free(cost);
	return tree;
}
