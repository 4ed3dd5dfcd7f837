/* Which system calls a program's code can reach: puts the parts together. SPDX-License-Identifier: MIT */
#include "tracer/reach/reach_code.h"

#include <stdlib.h>
#include <string.h>

#include "tracer/reach/call_numbers.h"
#include "tracer/reach/graph.h"
#include "tracer/symbols/symbols.h"

struct finding {
	struct libraries libraries;
	struct decoder *decoder;
	struct graph graph;
	struct numbers_found numbers;
	struct symbols **symbols; /* of each module; NULL: not opened, or it has none */
	bool *opened;
	struct reachable *r;
	struct error *e;
};

/* Returns the name of the function at an address, malloc'ed; NULL where none is known, or there is no memory (f->e says
 * so). */
static char *name_at(struct finding *f, uint32_t module, uint64_t address)
{
	char name[256];
	uint64_t offset;
	if (!f->opened[module]) {
		struct error none = {0}; /* a module without names is fine */
		f->opened[module] = true;
		f->symbols[module] = symbols_open(f->libraries.v.items[module].image->path, NULL, &none);
	}
	if (f->symbols[module] == NULL || !symbols_find(f->symbols[module], address, name, sizeof(name), &offset))
		return NULL;
	char *copy = strdup(name);
	if (copy == NULL)
		error_memory(f->e);
	return copy;
}

static bool add_function(struct finding *f, struct reachable_call *call, uint32_t node)
{
	const struct node *n = &f->graph.nodes.items[node];
	struct reachable_function function = {n->module, n->from, name_at(f, n->module, n->from)};
	if (vec_push(&call->path, function))
		return true;
	free(function.name);
	return false;
}

/* Adds the shortest way to a node, its outermost function first. */
static bool add_way(struct finding *f, struct reachable_call *call, uint32_t node)
{
	size_t before = call->path.count;
	for (; node != NODE_NONE; node = f->graph.nodes.items[node].parent)
		if (!add_function(f, call, node))
			return false;
	struct reachable_function *items = call->path.items;
	for (size_t i = before, k = call->path.count; i + 1 < k; i++) {
		struct reachable_function swapped = items[i];
		items[i] = items[--k];
		items[k] = swapped;
	}
	return true;
}

static void add_call(struct finding *f, const struct number *n)
{
	struct reachable_call call = {.arch = n->arch, .nr = n->nr};
	bool fine = add_way(f, &call, n->node);
	for (uint32_t at = n->need; at != NEED_NONE && fine; at = f->numbers.needs.items[at].next)
		fine = add_function(f, &call, f->numbers.needs.items[at].node);
	/* Pushed even if it is incomplete, so that it is freed with the others. */
	if (!vec_push(&f->r->calls, call) || !fine)
		error_memory(f->e);
}

static const char *why_text(enum undecided_why why)
{
	switch (why) {
	case UNDECIDED_CALLERS:
		return "the number is a parameter, and the function's address is taken here: its callers can't be told";
	case UNDECIDED_CODE:
		return "the code here is not understood, and has the bytes of a system call";
	case UNDECIDED_SIZE:
		return "the function is too large to be looked into";
	default:
		return "the number is computed, or comes from memory";
	}
}

static void add_place(struct finding *f, const struct undecided *u)
{
	uint32_t module = f->graph.nodes.items[u->node].module;
	struct reachable_place place = {{module, u->address, name_at(f, module, u->address)},
					strdup(why_text((enum undecided_why)u->why))};
	if (!vec_push(&f->r->undecided, place) || place.why == NULL)
		error_memory(f->e);
}

