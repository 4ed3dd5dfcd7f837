/* The numbers of the system calls that reachable code can make. The function that calls the kernel tells the number;
 * where it gets the number as a parameter its callers tell, and so on. SPDX-License-Identifier: MIT */
#include "tracer/reach/call_numbers.h"

#include <stdlib.h>
#include <string.h>

#include "policies/base/index.h"
#include "tracer/reach/registers/flow.h"

/* The most functions that get a number as a parameter. Real programs have a handful. */
enum { NEEDS = 4096 };

struct finder {
	struct graph *g;
	struct values values;
	struct numbers_found *out;
	VEC(uint32_t) members; /* reached nodes by group */
	VEC(uint32_t) edges;   /* sorted by the group to which they lead, then by the group that they are in, then by site */
	struct index places;   /* of out->undecided */
	struct error *e;
};

static bool failed(const struct finder *f)
{
	return f->e->code != 0;
}

static uint32_t group_of(const struct finder *f, uint32_t node)
{
	return f->g->nodes.items[node].group; /* flattened by prepare() */
}

static int by_group(const void *a, const void *b, void *context)
{
	const struct node *nodes = ((const struct graph *)context)->nodes.items;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	if (nodes[x].group != nodes[y].group)
		return nodes[x].group < nodes[y].group ? -1 : 1;
	return (x > y) - (x < y);
}

static int by_target(const void *a, const void *b, void *context)
{
	const struct graph *g = context;
	const struct edge *x = &g->edges.items[*(const uint32_t *)a], *y = &g->edges.items[*(const uint32_t *)b];
	uint32_t to[] = {g->nodes.items[x->to].group, g->nodes.items[y->to].group};
	uint32_t from[] = {g->nodes.items[x->from].group, g->nodes.items[y->from].group};
	if (to[0] != to[1])
		return to[0] < to[1] ? -1 : 1;
	if (from[0] != from[1])
		return from[0] < from[1] ? -1 : 1;
	return (x->site > y->site) - (x->site < y->site);
}

static bool prepare(struct finder *f)
{
	struct graph *g = f->g;
	bool fine = true;
	for (uint32_t n = 0; n < g->nodes.count; n++)
		g->nodes.items[n].group = graph_group(g, n);
	for (uint32_t n = 0; n < g->nodes.count && fine; n++)
		fine = !g->nodes.items[n].reached || vec_push(&f->members, n);
	for (uint32_t n = 0; n < g->edges.count && fine; n++)
		fine = vec_push(&f->edges, n);
	if (fine && f->members.count > 0)
		qsort_r(f->members.items, f->members.count, sizeof(uint32_t), by_group, g);
	if (fine && f->edges.count > 0)
		qsort_r(f->edges.items, f->edges.count, sizeof(uint32_t), by_target, g);
	return fine && values_init(&f->values);
}

/* Returns the position of a group's first member. */
static size_t first_member(const struct finder *f, uint32_t group)
{
	return sorted_first(at, f->members.count, group_of(f, f->members.items[at]) < group);
}

static const struct edge *edge_at(const struct finder *f, size_t i)
{
	return &f->g->edges.items[f->edges.items[i]];
}

/* Whether an edge is a jump from one part of a function to another: that belongs to the function's own flow. */
static bool within(const struct finder *f, const struct edge *edge)
{
	return edge->kind == EDGE_JUMP && group_of(f, edge->from) == group_of(f, edge->to);
}

/* Returns the position of the first edge that leads to a group. */
static size_t first_edge(const struct finder *f, uint32_t group)
{
	return sorted_first(at, f->edges.count, group_of(f, edge_at(f, at)->to) < group);
}

/* Returns the node of a group that holds an address. */
static uint32_t part_at(const struct finder *f, uint32_t group, uint64_t address)
{
	uint32_t node = graph_node_at(f->g, f->g->nodes.items[group].module, address);
	return node != NODE_NONE ? node : group;
}

/* Results. ------------------------------------------------------------------------------------------------- */

struct place_sought {
	const struct finder *f;
	uint32_t node;
	uint64_t address;
};

static bool same_place(const void *context, size_t position)
{
	const struct place_sought *p = context;
	const struct undecided *u = &p->f->out->undecided.items[position];
	return u->node == p->node && u->address == p->address;
}

/* Notes a place where the number is not known. Each place is noted once, with the first reason. */
static void add_undecided(struct finder *f, uint32_t node, uint64_t address, enum undecided_why why)
{
	const struct place_sought sought = {f, node, address};
	uint32_t hash = index_hash(index_hash(0, &node, sizeof(node)), &address, sizeof(address));
	if (index_find(&f->places, hash, same_place, &sought) != SIZE_MAX)
		return;
	if (!vec_push(&f->out->undecided, (struct undecided){node, address, (uint8_t)why}) ||
	    !index_add(&f->places, hash, f->out->undecided.count - 1))
		error_memory(f->e);
}

