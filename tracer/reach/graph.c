/* Which code can be reached. A function is reached as a whole, so that computed jumps within it need not be followed. A
 * computed call leads to all code whose address is taken in reachable code, or is in data. SPDX-License-Identifier:
 * MIT */
#include "tracer/reach/graph.h"

#include <stdlib.h>
#include <string.h>

#include "tracer/reach/registers/pages.h"

struct image *graph_image(const struct graph *g, uint32_t module)
{
	return g->libraries->v.items[module].image;
}

uint32_t graph_node_at(const struct graph *g, uint32_t module, uint64_t address)
{
	size_t i = image_function_at(graph_image(g, module), address);
	if (i == SIZE_MAX)
		return NODE_NONE;
	uint32_t node = g->bases.items[module] + (uint32_t)i;
	return address < g->nodes.items[node].to ? node : NODE_NONE;
}

uint32_t graph_group(struct graph *g, uint32_t node)
{
	struct node *nodes = g->nodes.items;
	while (nodes[node].group != node) {
		nodes[node].group = nodes[nodes[node].group].group;
		node = nodes[node].group;
	}
	return node;
}

static void unite(struct graph *g, uint32_t a, uint32_t b)
{
	a = graph_group(g, a);
	b = graph_group(g, b);
	if (a < b)
		g->nodes.items[b].group = a;
	else
		g->nodes.items[a].group = b;
}

/* One step of a way: from an instruction of a node; NODE_NONE: the way begins here, no code leads to it. */
struct step {
	uint32_t from;
	uint64_t site;
	uint8_t kind; /* enum edge_kind */
};

static void enter(struct graph *g, uint32_t to, uint64_t target, const struct step *s)
{
	struct node *node = &g->nodes.items[to];
	if (s->from == NODE_NONE)
		node->taken = true;
	else if (s->from == to)
		g->failed |=
		    s->kind != EDGE_JUMP && !vec_push(&g->edges, (struct edge){to, to, s->site, target, s->kind});
	else
		g->failed |= !vec_push(&g->edges, (struct edge){s->from, to, s->site, target, s->kind});
	if (s->from != NODE_NONE && s->from != to && s->kind == EDGE_JUMP && target != node->from &&
	    g->nodes.items[s->from].module == node->module)
		unite(g, s->from, to);
	if (!node->reached) {
		node->reached = true;
		node->root = g->root;
		node->parent = s->from;
		node->depth = s->from != NODE_NONE ? g->nodes.items[s->from].depth + 1 : 0;
		node->starts = calloc(1, (node->to - node->from) / 8 + 1);
		g->failed |= node->starts == NULL || !vec_push(&g->queue, (struct work){to, node->from});
	}
	uint64_t in = target - node->from;
	if (in != 0 && node->starts != NULL && (node->starts[in / 8] >> in % 8 & 1) == 0)
		g->failed |= !vec_push(&g->queue, (struct work){to, target});
}

static void lead_to(struct graph *g, uint32_t module, uint64_t target, const struct step *s);
static void lead_to_symbol(struct graph *g, uint32_t module, uint32_t symbol, const struct step *s);

/* Whether a word holds the address of a stub that jumps through the same word: so it is until the loader has written to it. */
static bool leads_back(const struct graph *g, uint32_t module, const struct image_word *word)
{
	uint64_t room = image_room(graph_image(g, module), word->target), slot;
	room = room > 16 ? 16 : room;
	const unsigned char *code = image_at(graph_image(g, module), word->target, room);
	return code != NULL && g->arch->stub(code, room, word->target, &slot) && slot == word->address;
}

/* Leads to the code whose address the word at `address` holds once the module is loaded. */
static void follow_slot(struct graph *g, uint32_t module, uint64_t address, const struct step *s)
{
	const struct image_slot *slot = image_slot_at(graph_image(g, module), address);
	const struct image_word *word = image_word_at(graph_image(g, module), address);
	if (slot != NULL)
		lead_to_symbol(g, module, slot->symbol, s);
	if (word != NULL && !leads_back(g, module, word))
		lead_to(g, module, word->target, s);
}

static const struct step from_outside = {NODE_NONE, 0, EDGE_REF};

/* An address within the table of addresses is used for something else than loading its word: any word may be used by an
 * index. Leads to all of them. */
