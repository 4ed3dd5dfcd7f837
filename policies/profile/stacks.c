/* Stacks: stores each part once, and decides which stacks a fact keeps.
 * SPDX-License-Identifier: MIT */
#include "policies/profile/stacks.h"

#include <stdlib.h>
#include <string.h>

#include "policies/profile/profile_parts.h"

const char *stack_end_name(enum stack_end end)
{
	static const char *const names[] = {"complete", "limit", "no-unwind-info", "unreadable", "loop"};
	return end < STACK_END_COUNT ? names[end] : "unknown";
}

static void module_clear(void *item)
{
	struct module *m = item;
	free(m->path);
	free(m->build_id);
}

static void frame_clear(void *item)
{
	struct frame *f = item;
	free(f->symbol);
}

static void stack_clear(void *item)
{
	struct stack *s = item;
	vec_free(&s->frames);
}

static void free_indexes(struct stack_table *t)
{
	index_free(&t->module_index);
	index_free(&t->frame_index);
	index_free(&t->stack_index);
}

void stack_table_free(struct stack_table *t)
{
	for (size_t i = 0; i < t->modules.count; i++)
		module_clear(&t->modules.items[i]);
	for (size_t i = 0; i < t->frames.count; i++)
		frame_clear(&t->frames.items[i]);
	for (size_t i = 0; i < t->stacks.count; i++)
		stack_clear(&t->stacks.items[i]);
	vec_free(&t->modules);
	vec_free(&t->frames);
	vec_free(&t->stacks);
	free_indexes(t);
}

size_t profile_module_count(const struct profile *p)
{
	return p->stacks.modules.count;
}

const struct module *profile_module(const struct profile *p, size_t i)
{
	return &p->stacks.modules.items[i];
}

size_t profile_frame_count(const struct profile *p)
{
	return p->stacks.frames.count;
}

const struct frame *profile_frame(const struct profile *p, size_t i)
{
	return &p->stacks.frames.items[i];
}

size_t profile_stack_count(const struct profile *p)
{
	return p->stacks.stacks.count;
}

const struct stack *profile_stack(const struct profile *p, size_t i)
{
	return &p->stacks.stacks.items[i];
}

/* Order: by content, not by positions, which differ between profiles.
 * ------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_modules(const struct stack_table *t, uint32_t a, uint32_t b)
{
	if (a == b || a == MODULE_NONE || b == MODULE_NONE)
		return compare(a, b);
	const struct module *x = &t->modules.items[a], *y = &t->modules.items[b];
	int order = strcmp(x->path, y->path);
	return order != 0 ? order : strcmp(null_as_empty(x->build_id), null_as_empty(y->build_id));
}

static int compare_addresses(const struct stack_table *t, const struct frame *a, const struct frame *b)
{
	int order = compare_modules(t, a->module, b->module);
	return order != 0 ? order : compare(a->offset, b->offset);
}

/* A frame with a symbol comes before one without. */
static int compare_symbols(const struct frame *a, const struct frame *b)
{
	if (a->symbol == NULL || b->symbol == NULL)
		return compare(a->symbol == NULL, b->symbol == NULL);
	int order = strcmp(a->symbol, b->symbol);
	return order != 0 ? order : compare(a->symbol_offset, b->symbol_offset);
}

/* Ignores symbols: 0 for stacks that count as one in a fact. */
static int compare_stacks(const struct stack_table *t, uint32_t a, uint32_t b)
{
	const struct stack *x = &t->stacks.items[a], *y = &t->stacks.items[b];
	for (size_t i = 0; i < x->frames.count && i < y->frames.count; i++) {
		uint32_t at = x->frames.items[i], other = y->frames.items[i];
		int order = at == other ? 0 : compare_addresses(t, &t->frames.items[at], &t->frames.items[other]);
		if (order != 0)
			return order;
	}
	int order = compare(x->frames.count, y->frames.count);
	return order != 0 ? order : compare(x->end, y->end);
}

/* The first frame of its address. A binary search: one address may have a hundred thousand
 * names. */
const struct frame *profile_frame_named(const struct profile *p, size_t i)
{
	const struct frame *frames = p->stacks.frames.items;
	size_t low = sorted_first(at, i, compare_addresses(&p->stacks, &frames[at], &frames[i]) < 0);
	return &frames[low];
}

/* Compare two positions for qsort_r, with the table as context. */

