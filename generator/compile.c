/* Compiling: what is done with each call, as a graph of loads and comparisons. SPDX-License-Identifier: MIT */
#include "stages.h"

#include <linux/filter.h>
#include <stdlib.h>

/* How much splitting into cells (below) may look at, and how many nodes it may make, before it gives up. */
#define CELL_BUDGET (1 << 22)
#define CELL_NODES  (2 * (size_t)BPF_MAXINSNS)

/* An alternative of which the first `done` tests are known to hold. */
struct pending {
	const struct choice *choice;
	size_t done;
};

struct deciding {
	struct nodes *g;
	uint32_t yes, no;
	size_t budget;
	size_t first; /* how many nodes there were before */
	bool gave_up;
};

static bool in_ranges(const struct test *t, uint64_t value)
{
	size_t low = 0, high = t->ranges.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->ranges.items[middle].hi < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->ranges.count && t->ranges.items[low].lo <= value;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static const struct test *next_test(const struct pending *p)
{
	return p->choice->tests.items[p->done];
}

static bool about(const struct pending *p, const struct test *t)
{
	return next_test(p)->arg == t->arg && next_test(p)->mask == t->mask;
}

/* The first (arg, mask) that any of the alternatives tests next. */
static const struct test *first_test(const struct pending *p, size_t n)
{
	const struct test *first = next_test(&p[0]);
	for (size_t i = 1; i < n; i++) {
		const struct test *t = next_test(&p[i]);
		if (t->arg < first->arg || (t->arg == first->arg && t->mask < first->mask))
			first = t;
	}
	return first;
}

/* Where the answers of the tests about `first` may change: ascending, from 0. Returns how many, 0: no memory. */
static size_t find_borders(const struct pending *p, size_t n, const struct test *first, uint64_t **borders)
{
	VEC(uint64_t) found = {0};
	bool room = vec_push(&found, 0);
	for (size_t i = 0; i < n && room; i++) {
		if (!about(&p[i], first))
			continue;
		const struct test *t = next_test(&p[i]);
		for (size_t j = 0; j < t->ranges.count && room; j++) {
			room = vec_push(&found, t->ranges.items[j].lo);
			if (room && t->ranges.items[j].hi != UINT64_MAX)
				room = vec_push(&found, t->ranges.items[j].hi + 1);
		}
	}
	if (!room) {
		vec_free(&found);
		return 0;
	}
	qsort(found.items, found.count, sizeof(*found.items), by_value);
	size_t kept = 1;
	for (size_t i = 1; i < found.count; i++)
		if (found.items[i] != found.items[kept - 1])
			found.items[kept++] = found.items[i];
	*borders = found.items;
	return kept;
}

/* One word after the other: its values fall into cells, in each of which a subset of the alternatives is left. Equal
 * subsets give equal nodes, and no word is looked at twice on a path. Alternatives that overlap in many ways can
 * have more subsets than anyone can enumerate, hence the budget. */
static uint32_t decide_by_cells(struct deciding *d, const struct pending *p, size_t n)
{
	if (n == 0 || d->gave_up)
		return d->no;
	for (size_t i = 0; i < n; i++)
		if (p[i].done == p[i].choice->tests.count)
			return d->yes;
	const struct test *first = first_test(p, n);
	uint64_t *borders = NULL;
	size_t count = find_borders(p, n, first, &borders);
	struct value_case *cases = calloc(count, sizeof(*cases));
	struct pending *left = calloc(n, sizeof(*left));
	uint32_t node = 0;
	if (count == 0 || cases == NULL || left == NULL) {
		d->g->failed = true;
		goto out;
	}
	if (count > d->budget / n || d->g->all.count - d->first > CELL_NODES) {
		d->gave_up = true;
		goto out;
	}
	d->budget -= count * n;
	for (size_t i = 0; i < count; i++) {
		size_t lefts = 0;
		for (size_t j = 0; j < n; j++)
			if (!about(&p[j], first))
				left[lefts++] = p[j];
			else if (in_ranges(next_test(&p[j]), borders[i]))
				left[lefts++] = (struct pending){p[j].choice, p[j].done + 1};
		cases[i] = (struct value_case){borders[i], decide_by_cells(d, left, lefts)};
	}
	node = dispatch_value(d->g, first->arg, first->mask, cases, count);
out:
	free(borders);
	free(cases);
	free(left);
	return node;
}

/* One alternative after the other, test by test: always linear in the size of the rule. */
static uint32_t decide_in_sequence(struct deciding *d, const struct span *s)
{
	uint32_t otherwise = d->no;
	for (size_t i = s->any.count; i-- > 0;) {
		const struct choice *c = &s->any.items[i];
		uint32_t node = d->yes;
		for (size_t j = c->tests.count; j-- > 0;) {
			const struct test *t = c->tests.items[j];
			VEC(struct value_case) cases = {0};
			bool room = vec_push(&cases, (struct value_case){0, otherwise});
			for (size_t k = 0; k < t->ranges.count && room; k++) {
				const struct range *r = &t->ranges.items[k];
				if (r->lo == 0)
					cases.count = 0;
				room = vec_push(&cases, (struct value_case){r->lo, node});
				if (room && r->hi != UINT64_MAX)
					room = vec_push(&cases, (struct value_case){r->hi + 1, otherwise});
			}
			if (room)
				node = dispatch_value(d->g, t->arg, t->mask, cases.items, cases.count);
			else
				d->g->failed = true;
			vec_free(&cases);
		}
		otherwise = node;
	}
	return otherwise;
}

static uint32_t decide(struct nodes *g, const struct span *s)
{
	struct deciding d = {.g = g, .budget = CELL_BUDGET, .first = g->all.count};
	d.yes = node_return(g, action_ret(s->yes));
	d.no = node_return(g, action_ret(s->no));
	if (s->any.count == 0)
		return d.yes;
	struct pending *all = calloc(s->any.count, sizeof(*all));
	if (all == NULL) {
		g->failed = true;
		return 0;
	}
	for (size_t i = 0; i < s->any.count; i++)
		all[i].choice = &s->any.items[i];
	uint32_t cells = decide_by_cells(&d, all, s->any.count);
	free(all);
	/* With one alternative the two ways are the same. */
	if (s->any.count == 1 && !d.gave_up)
		return cells;
	if (g->too_big) {
		/* What the cells did not fit in, the sequence may. */
		d.gave_up = true;
		g->too_big = false;
	}
	uint32_t sequence = decide_in_sequence(&d, s);
	if (d.gave_up || g->failed || g->too_big)
		return sequence;
	return node_size(g, sequence) < node_size(g, cells) ? sequence : cells;
}

static uint32_t compile_arch(struct compiled *out, const struct lowered *l)
{
	struct nodes *g = &out->nodes;
	struct word_case *cases = calloc(l->spans.count, sizeof(*cases));
	if (cases == NULL) {
		g->failed = true;
		return 0;
	}
	for (size_t i = 0; i < l->spans.count && !g->failed && !g->too_big; i++) {
		const struct span *s = &l->spans.items[i];
		/* Since Linux 5.11 the kernel keeps a bitmap of the calls that are always allowed (kernel/seccomp.c,
		 * seccomp_cache_prepare): only those with tests run the filter, so that they come first. */
		cases[i] = (struct word_case){.lo = s->lo, .node = decide(g, s), .weight = s->any.count > 0};
		struct compiled_rule r = {s->rule, l->arch, cases[i].node};
		if (s->rule != NULL && !vec_push(&out->rules, r))
			g->failed = true;
	}
	uint32_t node = 0;
	if (!g->failed && !g->too_big)
		node = dispatch_word(g, WORD_NR, UINT32_MAX, cases, l->spans.count);
	free(cases);
	return node;
}

int compile(const struct policy *p, const struct lowered *lowered, size_t n, struct compiled *out, struct error *e)
{
	*out = (struct compiled){0};
	struct nodes *g = &out->nodes;
	/* The same number is another call on another architecture: what is not known to be ours is not let through. */
	struct action foreign = p->fallback.kind == ACTION_ALLOW ? (struct action){.kind = ACTION_KILL} : p->fallback;
	uint32_t node = node_return(g, action_ret(foreign));
	for (size_t i = n; i-- > 0 && !g->failed && !g->too_big;)
		node = node_jump(g, BPF_JEQ, WORD_ARCH, UINT32_MAX, arch_audit(lowered[i].arch),
				 compile_arch(out, &lowered[i]), node);
	out->root = n > 0 ? node_load(g, WORD_ARCH, UINT32_MAX, node) : node;
	if (g->failed)
		return error_memory(e);
	return g->too_big ? ERR_LIMIT : 0;
}

void compiled_clear(struct compiled *c)
{
	nodes_free(&c->nodes);
	vec_free(&c->rules);
}
