/* The graph between compile and assemble. Nodes are compared by their content, so that equal parts exist once.
 * SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

struct looking {
	const struct nodes *nodes;
	struct node node;
};

static bool same_node(const void *context, size_t position)
{
	const struct looking *l = context;
	return memcmp(&l->nodes->all.items[position], &l->node, sizeof(l->node)) == 0;
}

/* Nodes are compared as bytes: they must have no padding. */
_Static_assert(sizeof(struct node) == 20, "struct node has padding");

static uint32_t intern(struct nodes *g, struct node n)
{
	if (g->failed || g->too_big)
		return 0;
	struct looking l = {g, n};
	uint32_t hash = index_hash(0, &n, sizeof(n));
	size_t found = index_find(&g->index, hash, same_node, &l);
	if (found != SIZE_MAX)
		return (uint32_t)found;
	if (g->all.count >= NODE_LIMIT) {
		g->too_big = true;
		return 0;
	}
	if (!vec_push(&g->all, n) || !index_add(&g->index, hash, g->all.count - 1)) {
		g->failed = true;
		return 0;
	}
	return (uint32_t)g->all.count - 1;
}

uint32_t node_return(struct nodes *g, uint32_t ret)
{
	return intern(g, (struct node){.kind = NODE_RETURN, .k = ret});
}

uint32_t node_load(struct nodes *g, uint16_t word, uint32_t mask, uint32_t next)
{
	if (mask != UINT32_MAX)
		next = intern(g, (struct node){.kind = NODE_AND, .word = word, .mask = mask, .a = next});
	return intern(g, (struct node){.kind = NODE_LOAD, .word = word, .mask = UINT32_MAX, .a = next});
}

/* Returns where a jump enters a node with (word & mask) in the accumulator: it skips a load of the same word whose successor
 * needs no other bits. */
static uint32_t enter(const struct nodes *g, uint16_t word, uint32_t mask, uint32_t node)
{
	const struct node *n = &g->all.items[node];
	if (n->kind != NODE_LOAD || n->word != word)
		return node;
	const struct node *next = &g->all.items[n->a];
	bool has = next->kind == NODE_AND ? (next->mask & ~mask) == 0 : mask == UINT32_MAX;
	return has ? n->a : node;
}

uint32_t node_jump(struct nodes *g, uint8_t op, uint16_t word, uint32_t mask, uint32_t k, uint32_t a, uint32_t b)
{
	if (g->failed || g->too_big)
		return 0;
	a = enter(g, word, mask, a);
	b = enter(g, word, mask, b);
	if (a == b)
		return a;
	return intern(g,
		      (struct node){.kind = NODE_JUMP, .op = op, .word = word, .mask = mask, .k = k, .a = a, .b = b});
}

void nodes_free(struct nodes *g)
{
	vec_free(&g->all);
	index_free(&g->index);
	*g = (struct nodes){0};
}

/* One pass down reaches everything: children have smaller positions than their parents. */
size_t node_size(struct nodes *g, uint32_t root, const unsigned char *had)
{
	unsigned char *reached = calloc((size_t)root + 1, 1);
	if (reached == NULL) {
		g->failed = true;
		return SIZE_MAX;
	}
	size_t size = 0;
	reached[root] = 1;
	for (size_t i = (size_t)root + 1; i-- > 0;) {
		if (!reached[i] || (had != NULL && had[i]))
			continue;
		const struct node *n = &g->all.items[i];
		size++;
		if (n->kind != NODE_RETURN)
			reached[n->a] = 1;
		if (n->kind == NODE_JUMP)
			reached[n->b] = 1;
	}
	free(reached);
	return size;
}

void node_mark(const struct nodes *g, uint32_t root, unsigned char *had)
{
	/* NEW nodes were marked in this call, and their children are not visited yet. All under an OLD node is marked. */
	enum { OLD = 1, NEW = 2 };
	if (had[root])
		return;
	had[root] = NEW;
	for (size_t i = (size_t)root + 1; i-- > 0;) {
		const struct node *n = &g->all.items[i];
		if (had[i] != NEW)
			continue;
		had[i] = OLD;
		if (n->kind != NODE_RETURN && !had[n->a])
			had[n->a] = NEW;
		if (n->kind == NODE_JUMP && !had[n->b])
			had[n->b] = NEW;
	}
}

static bool holds(const struct node *n, uint32_t a)
{
	return n->op == BPF_JEQ ? a == n->k : n->op == BPF_JGE ? a >= n->k : (a & n->k) != 0;
}

size_t node_steps(const struct nodes *g, uint32_t root, const struct seccomp_data *data)
{
	uint32_t a = 0;
	size_t steps = 1;
	for (const struct node *n = &g->all.items[root]; n->kind != NODE_RETURN; steps++) {
		uint32_t next = n->a;
		if (n->kind == NODE_LOAD)
			memcpy(&a, (const char *)data + n->word, sizeof(a));
		else if (n->kind == NODE_AND)
			a &= n->mask;
		else if (!holds(n, a))
			next = n->b;
		n = &g->all.items[next];
	}
	return steps;
}

size_t node_longest(struct nodes *g, uint32_t root)
{
	uint32_t *longest = calloc((size_t)root + 1, sizeof(*longest));
	if (longest == NULL) {
		g->failed = true;
		return SIZE_MAX;
	}
	for (size_t i = 0; i <= root; i++) {
		const struct node *n = &g->all.items[i];
		uint32_t after = n->kind == NODE_RETURN ? 0 : longest[n->a];
		if (n->kind == NODE_JUMP && longest[n->b] > after)
			after = longest[n->b];
		longest[i] = after + 1;
	}
	size_t result = longest[root];
	free(longest);
	return result;
}