static int order_modules(const void *a, const void *b, void *table)
{
	return compare_modules(table, *(const uint32_t *)a, *(const uint32_t *)b);
}

static int order_frames(const void *a, const void *b, void *table)
{
	const struct stack_table *t = table;
	const struct frame *x = &t->frames.items[*(const uint32_t *)a], *y = &t->frames.items[*(const uint32_t *)b];
	int order = compare_addresses(t, x, y);
	return order != 0 ? order : compare_symbols(x, y);
}

static int order_stacks(const void *a, const void *b, void *table)
{
	const struct stack_table *t = table;
	const struct stack *x = &t->stacks.items[*(const uint32_t *)a], *y = &t->stacks.items[*(const uint32_t *)b];
	int order = compare_stacks(t, *(const uint32_t *)a, *(const uint32_t *)b);
	for (size_t i = 0; order == 0 && i < x->frames.count; i++)
		order = compare_symbols(&t->frames.items[x->frames.items[i]], &t->frames.items[y->frames.items[i]]);
	return order;
}

/* Adding. ---------------------------------------------------------------------------------------------------- */

/* The thing to find in a table. */
struct wanted {
	const struct stack_table *table;
	const void *item;
};

static bool same_module(const void *context, size_t position)
{
	const struct wanted *w = context;
	const struct module *m = &w->table->modules.items[position], *wanted = w->item;
	return strcmp(m->path, wanted->path) == 0 &&
	       strcmp(null_as_empty(m->build_id), null_as_empty(wanted->build_id)) == 0;
}

static bool same_frame(const void *context, size_t position)
{
	const struct wanted *w = context;
	const struct frame *f = &w->table->frames.items[position], *wanted = w->item;
	return f->module == wanted->module && f->offset == wanted->offset && compare_symbols(f, wanted) == 0;
}

static bool same_stack(const void *context, size_t position)
{
	const struct wanted *w = context;
	const struct stack *s = &w->table->stacks.items[position], *wanted = w->item;
	return s->end == wanted->end && s->frames.count == wanted->frames.count &&
	       memcmp(s->frames.items, wanted->frames.items, s->frames.count * sizeof(s->frames.items[0])) == 0;
}

static uint32_t module_hash(const struct module *m)
{
	const char *build_id = null_as_empty(m->build_id);
	return index_hash(index_hash(0, m->path, strlen(m->path) + 1), build_id, strlen(build_id));
}

/* The hash includes the symbol: otherwise a hundred thousand names of one address would be compared
 * with each other. */
static uint32_t frame_hash(const struct frame *f)
{
	const char *symbol = null_as_empty(f->symbol);
	uint32_t place = index_hash(index_hash(0, &f->module, sizeof(f->module)), &f->offset, sizeof(f->offset));
	return index_hash(index_hash(place, &f->symbol_offset, sizeof(f->symbol_offset)), symbol, strlen(symbol));
}

static uint32_t stack_hash(const struct stack *s)
{
	return index_hash(s->end, s->frames.items, s->frames.count * sizeof(s->frames.items[0]));
}

static int add_module(struct stack_table *t, const char *path, const char *build_id, struct error *e)
{
	struct module m = {(char *)path, build_id != NULL && build_id[0] != '\0' ? (char *)build_id : NULL};
	uint32_t hash = module_hash(&m);
	size_t at = index_find(&t->module_index, hash, same_module, &(struct wanted){t, &m});
	if (at != SIZE_MAX)
		return (int)at;
	struct module copy = {strdup(m.path), m.build_id != NULL ? strdup(m.build_id) : NULL};
	if (copy.path == NULL || (m.build_id != NULL && copy.build_id == NULL) || !vec_reserve(&t->modules, 1) ||
	    !index_add(&t->module_index, hash, t->modules.count)) {
		module_clear(&copy);
		return error_memory(e);
	}
	t->modules.items[t->modules.count++] = copy;
	return (int)t->modules.count - 1;
}

int profile_add_module(struct profile *p, const char *path, const char *build_id, struct error *e)
{
	return add_module(&p->stacks, path, build_id, e);
}

