/* Finds the architectures and numbers that a filter treats alike, from its decision diagram. SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <stdlib.h>

/* The most runs of one word, the most architectures that differ, and the most nodes: past them there is no result. */
#define RUNS_MOST      (1u << 14)
#define FUNCTIONS_MOST 256
#define NODES_LIMIT    (1u << 20)

/* The architecture's bits are asked first, then the number's (diagram.c). */
enum { ARCH_END = 32, NUMBER_END = 64 };

/* The answers of all architectures to a number: those of the earlier architectures (`before`), and of the last one (`node`). */
struct column {
	uint32_t before, node;
	uint32_t first; /* the first architecture's answer */
	bool varies;	/* another architecture has another answer */
};

#define NO_COLUMN UINT32_MAX

struct walk {
	struct diagram diagram;
	VEC(struct column) columns;
	struct index index;
	struct word_runs joint; /* the numbers, by column */
	int code;		/* ERR_LIMIT or ERR_MEMORY: the results are meaningless */
};

/* Adds the runs of a word's values that share a node. The values are those from `lo` on whose bits from position `bit` on are
 * free. */
static void add_runs(struct walk *w, uint32_t node, uint32_t bit, uint32_t end, uint32_t lo, struct word_runs *out)
{
	const struct choice_node *n = &w->diagram.nodes.items[node];
	if (w->code != 0)
		return;
	if (n->bit >= end) {
		if (out->count > 0 && out->items[out->count - 1].kind == node)
			return;
		if (out->count >= RUNS_MOST)
			w->code = ERR_LIMIT;
		else if (!vec_push(out, (struct word_run){lo, node}))
			w->code = ERR_MEMORY;
		return;
	}
	/* A bit that is not asked: both halves are the same. */
	bool asked = n->bit == bit;
	uint32_t half = 1u << (end - 1 - bit);
	add_runs(w, asked ? n->lo : node, bit + 1, end, lo, out);
	add_runs(w, asked ? n->hi : node, bit + 1, end, lo + half, out);
}

struct wanted {
	const struct walk *w;
	uint32_t before, node;
};

static bool same_column(const void *context, size_t position)
{
	const struct wanted *want = context;
	const struct column *c = &want->w->columns.items[position];
	return c->before == want->before && c->node == want->node;
}

static uint32_t column(struct walk *w, uint32_t before, uint32_t node)
{
	struct wanted want = {w, before, node};
	uint32_t key[] = {before, node};
	uint32_t hash = index_hash(0, key, sizeof(key));
	size_t found = index_find(&w->index, hash, same_column, &want);
	if (found != SIZE_MAX)
		return (uint32_t)found;
	struct column c = {before, node, node, false};
	if (before != NO_COLUMN) {
		c.first = w->columns.items[before].first;
		c.varies = w->columns.items[before].varies || c.first != node;
	}
	if (!vec_push(&w->columns, c) || !index_add(&w->index, hash, w->columns.count - 1)) {
		w->code = ERR_MEMORY;
		return 0;
	}
	return (uint32_t)w->columns.count - 1;
}

/* Adds another architecture's answers to the columns of all numbers. */
static void join(struct walk *w, const struct word_runs *more)
{
	struct word_runs joint = {0};
	size_t a = 0, b = 0;
	while (w->code == 0) {
		uint32_t x = w->joint.items[a].lo, y = more->items[b].lo;
		struct word_run r = {x > y ? x : y, column(w, w->joint.items[a].kind, more->items[b].kind)};
		if (joint.count >= RUNS_MOST)
			w->code = ERR_LIMIT;
		else if (w->code == 0 && !vec_push(&joint, r))
			w->code = ERR_MEMORY;
		uint64_t next_a = a + 1 < w->joint.count ? w->joint.items[a + 1].lo : UINT64_MAX;
		uint64_t next_b = b + 1 < more->count ? more->items[b + 1].lo : UINT64_MAX;
		if (next_a == UINT64_MAX && next_b == UINT64_MAX)
			break;
		a += next_a <= next_b;
		b += next_b <= next_a;
	}
	vec_free(&w->joint);
	w->joint = joint;
}