/* Returns a measure of the way to the kernel by which numbers are compared: the root counts first (enum root), then the
 * steps. */
static uint64_t length(const struct finder *f, const struct number *n)
{
	const struct node *node = &f->g->nodes.items[n->node];
	uint64_t steps = node->depth;
	for (uint32_t at = n->need; at != NEED_NONE; at = f->out->needs.items[at].next)
		steps++;
	return (uint64_t)node->root << 32 | steps;
}

static void add_number(struct finder *f, struct number n)
{
	for (size_t i = 0; i < f->out->numbers.count; i++) {
		struct number *known = &f->out->numbers.items[i];
		if (known->arch != n.arch || known->nr != n.nr)
			continue;
		if (length(f, &n) < length(f, known))
			*known = n;
		return;
	}
	if (!vec_push(&f->out->numbers, n))
		error_memory(f->e);
}

static void add_need(struct finder *f, struct need need, uint64_t address)
{
	for (size_t i = 0; i < f->out->needs.count; i++)
		if (f->out->needs.items[i].group == need.group && f->out->needs.items[i].param == need.param)
			return;
	if (f->out->needs.count == NEEDS)
		add_undecided(f, need.node, address, UNDECIDED_SIZE);
	else if (!vec_push(&f->out->needs, need))
		error_memory(f->e);
}

/* Notes the numbers that a value can be at a place: its constants. For its parameters the callers will be asked. */
static void take(struct finder *f, uint32_t value, uint8_t arch, uint32_t node, uint64_t address, uint32_t next)
{
	const struct value v = *value_of(&f->values, value);
	for (uint32_t i = 0; i < v.count; i++)
		add_number(f, (struct number){arch, (uint32_t)v.constants[i], node, next});
	if (v.any || v.flag || v.stack || (v.params != 0 && arch != f->g->arch->arch))
		add_undecided(f, node, address, UNDECIDED_VALUE);
	for (uint32_t p = 0; p < 64 && arch == f->g->arch->arch; p++)
		if ((v.params >> p & 1) != 0)
			add_need(f, (struct need){group_of(f, node), node, p, next}, address);
}

/* Functions. ----------------------------------------------------------------------------------------------- */

/* A question to the flow of a function: which numbers does it give to the kernel, or to a callee? */
struct question {
	struct finder *f;
	uint32_t group;		 /* the function */
	const struct need *need; /* the callee's; NULL: the kernel */
	uint32_t need_at;	 /* position of that need */
	size_t from, to;	 /* positions of the edges that lead from the function to the callee */
	bool *answered;		 /* for each of these edges */
};

static void visit_traps(void *context, const struct insn *i, const struct flow_state *before,
			const struct flow_state *after)
{
	const struct question *q = context;
	(void)after;
	if (i->trap == TRAP_NONE || failed(q->f))
		return;
	uint8_t arch = i->trap == TRAP_SYSCALL ? (uint8_t)q->f->g->arch->arch : ARCH_I386;
	take(q->f, before->registers[q->f->g->arch->number], arch, part_at(q->f, q->group, i->address), i->address,
	     NEED_NONE);
}

static void visit_calls(void *context, const struct insn *i, const struct flow_state *before,
			const struct flow_state *after)
{
	const struct question *q = context;
	struct finder *f = q->f;
	for (size_t k = q->from; k < q->to && !failed(f); k++) {
		const struct edge *edge = edge_at(f, k);
		if (edge->site != i->address || edge->kind == EDGE_REF || within(f, edge))
			continue;
		bool call = edge->kind == EDGE_CALL;
		uint32_t value = flow_argument(f->g->arch, &f->values, call ? before : after, q->need->param, call);
		q->answered[k - q->from] = true;
		take(f, value, (uint8_t)f->g->arch->arch, edge->from, edge->site, q->need_at);
	}
}

/* Runs the flow of a group. Returns as flow_run. */
static int run(struct finder *f, uint32_t group, flow_visit *visit, struct question *q)
{
	VEC(uint64_t) entries = {0};
	size_t first = first_member(f, group), count = 0;
	bool fine = true;
	for (; first + count < f->members.count && group_of(f, f->members.items[first + count]) == group; count++) {
		const struct node *node = &f->g->nodes.items[f->members.items[first + count]];
		if (node->taken || node->parent == NODE_NONE)
			fine = fine && vec_push(&entries, node->from);
	}
	for (size_t k = first_edge(f, group); k < f->edges.count && group_of(f, edge_at(f, k)->to) == group; k++)
		if (!within(f, edge_at(f, k)))
			fine = fine && vec_push(&entries, edge_at(f, k)->target);
	struct flow flow = {.graph = f->g,
			    .values = &f->values,
			    .nodes = f->members.items + first,
			    .node_count = count,
			    .entries = entries.items,
			    .entry_count = entries.count};
	int rc = fine ? flow_run(&flow, visit, q, f->e) : error_memory(f->e);
	vec_free(&entries);
	return rc;
}