static void follow_table(struct graph *g, uint32_t module, uint64_t address)
{
	const struct image *im = graph_image(g, module);
	bool within = (address >= im->got.from && address < im->got.to) ||
		      (address >= im->got_plt.from && address < im->got_plt.to);
	if (!within || (g->lookups.items[module] & TAKES_TABLE) != 0)
		return;
	g->lookups.items[module] |= TAKES_TABLE;
	for (size_t i = 0; i < im->words.count; i++)
		lead_to(g, module, im->words.items[i].target, &from_outside);
	for (size_t i = 0; i < im->slots.count; i++)
		if (im->slots.items[i].address >= im->got.from && im->slots.items[i].address < im->got.to)
			lead_to_symbol(g, module, im->slots.items[i].symbol, &from_outside);
}

/* Leads to an address of a module. A stub of the linkage table is skipped: leads to its function. */
static void lead_to(struct graph *g, uint32_t module, uint64_t target, const struct step *s)
{
	const struct image *im = graph_image(g, module);
	uint64_t room = image_room(im, target), slot;
	room = room > 16 ? 16 : room;
	if (!image_is_code(im, target) || room == 0)
		return;
	if (g->arch->stub(image_at(im, target, room), room, target, &slot)) {
		/* A slot without a symbol gets an address from a resolver, or a function's. Both have addresses in data
		 * and are reached by them. */
		follow_slot(g, module, slot, s);
		return;
	}
	uint32_t to = graph_node_at(g, module, target);
	if (to != NODE_NONE)
		enter(g, to, target, s);
}

/* Names. --------------------------------------------------------------------------------------------------- */

struct name {
	const struct graph *g;
	const char *name;
};

static const struct image_symbol *symbol_of(const struct graph *g, const struct export *x)
{
	return &graph_image(g, x->module)->symbols.items[x->symbol];
}

static bool same_name(const void *context, size_t position)
{
	const struct name *n = context;
	return strcmp(symbol_of(n->g, &n->g->exports.items[position])->name, n->name) == 0;
}

static uint32_t find_export(const struct graph *g, const char *name)
{
	struct name n = {g, name};
	size_t at = index_find(&g->names, index_hash(0, name, strlen(name)), same_name, &n);
	return at == SIZE_MAX ? UINT32_MAX : (uint32_t)at;
}

static bool matches(const struct image_symbol *import, const struct image_symbol *export)
{
	if (import->version == NULL)
		return !export->hidden;
	return export->version == NULL || strcmp(import->version, export->version) == 0;
}

/* Leads to the function to which a name is bound: the first export of that version; or, where no version fits, to all
 * exports of that name. */
static void lead_to_symbol(struct graph *g, uint32_t module, uint32_t symbol, const struct step *s)
{
	const struct image_symbol *import = &graph_image(g, module)->symbols.items[symbol];
	if (strcmp(import->name, "dlsym") == 0 || strcmp(import->name, "dlvsym") == 0)
		g->lookups.items[module] |= LOOKS_UP;
	if (strcmp(import->name, "dlopen") == 0 || strcmp(import->name, "dlmopen") == 0)
		g->lookups.items[module] |= LOADS;
	uint32_t first = *import->name != '\0' ? find_export(g, import->name) : UINT32_MAX, at = first;
	while (at != UINT32_MAX && !matches(import, symbol_of(g, &g->exports.items[at])))
		at = g->exports.items[at].next;
	bool all = at == UINT32_MAX;
	for (at = all ? first : at; at != UINT32_MAX; at = all ? g->exports.items[at].next : UINT32_MAX) {
		uint32_t other = g->exports.items[at].module;
		uint64_t address = symbol_of(g, &g->exports.items[at])->address;
		uint32_t to = graph_node_at(g, other, address);
		if (to != NODE_NONE)
			enter(g, to, address, s);
	}
}