int stack_table_add_frame(struct stack_table *t, const struct frame *frame, struct error *e)
{
	struct frame f = *frame;
	if (f.module == MODULE_NONE)
		f = (struct frame){.module = MODULE_NONE};
	if (f.symbol == NULL)
		f.symbol_offset = 0;
	uint32_t hash = frame_hash(&f);
	size_t at = index_find(&t->frame_index, hash, same_frame, &(struct wanted){t, &f});
	if (at != SIZE_MAX)
		return (int)at;
	char *symbol = f.symbol != NULL ? strdup(f.symbol) : NULL;
	if ((f.symbol != NULL && symbol == NULL) || !vec_reserve(&t->frames, 1) ||
	    !index_add(&t->frame_index, hash, t->frames.count)) {
		free(symbol);
		return error_memory(e);
	}
	f.symbol = symbol;
	t->frames.items[t->frames.count++] = f;
	return (int)t->frames.count - 1;
}

int stack_table_add_stack(struct stack_table *t, const uint32_t *frames, size_t n, uint8_t end, struct error *e)
{
	struct stack s = {.frames = {(uint32_t *)frames, n, n}, .end = end}, copy = {.end = end};
	uint32_t hash = stack_hash(&s);
	size_t at = index_find(&t->stack_index, hash, same_stack, &(struct wanted){t, &s});
	if (at != SIZE_MAX)
		return (int)at;
	if (!vec_reserve(&copy.frames, n) || !vec_reserve(&t->stacks, 1) ||
	    !index_add(&t->stack_index, hash, t->stacks.count)) {
		stack_clear(&copy);
		return error_memory(e);
	}
	memcpy(copy.frames.items, frames, n * sizeof(*frames));
	copy.frames.count = n;
	t->stacks.items[t->stacks.count++] = copy;
	return (int)t->stacks.count - 1;
}

int profile_add_stack(struct profile *p, const struct frame *frames, size_t n, enum stack_end end, struct error *e)
{
	uint32_t positions[STACK_FRAMES];
	if (n > STACK_FRAMES) {
		n = STACK_FRAMES;
		end = STACK_LIMIT;
	}
	for (size_t i = 0; i < n; i++) {
		int at = stack_table_add_frame(&p->stacks, &frames[i], e);
		if (at < 0)
			return at;
		positions[i] = (uint32_t)at;
	}
	return stack_table_add_stack(&p->stacks, positions, n, (uint8_t)end, e);
}

int profile_set_symbol(struct profile *p, size_t frame, const char *symbol, uint64_t symbol_offset, struct error *e)
{
	struct frame *f = &p->stacks.frames.items[frame];
	bool known = symbol != NULL && symbol[0] != '\0' && f->module != MODULE_NONE;
	struct frame named = {f->module, f->offset, known ? strdup(symbol) : NULL, known ? symbol_offset : 0};
	if ((known && named.symbol == NULL) ||
	    (compare_symbols(f, &named) != 0 && !index_add(&p->stacks.frame_index, frame_hash(&named), frame))) {
		free(named.symbol);
		return error_memory(e);
	}
	free(f->symbol); /* from now on its index entry never matches */
	*f = named;
	return 0;
}

/* The stacks of a fact. --------------------------------------------------------------------------------------- */

/* Combines two stacks that differ only in symbols: each frame gets the symbol that comes first. The
 * choice is made per fact, between its own stacks, and not for all frames of a profile with that
 * address. Otherwise the result would depend on the order of merging: one order may drop a stack by
 * the cap, and with it a symbol, and another may not. */
static int join_stacks(struct stack_table *t, uint32_t a, uint32_t b)
{
	struct error ignored = {0};
	uint32_t frames[STACK_FRAMES];
	const struct stack *x = &t->stacks.items[a], *y = &t->stacks.items[b];
	for (size_t i = 0; i < x->frames.count; i++) {
		uint32_t one = x->frames.items[i], other = y->frames.items[i];
		frames[i] = compare_symbols(&t->frames.items[one], &t->frames.items[other]) <= 0 ? one : other;
	}
	return stack_table_add_stack(t, frames, x->frames.count, x->end, &ignored);
}

bool fact_add_stack(struct stack_table *t, struct fact *f, uint32_t stack)
{
	size_t at = 0;
	int order = 1;
	while (at < f->stacks.count && (order = compare_stacks(t, f->stacks.items[at], stack)) < 0)
		at++;
	if (at < f->stacks.count && order == 0) {
		int joined = f->stacks.items[at] == stack ? (int)stack : join_stacks(t, f->stacks.items[at], stack);
		if (joined < 0)
			return false;
		f->stacks.items[at] = (uint32_t)joined;
		return true;
	}
	if (at == STACKS_PER_FACT)
		return true;
	if (f->stacks.count < STACKS_PER_FACT)
		f->stacks.count++;
	memmove(f->stacks.items + at + 1, f->stacks.items + at, (f->stacks.count - 1 - at) * sizeof(uint32_t));
	f->stacks.items[at] = stack;
	return true;
}