static int by_kind(const void *a, const void *b)
{
	const struct word_run *x = a, *y = b;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Joins the functions of the number that architectures have, each different one once. */
static void walk_numbers(struct walk *w, struct filter_cases *out)
{
	struct word_runs functions = {0};
	size_t seen = 0;
	for (size_t i = 0; i < out->archs.count && w->code == 0; i++)
		if (!vec_push(&functions, out->archs.items[i]))
			w->code = ERR_MEMORY;
	if (!vec_push(&w->joint, (struct word_run){0, NO_COLUMN}))
		w->code = ERR_MEMORY;
	if (w->code == 0)
		qsort(functions.items, functions.count, sizeof(functions.items[0]), by_kind);
	for (size_t i = 0; i < functions.count && w->code == 0; i++) {
		struct word_runs one = {0};
		if (i > 0 && functions.items[i].kind == functions.items[i - 1].kind)
			continue;
		if (++seen > FUNCTIONS_MOST)
			w->code = ERR_LIMIT;
		add_runs(w, functions.items[i].kind, ARCH_END, NUMBER_END, 0, &one);
		if (w->code == 0)
			join(w, &one);
		out->functions += one.count > 1;
		vec_free(&one);
	}
	vec_free(&functions);
}

/* Counts the different columns that depend on the architecture. */
static void count_columns(struct walk *w, struct filter_cases *out)
{
	bool *counted = calloc(w->columns.count + 1, sizeof(*counted));
	if (counted == NULL)
		w->code = ERR_MEMORY;
	for (size_t i = 0; i < w->joint.count && w->code == 0; i++) {
		uint32_t c = w->joint.items[i].kind;
		out->columns += !counted[c] && w->columns.items[c].varies;
		counted[c] = true;
	}
	free(counted);
}

/* Counts the answers, and finds whether they depend on arguments. Returns 0 or a negative code. */
static int look_at_ends(struct walk *w, uint32_t root, struct filter_cases *out, struct error *e)
{
	const struct choice_node *nodes = w->diagram.nodes.items;
	bool *reached = calloc((size_t)root + 1, sizeof(*reached));
	int rc = 0;
	if (reached == NULL)
		return error_memory(e);
	reached[root] = true;
	/* Children have smaller positions than their parents. */
	for (size_t i = (size_t)root + 1; i-- > 0;) {
		if (!reached[i])
			continue;
		if (nodes[i].bit != BITS) {
			out->arguments |= nodes[i].bit >= NUMBER_END;
			reached[nodes[i].lo] = reached[nodes[i].hi] = true;
		} else if (nodes[i].hi == END_UNKNOWN) {
			rc = error_set(
			    e, ERR_LIMIT,
			    "instruction %u depends on a product, quotient, sum or comparison of loaded words, "
			    "which is not followed",
			    nodes[i].lo);
		} else {
			out->verdicts++;
		}
	}
	free(reached);
	return rc;
}

int filter_cases(const struct sock_filter *code, size_t n, struct filter_cases *out, struct error *e)
{
	struct walk w = {0};
	struct instructions program = {.code = code, .n = n};
	struct error inner = {0};
	uint32_t root = 0, kept = 0;
	struct word_runs archs = {0};
	*out = (struct filter_cases){0};
	int rc = 0;
	if (!diagram_start(&w.diagram))
		rc = error_memory(e);
	w.diagram.limit = NODES_LIMIT;
	if (rc == 0)
		w.code = program_diagram(&w.diagram, &program, &(struct apart_rules){0}, &kept, &root, &inner);
	if (rc == 0 && w.code == 0)
		rc = look_at_ends(&w, root, out, e);
	if (rc == 0)
		add_runs(&w, root, 0, ARCH_END, 0, &archs);
	out->archs = archs;
	if (rc == 0 && w.code == 0)
		walk_numbers(&w, out);
	if (rc == 0 && w.code == 0)
		count_columns(&w, out);
	out->numbers = w.joint;
	if (rc == 0 && w.code != 0)
		rc = w.code == ERR_MEMORY
			 ? error_memory(e)
			 : error_set(e, ERR_LIMIT, "it distinguishes more cases than pinhole can hold");
	vec_free(&w.columns);
	index_free(&w.index);
	diagram_free(&w.diagram);
	return rc;
}

void filter_cases_clear(struct filter_cases *c)
{
	vec_free(&c->archs);
	vec_free(&c->numbers);
	*c = (struct filter_cases){0};
}