static bool add_exports(struct graph *g, uint32_t module)
{
	const struct image *im = graph_image(g, module);
	for (size_t i = im->symbols.count; i-- > 0;) {
		const char *name = im->symbols.items[i].name;
		if (!im->symbols.items[i].defined || *name == '\0')
			continue;
		uint32_t first = find_export(g, name);
		struct export export = {module, (uint32_t)i, UINT32_MAX};
		if (first == UINT32_MAX) {
			if (!vec_push(&g->exports, export) ||
			    !index_add(&g->names, index_hash(0, name, strlen(name)), g->exports.count - 1))
				return false;
			continue;
		}
		/* Modules come in the reverse order of lookup, so that the new export goes to the front. */
		export.next = (uint32_t)g->exports.count;
		if (!vec_push(&g->exports, g->exports.items[first]))
			return false;
		g->exports.items[first] = export;
	}
	return true;
}

/* Notes a string to which code refers if it is the name of an export: dlsym may be called with it. */
static void note_string(struct graph *g, uint32_t module, uint64_t address)
{
	const struct image *im = graph_image(g, module);
	const unsigned char *byte = image_at(im, address, 1);
	if (byte == NULL || *byte < '0' || *byte > 'z' || image_is_code(im, address))
		return;
	const char *name = image_string(im, address);
	uint32_t export = name != NULL && strlen(name) < 256 ? find_export(g, name) : UINT32_MAX;
	if (export != UINT32_MAX)
		g->failed |= !vec_push(&g->literals, (struct literal){module, export});
}

/* Code. ---------------------------------------------------------------------------------------------------- */

static void follow_refs(struct graph *g, uint32_t node, const struct insn *i)
{
	uint32_t module = g->nodes.items[node].module;
	const struct image *im = graph_image(g, module);
	const struct step s = {node, i->address, EDGE_REF};
	for (uint8_t k = 0; k < i->ref_count && !i->compares; k++) {
		uint64_t value = i->refs[k].value;
		if (i->refs[k].kind == REF_LOAD) {
			follow_slot(g, module, value, &s);
			continue;
		}
		/* Numbers are addresses only in code that is loaded at a fixed address. */
		if (i->refs[k].kind == REF_ADDRESS || im->header.fixed)
			follow_table(g, module, value);
		if (i->refs[k].kind == REF_TABLE || (i->refs[k].kind == REF_IMMEDIATE && !im->header.fixed))
			continue;
		if (i->refs[k].kind == REF_ADDRESS)
			follow_slot(g, module, value, &s); /* the function in the slot may be called */
		if (i->refs[k].kind == REF_ADDRESS ? image_is_code(im, value) : image_is_start(im, value))
			lead_to(g, module, value, &s);
		else
			note_string(g, module, value);
	}
}

static void follow(struct graph *g, uint32_t node, const struct insn *i)
{
	uint32_t module = g->nodes.items[node].module;
	const struct step s = {node, i->address, i->flow == FLOW_CALL ? EDGE_CALL : EDGE_JUMP};
	if (i->target_kind == TARGET_DIRECT)
		lead_to(g, module, i->target, &s);
	else if (i->target_kind == TARGET_SLOT)
		follow_slot(g, module, i->target, &s);
	else if (i->target_kind == TARGET_OTHER && i->flow != FLOW_CALL)
		g->nodes.items[node].jumps = true;
	/* A jump out of the known code may lead to code that returns. */
	g->nodes.items[node].returns |=
	    i->flow == FLOW_RETURN || (i->flow == FLOW_JUMP && i->target_kind != TARGET_DIRECT);
	follow_refs(g, node, i);
	if (i->trap != TRAP_NONE)
		g->failed |= !vec_push(&g->sites, (struct site){node, i->trap, i->address});
}

/* Leads to the landings of a function, at which it goes on after an exception. They may be in another part of it. */
static void follow_landings(struct graph *g, uint32_t at)
{
	const struct node node = g->nodes.items[at];
	const struct image *im = graph_image(g, node.module);
	for (size_t i = image_landing_first(im, node.from);
	     i < im->landings.count && im->landings.items[i].function == node.from && !g->failed; i++) {
		const struct step s = {at, node.from, EDGE_JUMP};
		uint64_t target = im->landings.items[i].at;
		uint32_t to = graph_node_at(g, node.module, target);
		if (to == NODE_NONE)
			continue;
		enter(g, to, target, &s);
		unite(g, at, to);
	}
}

/* Whose instructions are read. */
struct page_reader {
	struct graph *g;
	uint32_t node;
};