bool fact_add_stacks(struct stack_table *t, struct fact *into, const struct fact *f)
{
	for (size_t i = 0; i < f->stacks.count; i++)
		if (!fact_add_stack(t, into, f->stacks.items[i]))
			return false;
	return true;
}

/* Merging and sorting. --------------------------------------------------------------------------------------- */

/* Adds the frames of `from`. t has their modules at `modules`; map: each frame's position in t. */
static int add_frames(struct stack_table *t, const struct stack_table *from, const uint32_t *modules, uint32_t *map,
		      struct error *e)
{
	for (size_t i = 0; i < from->frames.count; i++) {
		struct frame f = from->frames.items[i];
		if (f.module != MODULE_NONE)
			f.module = modules[f.module];
		int at = stack_table_add_frame(t, &f, e);
		if (at < 0)
			return at;
		map[i] = (uint32_t)at;
	}
	return 0;
}

static int add_stacks(struct stack_table *t, const struct stack_table *from, const uint32_t *frames, uint32_t *map,
		      struct error *e)
{
	uint32_t positions[STACK_FRAMES];
	for (size_t i = 0; i < from->stacks.count; i++) {
		const struct stack *s = &from->stacks.items[i];
		for (size_t k = 0; k < s->frames.count; k++)
			positions[k] = frames[s->frames.items[k]];
		int at = stack_table_add_stack(t, positions, s->frames.count, s->end, e);
		if (at < 0)
			return at;
		map[i] = (uint32_t)at;
	}
	return 0;
}

int stack_table_add_all(struct stack_table *t, const struct stack_table *from, uint32_t **map, struct error *e)
{
	uint32_t *modules = calloc(from->modules.count + 1, sizeof(*modules));
	uint32_t *frames = calloc(from->frames.count + 1, sizeof(*frames));
	*map = calloc(from->stacks.count + 1, sizeof(**map));
	int rc = modules == NULL || frames == NULL || *map == NULL ? error_memory(e) : 0;
	for (size_t i = 0; rc >= 0 && i < from->modules.count; i++)
		if ((rc = add_module(t, from->modules.items[i].path, from->modules.items[i].build_id, e)) >= 0)
			modules[i] = (uint32_t)rc;
	if (rc >= 0)
		rc = add_frames(t, from, modules, frames, e);
	if (rc >= 0)
		rc = add_stacks(t, from, frames, *map, e);
	free(modules);
	free(frames);
	if (rc < 0) {
		free(*map);
		*map = NULL;
	}
	return rc < 0 ? rc : 0;
}

/* The new positions of one kind of items. */
struct arrangement {
	uint32_t *map;	 /* old position → new; UNUSED: dropped */
	uint32_t *order; /* new position → old: of equal items only one is kept */
	size_t kept;
};

#define UNUSED UINT32_MAX

static bool arrangement_new(struct arrangement *a, size_t n)
{
	a->map = malloc((n + 1) * sizeof(*a->map));
	a->order = malloc((n + 1) * sizeof(*a->order));
	for (size_t i = 0; a->map != NULL && i < n; i++)
		a->map[i] = UNUSED;
	return a->map != NULL && a->order != NULL;
}

/* Computes new positions for the items, of n, that the map marks as used. */
static void arrange(struct stack_table *t, struct arrangement *a, size_t n,
		    int (*order)(const void *, const void *, void *))
{
	size_t used = 0;
	for (size_t i = 0; i < n; i++)
		if (a->map[i] != UNUSED)
			a->order[used++] = (uint32_t)i;
	if (used > 1)
		qsort_r(a->order, used, sizeof(*a->order), order, t);
	a->kept = 0;
	for (size_t i = 0; i < used; i++) {
		uint32_t item = a->order[i];
		if (a->kept == 0 || order(&a->order[a->kept - 1], &item, t) != 0)
			a->order[a->kept++] = item;
		a->map[item] = (uint32_t)a->kept - 1;
	}
}

