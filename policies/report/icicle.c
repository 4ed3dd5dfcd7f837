/* The stacks of all facts as one tree, the outermost functions first. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/report/report_parts.h"

/* Two frames are one function if they lie in one file and have one name; without a name, if they
 * are one place. */
static bool same_function(const struct profile *p, uint32_t a, uint32_t b)
{
	const struct frame *x = profile_frame_named(p, a), *y = profile_frame_named(p, b);
	if (a == b)
		return true;
	if (x->module != y->module)
		return false;
	if (x->symbol == NULL || y->symbol == NULL)
		return x->symbol == y->symbol && x->offset == y->offset;
	return strcmp(x->symbol, y->symbol) == 0;
}

/* Returns the child of a node for a frame or (frame NO_FRAME) for a call, added if new. */
static size_t child(struct icicle *t, size_t parent, uint32_t frame, const struct report_call *call)
{
	size_t last = 0;
	for (size_t i = t->nodes.items[parent].first; i != 0; i = t->nodes.items[i].next) {
		const struct icicle_node *n = &t->nodes.items[i];
		if (n->call == call && (call != NULL || same_function(t->profile, n->frame, frame)))
			return i;
		last = i;
	}
	struct icicle_node fresh = {.frame = frame, .call = call, .depth = t->nodes.items[parent].depth + 1};
	if (!vec_push(&t->nodes, fresh))
		return 0;
	size_t at = t->nodes.count - 1;
	if (last != 0)
		t->nodes.items[last].next = at;
	else
		t->nodes.items[parent].first = at;
	return at;
}

/* Adds one stack of a fact. Of a deep stack the frames in the middle are left out. */
static bool add_stack(struct icicle *t, const struct stack *s, const struct report_call *call)
{
	size_t at = 0, n = s->frames.count;
	t->nodes.items[0].facts++;
	for (size_t i = n; i-- > 0;) {
		size_t outer = n - 1 - i;
		if (n > ICICLE_DEPTH && outer >= ICICLE_DEPTH / 2 && i >= ICICLE_DEPTH / 2)
			continue;
		if ((at = child(t, at, s->frames.items[i], NULL)) == 0)
			return false;
		t->nodes.items[at].facts++;
	}
	t->cut |= n > ICICLE_DEPTH;
	if ((at = child(t, at, 0, call)) == 0)
		return false;
	t->nodes.items[at].facts++;
	return true;
}

struct weight {
	uint32_t module;
	size_t facts;
};

static int heavier(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;
	return x->facts != y->facts ? (x->facts < y->facts ? 1 : -1) : (x->module > y->module) - (x->module < y->module);
}

/* Gives the files in which most functions lie a colour each. */
static int choose_colours(struct icicle *t, struct error *e)
{
	size_t modules = profile_module_count(t->profile);
	struct weight *weights = calloc(modules + 1, sizeof(*weights));
	if (weights == NULL)
		return error_memory(e);
	for (size_t i = 0; i < modules; i++)
		weights[i].module = (uint32_t)i;
	for (size_t i = 1; i < t->nodes.count; i++) {
		const struct icicle_node *n = &t->nodes.items[i];
		uint32_t module = n->call == NULL ? profile_frame(t->profile, n->frame)->module : MODULE_NONE;
		if (module != MODULE_NONE)
			weights[module].facts += n->facts;
	}
	qsort(weights, modules, sizeof(*weights), heavier);
	while (t->colours < ICICLE_COLOURS && t->colours < modules && weights[t->colours].facts > 0) {
		t->modules[t->colours] = weights[t->colours].module;
		t->colours++;
	}
	free(weights);
	return 0;
}

int icicle_make(const struct report *r, struct icicle *out, struct error *e)
{
	*out = (struct icicle){.profile = r->profile};
	if (!vec_push(&out->nodes, (struct icicle_node){0}))
		return error_memory(e);
	for (size_t i = 0; i < r->calls.count; i++) {
		const struct report_call *c = &r->calls.items[i];
		for (size_t k = 0; k < c->facts.count; k++) {
			const struct fact *f = profile_fact(r->profile, c->facts.items[k]);
			for (size_t j = 0; j < f->stacks.count; j++)
				if (!add_stack(out, profile_stack(r->profile, f->stacks.items[j]), c))
					return error_memory(e);
		}
	}
	return choose_colours(out, e);
}

size_t icicle_colour(const struct icicle *t, const struct icicle_node *n)
{
	uint32_t module = profile_frame(t->profile, n->frame)->module;
	for (size_t i = 0; i < t->colours; i++)
		if (t->modules[i] == module)
			return i;
	return ICICLE_COLOURS;
}

void icicle_clear(struct icicle *t)
{
	vec_free(&t->nodes);
}