static void follow_page(void *context, const struct insn *i, enum ref kind, uint64_t address)
{
	struct page_reader *p = context;
	struct insn whole = *i;
	whole.ref_count = 1;
	whole.refs[0].kind = kind;
	whole.refs[0].value = address;
	follow_refs(p->g, p->node, &whole);
}

/* Reads the instructions of a node from an address on, up to the node's end or to instructions that were read
 * before. */
static void sweep(struct graph *g, const struct work *w)
{
	struct node node = g->nodes.items[w->node];
	const unsigned char *bytes = image_at(graph_image(g, node.module), node.from, node.to - node.from);
	struct insn i, last = {.flow = FLOW_END};
	struct page_reader reader = {g, w->node};
	if (w->address == node.from) {
		follow_landings(g, w->node);
		g->failed |= !pages_follow(g, w->node, follow_page, &reader);
	}
	for (uint64_t at = w->address; bytes != NULL && at < node.to && !g->failed;) {
		uint64_t in = at - node.from;
		if ((node.starts[in / 8] >> in % 8 & 1) != 0)
			return;
		node.starts[in / 8] |= (unsigned char)(1u << in % 8);
		if (!g->arch->decode(g->decoder, bytes + in, node.to - at, at, &i)) {
			g->nodes.items[w->node].damaged = true;
			at += g->arch->step - at % g->arch->step;
			continue;
		}
		follow(g, w->node, &i);
		at += i.length;
		if (!i.padding)
			last = i;
	}
	/* The last instruction may lead on into the next node; but not a call: one that ends a function does not
	 * return. */
	if (last.flow == FLOW_NEXT || last.flow == FLOW_BRANCH) {
		const struct step s = {w->node, last.address, EDGE_JUMP};
		lead_to(g, node.module, node.to, &s);
	}
}

static void run(struct graph *g)
{
	for (; g->done < g->queue.count && !g->failed; g->done++) {
		struct work w = g->queue.items[g->done];
		sweep(g, &w);
	}
	g->queue.count = g->done = 0;
}

/* Beginnings. ---------------------------------------------------------------------------------------------- */

/* Leads to the code of a module that is reached however the module is used. */
static void add_roots(struct graph *g, uint32_t module)
{
	const struct image *im = graph_image(g, module);
	for (size_t i = 0; i < im->starts.count; i++)
		lead_to(g, module, im->starts.items[i], &from_outside);
	for (size_t i = 0; i < im->pointers.count; i++)
		lead_to(g, module, im->pointers.items[i], &from_outside);
	for (size_t i = 0; i < im->pointed.count; i++)
		lead_to_symbol(g, module, im->pointed.items[i], &from_outside);
	/* Not in a program that is loaded at a fixed address: there, data that only the loader reads have such
	 * addresses too. */
	for (size_t i = 0; i < im->data_pointers.count && !im->header.fixed; i++)
		follow_table(g, module, im->data_pointers.items[i]);
	run(g);
}

static void add_root_exports(struct graph *g, uint32_t module)
{
	const struct image *im = graph_image(g, module);
	for (size_t i = 0; i < im->symbols.count; i++)
		if (im->symbols.items[i].defined)
			lead_to(g, module, im->symbols.items[i].address, &from_outside);
	run(g);
}

/* Leads to the functions whose names are strings in modules that look up names, until there are no more. */
static void add_literals(struct graph *g)
{
	VEC(bool) asked = {0};
	size_t at = 0;
	for (bool more = true; more && !g->failed;) {
		more = false;
		for (uint32_t m = 0; m < g->libraries->v.count; m++) {
			bool looks = (g->lookups.items[m] & LOOKS_UP) != 0;
			while (asked.count <= m && !g->failed)
				g->failed |= !vec_push(&asked, false);
			if (!looks || g->failed || asked.items[m])
				continue;
			asked.items[m] = more = true;
			const struct image *im = graph_image(g, m);
			for (size_t i = 0; i < im->data_pointers.count; i++)
				note_string(g, m, im->data_pointers.items[i]);
			at = 0;
		}
		for (; at < g->literals.count; at++) {
			struct literal l = g->literals.items[at];
			if ((g->lookups.items[l.module] & LOOKS_UP) == 0)
				continue;
			for (uint32_t x = l.export; x != UINT32_MAX; x = g->exports.items[x].next)
				lead_to(g, g->exports.items[x].module, symbol_of(g, &g->exports.items[x])->address,
					&from_outside);
			more = true;
		}
		run(g);
	}
	vec_free(&asked);
}