/* Moves n items of `size` bytes to their new positions. scratch: room for them. */
static void move(void *items, size_t *n, size_t size, const struct arrangement *a, char *scratch, void (*clear)(void *))
{
	char *from = items;
	for (size_t i = 0; i < *n; i++)
		if (a->map[i] == UNUSED || a->order[a->map[i]] != i)
			clear(from + i * size);
	for (size_t i = 0; i < a->kept; i++)
		memcpy(scratch + i * size, from + a->order[i] * size, size);
	if (a->kept > 0)
		memcpy(items, scratch, a->kept * size);
	*n = a->kept;
}

static bool reindex(struct stack_table *t)
{
	free_indexes(t);
	bool fine = true;
	for (size_t i = 0; fine && i < t->modules.count; i++)
		fine = index_add(&t->module_index, module_hash(&t->modules.items[i]), i);
	for (size_t i = 0; fine && i < t->frames.count; i++)
		fine = index_add(&t->frame_index, frame_hash(&t->frames.items[i]), i);
	for (size_t i = 0; fine && i < t->stacks.count; i++)
		fine = index_add(&t->stack_index, stack_hash(&t->stacks.items[i]), i);
	return fine;
}

/* Marks the parts that facts refer to, directly or indirectly. */
static void mark(const struct profile *p, uint32_t *modules, uint32_t *frames, uint32_t *stacks)
{
	const struct stack_table *t = &p->stacks;
	for (size_t i = 0; i < p->facts.count; i++)
		for (size_t k = 0; k < p->facts.items[i].stacks.count; k++)
			stacks[p->facts.items[i].stacks.items[k]] = 0;
	for (size_t i = 0; i < t->stacks.count; i++)
		for (size_t k = 0; stacks[i] != UNUSED && k < t->stacks.items[i].frames.count; k++)
			frames[t->stacks.items[i].frames.items[k]] = 0;
	for (size_t i = 0; i < t->frames.count; i++)
		if (frames[i] != UNUSED && t->frames.items[i].module != MODULE_NONE)
			modules[t->frames.items[i].module] = 0;
}

static void sort_all(struct profile *p, struct arrangement a[3], char *scratch)
{
	struct stack_table *t = &p->stacks;
	mark(p, a[0].map, a[1].map, a[2].map);
	arrange(t, &a[0], t->modules.count, order_modules);
	move(t->modules.items, &t->modules.count, sizeof(struct module), &a[0], scratch, module_clear);
	for (size_t i = 0; i < t->frames.count; i++)
		if (t->frames.items[i].module != MODULE_NONE)
			t->frames.items[i].module = a[0].map[t->frames.items[i].module];
	arrange(t, &a[1], t->frames.count, order_frames);
	move(t->frames.items, &t->frames.count, sizeof(struct frame), &a[1], scratch, frame_clear);
	for (size_t i = 0; i < t->stacks.count; i++)
		for (size_t k = 0; k < t->stacks.items[i].frames.count; k++)
			t->stacks.items[i].frames.items[k] = a[1].map[t->stacks.items[i].frames.items[k]];
	arrange(t, &a[2], t->stacks.count, order_stacks);
	move(t->stacks.items, &t->stacks.count, sizeof(struct stack), &a[2], scratch, stack_clear);
	for (size_t i = 0; i < p->facts.count; i++)
		for (size_t k = 0; k < p->facts.items[i].stacks.count; k++)
			p->facts.items[i].stacks.items[k] = a[2].map[p->facts.items[i].stacks.items[k]];
}

bool profile_sort_stacks(struct profile *p)
{
	struct stack_table *t = &p->stacks;
	struct arrangement a[3] = {0};
	size_t bytes = t->modules.count * sizeof(struct module);
	if (bytes < t->frames.count * sizeof(struct frame))
		bytes = t->frames.count * sizeof(struct frame);
	if (bytes < t->stacks.count * sizeof(struct stack))
		bytes = t->stacks.count * sizeof(struct stack);
	char *scratch = malloc(bytes + 1);
	bool fine = scratch != NULL && arrangement_new(&a[0], t->modules.count) &&
		    arrangement_new(&a[1], t->frames.count) && arrangement_new(&a[2], t->stacks.count);
	if (fine)
		sort_all(p, a, scratch);
	for (size_t i = 0; i < 3; i++) {
		free(a[i].map);
		free(a[i].order);
	}
	free(scratch);
	return fine && reindex(t);
}