/* Asks one function for the numbers that it gives to a callee. */
static void ask_caller(struct finder *f, uint32_t need, size_t from, size_t to)
{
	const struct need asked = f->out->needs.items[need]; /* the list moves when it grows */
	struct question q = {.f = f,
			     .group = group_of(f, edge_at(f, from)->from),
			     .need = &asked,
			     .need_at = need,
			     .from = from,
			     .to = to,
			     .answered = calloc(to - from, sizeof(bool))};
	bool calls = false;
	for (size_t k = from; k < to; k++)
		calls |= edge_at(f, k)->kind != EDGE_REF && !within(f, edge_at(f, k));
	if (q.answered == NULL)
		error_memory(f->e);
	else if (calls)
		run(f, q.group, visit_calls, &q);
	for (size_t k = from; k < to && !failed(f); k++) {
		const struct edge *edge = edge_at(f, k);
		if (edge->kind == EDGE_REF)
			add_undecided(f, edge->from, edge->site, UNDECIDED_CALLERS);
		else if (!q.answered[k - from] && !within(f, edge))
			add_undecided(f, edge->from, edge->site, UNDECIDED_SIZE);
	}
	free(q.answered);
}

static void ask_callers(struct finder *f, uint32_t need)
{
	uint32_t group = f->out->needs.items[need].group;
	size_t first = first_member(f, group), at = first_edge(f, group);
	for (size_t k = first; k < f->members.count && group_of(f, f->members.items[k]) == group; k++) {
		const struct node *node = &f->g->nodes.items[f->members.items[k]];
		if (node->taken)
			add_undecided(f, f->members.items[k], node->from, UNDECIDED_CALLERS);
	}
	while (at < f->edges.count && group_of(f, edge_at(f, at)->to) == group && !failed(f)) {
		uint32_t caller = group_of(f, edge_at(f, at)->from);
		size_t to = at;
		while (to < f->edges.count && group_of(f, edge_at(f, to)->to) == group &&
		       group_of(f, edge_at(f, to)->from) == caller)
			to++;
		ask_caller(f, need, at, to);
		at = to;
	}
}

static int by_site_group(const void *a, const void *b, void *context)
{
	const struct site *x = a, *y = b;
	const struct node *nodes = ((const struct graph *)context)->nodes.items;
	if (nodes[x->node].group != nodes[y->node].group)
		return nodes[x->node].group < nodes[y->node].group ? -1 : 1;
	return (x->address > y->address) - (x->address < y->address);
}

static void find_sites(struct finder *f)
{
	struct site *sites = f->g->sites.items;
	size_t n = f->g->sites.count;
	if (n > 0)
		qsort_r(sites, n, sizeof(*sites), by_site_group, f->g);
	for (size_t i = 0; i < n && !failed(f);) {
		uint32_t group = group_of(f, sites[i].node);
		if (f->g->nodes.items[sites[i].node].data) {
			i++;
			continue;
		}
		struct question q = {.f = f, .group = group};
		int rc = run(f, group, visit_traps, &q);
		for (; i < n && group_of(f, sites[i].node) == group; i++)
			if (rc > 0 || sites[i].trap == TRAP_NONE)
				add_undecided(f, sites[i].node, sites[i].address,
					      rc > 0 ? UNDECIDED_SIZE : UNDECIDED_CODE);
	}
}

static int by_number(const void *a, const void *b)
{
	const struct number *x = a, *y = b;
	if (x->arch != y->arch)
		return (int)x->arch - (int)y->arch;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

static int by_place(const void *a, const void *b)
{
	const struct undecided *x = a, *y = b;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->address > y->address) - (x->address < y->address);
}

int numbers_find(struct graph *g, struct numbers_found *out, struct error *e)
{
	struct finder f = {.g = g, .out = out, .e = e};
	if (!prepare(&f))
		error_memory(e);
	if (!failed(&f))
		find_sites(&f);
	for (uint32_t i = 0; i < out->needs.count && !failed(&f); i++)
		ask_callers(&f, i);
	if (out->numbers.count > 0)
		qsort(out->numbers.items, out->numbers.count, sizeof(*out->numbers.items), by_number);
	if (out->undecided.count > 0)
		qsort(out->undecided.items, out->undecided.count, sizeof(*out->undecided.items), by_place);
	index_free(&f.places);
	vec_free(&f.members);
	vec_free(&f.edges);
	values_free(&f.values);
	return e->code;
}

void numbers_free(struct numbers_found *n)
{
	vec_free(&n->numbers);
	vec_free(&n->undecided);
	vec_free(&n->needs);
}