static void add_module(struct finding *f, uint32_t module)
{
	static const char *const whys[] = {"program", "interpreter", "needed", "seen"};
	const struct library *l = &f->libraries.v.items[module];
	struct reachable_module m = {
	    .path = strdup(l->image->path + f->libraries.root_length), .why = strdup(whys[l->why]), .functions = l->image->functions.count};
	char id[ELF_BUILD_ID];
	elf_build_id(l->image->file, id);
	m.build_id = id[0] != '\0' ? strdup(id) : NULL;
	for (size_t i = 0; i < l->image->functions.count; i++)
		m.reached += f->graph.nodes.items[f->graph.bases.items[module] + i].reached;
	if (!vec_push(&f->r->modules, m) || m.path == NULL || m.why == NULL)
		error_memory(f->e);
}

static void add_note(struct finding *f, uint8_t lookup, const char *what)
{
	struct text note = {0};
	for (uint32_t m = 0; m < f->libraries.v.count; m++) {
		const struct library *l = &f->libraries.v.items[m];
		const char *slash = strrchr(l->image->path, '/');
		if ((f->graph.lookups.items[m] & lookup) != 0 && l->why != LIBRARY_INTERPRETER)
			text_add(&note, "%s%s", note.count > 0 ? ", " : "", slash != NULL ? slash + 1 : l->image->path);
	}
	if (note.count > 0) {
		text_add(&note, "%s", what);
		char *copy = note.failed ? NULL : strdup(note.bytes);
		if (copy == NULL || !vec_push(&f->r->notes, copy))
			error_memory(f->e);
	}
	text_free(&note);
}

/* Makes the result of the numbers that were found. */
static void tell(struct finding *f)
{
	f->r = calloc(1, sizeof(*f->r));
	f->symbols = calloc(f->libraries.v.count, sizeof(struct symbols *));
	f->opened = calloc(f->libraries.v.count, sizeof(bool));
	if (f->r == NULL || f->symbols == NULL || f->opened == NULL) {
		error_memory(f->e);
		return;
	}
	f->r->sites = f->graph.sites.count;
	for (uint32_t m = 0; m < f->libraries.v.count && f->e->code == 0; m++)
		add_module(f, m);
	for (size_t i = 0; i < f->numbers.numbers.count && f->e->code == 0; i++)
		add_call(f, &f->numbers.numbers.items[i]);
	for (size_t i = 0; i < f->numbers.undecided.count && f->e->code == 0; i++)
		add_place(f, &f->numbers.undecided.items[i]);
	add_note(f, LOOKS_UP,
		 " may look functions up by name (dlsym): of these, the ones count whose names the code refers to "
		 "as a string");
	add_note(f, LOADS, " may load more modules while running (dlopen): those count that a profile saw (--profile)");
}

static void search(struct finding *f)
{
	const struct code_arch *arch = f->libraries.v.items[0].image->arch;
	f->decoder = arch->open();
	if (f->decoder == NULL)
		error_memory(f->e);
	for (size_t i = 0; i < f->libraries.v.count && f->e->code == 0; i++) {
		struct image *im = f->libraries.v.items[i].image;
		if (image_find_functions(im, f->decoder, f->e) == 0)
			image_find_pointers(im, f->e);
	}
	if (f->e->code == 0 && graph_build(&f->graph, &f->libraries, f->decoder, f->e) == 0 &&
	    numbers_find(&f->graph, &f->numbers, f->e) == 0)
		tell(f);
	arch->close(f->decoder);
}

struct reachable *code_reach(const struct code_options *o, struct error *e)
{
	struct finding f = {.e = e};
	struct library_options library = {.path = o->path,
					  .library_path = o->library_path,
					  .root = o->root,
					  .cache = o->cache,
					  .extra = o->extra,
					  .extra_count = o->extra_count,
					  .alone = o->alone};
	if (libraries_load(&library, &f.libraries, e) == 0)
		search(&f);
	for (size_t i = 0; f.symbols != NULL && i < f.libraries.v.count; i++)
		symbols_free(f.symbols[i]);
	free(f.symbols);
	free(f.opened);
	graph_free(&f.graph);
	numbers_free(&f.numbers);
	libraries_free(&f.libraries);
	if (e->code == 0)
		return f.r;
	reachable_free(f.r);
	return NULL;
}
