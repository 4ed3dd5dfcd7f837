/* What the reached code is: data among it, functions that return, calls that do not, and bytes that may call the kernel.
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "tracer/reach/graph.h"

static bool guessed(const struct graph *g, uint32_t node)
{
	uint32_t module = g->nodes.items[node].module;
	return graph_image(g, module)->functions.items[node - g->bases.items[module]].source == FUNCTION_GUESS;
}

void graph_find_data(struct graph *g)
{
	enum { PASSES = 64 }; /* ways within unknown code are hardly ever longer; after that many, all counts as code */
	bool more = true;
	for (uint32_t n = 0; n < g->nodes.count; n++)
		g->nodes.items[n].data = guessed(g, n) && !g->nodes.items[n].taken;
	for (unsigned pass = 0; more; pass++) {
		more = false;
		for (size_t i = 0; i < g->edges.count; i++) {
			const struct edge *edge = &g->edges.items[i];
			struct node *to = &g->nodes.items[edge->to];
			if (!to->data || (pass < PASSES &&
					  (g->nodes.items[edge->from].data || (edge->kind == EDGE_REF && to->damaged))))
				continue;
			to->data = false;
			more = true;
		}
	}
}

static int by_site(const void *a, const void *b)
{
	const struct final_call *x = a, *y = b;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return (x->site > y->site) - (x->site < y->site);
}

bool graph_call_ends(const struct graph *g, uint32_t module, uint64_t site)
{
	struct final_call key = {.module = module, .site = site};
	return g->final_calls.count > 0 &&
	       bsearch(&key, g->final_calls.items, g->final_calls.count, sizeof(key), by_site) != NULL;
}

/* Finds the functions that may return: those that have a return instruction, jump to a function that may return, or are
 * damaged. */
static void find_returns(struct graph *g)
{
	enum { PASSES = 64 };
	bool more = true;
	for (uint32_t n = 0; n < g->nodes.count; n++)
		g->nodes.items[n].returns |= g->nodes.items[n].damaged || g->nodes.items[n].data;
	for (unsigned pass = 0; more; pass++) {
		more = false;
		for (size_t i = 0; i < g->edges.count; i++) {
			const struct edge *edge = &g->edges.items[i];
			struct node *from = &g->nodes.items[edge->from], *to = &g->nodes.items[edge->to];
			bool part = graph_group(g, edge->from) == graph_group(g, edge->to);
			if (edge->kind != EDGE_JUMP || (!to->returns && pass < PASSES && !(part && from->returns)) ||
			    (from->returns && (!part || to->returns)))
				continue;
			more = true;
			from->returns = true;
			to->returns |= part;
		}
	}
}

void graph_find_final_calls(struct graph *g)
{
	size_t kept = 0;
	find_returns(g);
	for (size_t i = 0; i < g->edges.count && !g->failed; i++) {
		const struct edge *edge = &g->edges.items[i];
		struct final_call call = {edge->site, g->nodes.items[edge->from].module,
					  g->nodes.items[edge->to].returns};
		g->failed |= edge->kind == EDGE_CALL && !vec_push(&g->final_calls, call);
	}
	struct final_call *items = g->final_calls.items;
	size_t n = g->final_calls.count;
	if (n > 0)
		qsort(items, n, sizeof(*items), by_site);
	for (size_t i = 0, next; i < n; i = next) {
		bool returns = false;
		for (next = i; next < n && by_site(&items[i], &items[next]) == 0; next++)
			returns |= items[next].returns;
		if (!returns)
			items[kept++] = items[i];
	}
	g->final_calls.count = kept;
}

void graph_add_doubtful(struct graph *g)
{
	for (uint32_t n = 0; n < g->nodes.count; n++) {
		const struct node *node = &g->nodes.items[n];
		if (!node->reached || !node->damaged || node->data)
			continue;
		const unsigned char *bytes = image_at(graph_image(g, node->module), node->from, node->to - node->from);
		for (uint64_t in = 0; bytes != NULL && in + g->arch->trap_bytes <= node->to - node->from; in++) {
			bool trap = g->arch->trap(bytes + in, node->from + in);
			if (trap && (node->starts[in / 8] >> in % 8 & 1) == 0)
				g->failed |= !vec_push(&g->sites, (struct site){n, TRAP_NONE, node->from + in});
		}
	}
}