static void add_all_roots(struct graph *g)
{
	size_t n = g->libraries->v.count;
	g->root = ROOT_ENTRY;
	lead_to(g, 0, graph_image(g, 0)->header.entry, &from_outside);
	run(g);
	g->root = ROOT_PROGRAM;
	add_roots(g, 0);
	g->root = ROOT_INTERPRETER;
	for (uint32_t m = 1; m < n; m++)
		if (g->libraries->v.items[m].why == LIBRARY_INTERPRETER) {
			/* The module looks up some functions of libc by name. */
			g->lookups.items[m] |= LOOKS_UP;
			lead_to(g, m, graph_image(g, m)->header.entry, &from_outside);
			add_roots(g, m);
		}
	g->root = ROOT_LIBRARIES;
	for (uint32_t m = 1; m < n; m++)
		add_roots(g, m);
	g->root = ROOT_SEEN;
	for (uint32_t m = 1; m < n; m++)
		if (g->libraries->v.items[m].why == LIBRARY_SEEN)
			add_root_exports(g, m);
	g->root = ROOT_NAMES;
	add_literals(g);
}

static bool add_nodes(struct graph *g, uint32_t module)
{
	const struct image *im = graph_image(g, module);
	if (!vec_push(&g->bases, (uint32_t)g->nodes.count) || !vec_push(&g->lookups, 0) ||
	    !vec_reserve(&g->nodes, im->functions.count))
		return false;
	for (size_t i = 0; i < im->functions.count; i++) {
		const struct image_function *f = &im->functions.items[i];
		uint64_t room = image_room(im, f->from), size = f->to - f->from;
		struct node node = {.module = module,
				    .parent = NODE_NONE,
				    .group = (uint32_t)g->nodes.count,
				    .from = f->from,
				    .to = f->from + (size < room ? size : room)};
		g->nodes.items[g->nodes.count++] = node;
	}
	return true;
}

/* Adds exports in the reverse order of lookup: a module's take the place of those that were added before. The loader
 * comes after the libraries in the lookup (libc needs it; musl's loader is libc). Modules that are loaded while the
 * program runs, with their libraries, are looked up last, so that they take no name from the others. */
static void add_all_exports(struct graph *g)
{
	uint32_t n = (uint32_t)g->libraries->v.count, seen = 0;
	while (seen < n && g->libraries->v.items[seen].why != LIBRARY_SEEN)
		seen++;
	for (uint32_t m = n; m-- > seen && !g->failed;)
		g->failed |= !add_exports(g, m);
	for (uint32_t m = seen; m-- > 0 && !g->failed;)
		if (g->libraries->v.items[m].why == LIBRARY_INTERPRETER)
			g->failed |= !add_exports(g, m);
	for (uint32_t m = seen; m-- > 0 && !g->failed;)
		if (g->libraries->v.items[m].why != LIBRARY_INTERPRETER)
			g->failed |= !add_exports(g, m);
}

int graph_build(struct graph *g, struct libraries *l, struct decoder *d, struct error *e)
{
	g->libraries = l;
	g->arch = l->v.items[0].image->arch;
	g->decoder = d;
	for (uint32_t m = 0; m < l->v.count && !g->failed; m++)
		g->failed |= !add_nodes(g, m);
	add_all_exports(g);
	if (!g->failed)
		add_all_roots(g);
	if (!g->failed) {
		graph_find_data(g);
		graph_find_final_calls(g);
		graph_add_doubtful(g);
	}
	return g->failed ? error_memory(e) : 0;
}

void graph_free(struct graph *g)
{
	for (size_t i = 0; i < g->nodes.count; i++)
		free(g->nodes.items[i].starts);
	vec_free(&g->nodes);
	vec_free(&g->bases);
	vec_free(&g->edges);
	vec_free(&g->sites);
	vec_free(&g->exports);
	index_free(&g->names);
	vec_free(&g->literals);
	vec_free(&g->lookups);
	vec_free(&g->final_calls);
	vec_free(&g->queue);
}
