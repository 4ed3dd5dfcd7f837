/* Addresses that two instructions make. The second one may be far from the first: compilers keep the address of a page in a
 * register for a whole function. SPDX-License-Identifier: MIT */
#include "tracer/reach/registers/pages.h"

#include <stdlib.h>
#include <string.h>

/* Limits for one page address. No real function comes near them. */
enum {
	STEPS = 1 << 18,	/* instructions on all ways */
	STEPS_OUTSIDE = 1 << 12 /* instructions outside the node */
};

/* A register that holds the page's address when the instruction at an address is about to run. */
struct way {
	uint64_t address;
	uint8_t reg;
};

struct run {
	struct graph *g;
	const struct image *im;
	const struct node *node;
	const struct insn *insns; /* of the node; length 0: none */
	size_t count;
	uint32_t *seen; /* of each instruction the registers that were followed */
	uint64_t page;
	unsigned steps, outside;
	bool computed; /* a computed jump was followed */
	VEC(struct way) ways;
	pages_found *found;
	void *context;
	bool failed; /* no memory */
};

static bool inside(const struct run *r, uint64_t address)
{
	return address >= r->node->from && address < r->node->to;
}

static void add_way(struct run *r, uint64_t address, uint8_t reg)
{
	r->failed |= !vec_push(&r->ways, (struct way){address, reg});
}

/* A computed jump may lead to any place at which code begins anew, after an instruction that does not go on to it. */
static void add_computed(struct run *r, uint8_t reg)
{
	if (r->computed)
		return;
	r->computed = true;
	for (size_t k = 0; k + 1 < r->count; k++)
		if (r->insns[k].flow == FLOW_JUMP || r->insns[k].flow == FLOW_RETURN || r->insns[k].flow == FLOW_END)
			add_way(r, r->insns[k + 1].address, reg);
}

/* Whether a way goes on at the target of a jump or branch. A jump out of the node may end the function: then only registers
 * that calls preserve can be of use. A branch leads to another part of the function. */
static bool goes_to(const struct run *r, const struct insn *i, uint8_t reg)
{
	uint64_t slot, room = image_room(r->im, i->target);
	if (inside(r, i->target))
		return true;
	return image_is_code(r->im, i->target) &&
	       (i->flow == FLOW_BRANCH || (r->g->arch->call_spoils >> reg & 1) == 0) &&
	       !r->g->arch->stub(image_at(r->im, i->target, room > 16 ? 16 : room), room > 16 ? 16 : room, i->target,
				 &slot);
}

static void note_use(struct run *r, const struct insn *i, uint8_t reg)
{
	uint64_t address = r->page + (uint64_t)i->imm;
	if (i->src == reg && i->effect == EFFECT_ADD)
		r->found(r->context, i, REF_ADDRESS, address);
	else if (i->base == reg && i->effect != EFFECT_SELECT)
		r->found(r->context, i, REF_LOAD, address);
	if (i->src == reg && i->effect == EFFECT_COPY && i->dst != reg && i->dst < INSN_REGISTERS) {
		r->found(r->context, i, REF_ADDRESS, r->page); /* the rest may be 0 */
		add_way(r, i->address + i->length, i->dst);
	}
}

static bool overwrites(const struct run *r, const struct insn *i, uint8_t reg)
{
	uint32_t spoils = i->spoils;
	if (i->flow == FLOW_CALL)
		spoils |= r->g->arch->call_spoils;
	if (i->trap != TRAP_NONE)
		spoils |= r->g->arch->trap_spoils;
	return (spoils >> reg & 1) != 0 || i->dst == reg || (i->advance != 0 && i->base == reg);
}

/* Returns the instruction at an address; *other is room for one outside the node. NULL: the way ends here. */
static const struct insn *insn_at(struct run *r, const struct way *w, struct insn *other)
{
	if (r->steps-- == 0)
		return NULL;
	if (inside(r, w->address)) {
		size_t k = (w->address - r->node->from) / r->g->arch->step;
		if (r->insns[k].length == 0 || (r->seen[k] >> w->reg & 1) != 0)
			return NULL;
		r->seen[k] |= 1u << w->reg;
		return &r->insns[k];
	}
	const unsigned char *bytes = image_at(r->im, w->address, 4);
	if (bytes == NULL || r->outside == 0 || !image_is_code(r->im, w->address))
		return NULL;
	r->outside--;
	return r->g->arch->decode(r->g->decoder, bytes, 4, w->address, other) ? other : NULL;
}

/* Follows one way to its end; branches off it are put in the list. */
static void follow(struct run *r, struct way w)
{
	struct insn other;
	const struct insn *i;
	while (!r->failed && (i = insn_at(r, &w, &other)) != NULL) {
		note_use(r, i, w.reg);
		if (overwrites(r, i, w.reg))
			return;
		if ((i->flow == FLOW_JUMP || i->flow == FLOW_BRANCH) && i->target_kind == TARGET_DIRECT &&
		    goes_to(r, i, w.reg))
			add_way(r, i->target, w.reg);
		if (i->flow == FLOW_JUMP && i->target_kind == TARGET_OTHER && inside(r, i->address))
			add_computed(r, w.reg);
		if (i->flow == FLOW_JUMP || i->flow == FLOW_RETURN || i->flow == FLOW_END)
			return;
		w.address += i->length;
	}
}

static void follow_page(struct run *r, const struct insn *i)
{
	r->page = (uint64_t)i->imm;
	r->steps = STEPS;
	r->outside = STEPS_OUTSIDE;
	r->computed = false;
	memset(r->seen, 0, r->count * sizeof(*r->seen));
	add_way(r, i->address + i->length, i->dst);
	while (r->ways.count > 0 && !r->failed) {
		struct way w = r->ways.items[--r->ways.count];
		follow(r, w);
	}
	r->ways.count = 0;
}

/* The stubs of the linkage table may be read as one function. Each leads to its own function alone, and only from its
 * callers. */
static bool is_stub(const struct run *r, const unsigned char *code, const struct insn *i)
{
	uint64_t slot, room = r->node->to - i->address;
	return r->g->arch->stub(code, room > 16 ? 16 : room, i->address, &slot);
}

bool pages_follow(struct graph *g, uint32_t at, pages_found *found, void *context)
{
	const struct node node = g->nodes.items[at]; /* the list moves when it grows */
	const unsigned char *bytes;
	struct run r = {.g = g, .node = &node, .found = found, .context = context};
	r.im = g->libraries->v.items[node.module].image;
	bytes = image_at(r.im, node.from, node.to - node.from);
	if (g->arch->step == 1 || bytes == NULL || node.from % g->arch->step != 0)
		return true; /* such instructions can address all memory */
	r.count = (node.to - node.from) / g->arch->step;
	struct insn *insns = calloc(r.count + 1, sizeof(*insns));
	r.seen = calloc(r.count + 1, sizeof(*r.seen));
	r.insns = insns;
	bool fine = insns != NULL && r.seen != NULL;
	for (size_t k = 0; fine && k < r.count; k++)
		if (!g->arch->decode(g->decoder, bytes + k * g->arch->step, g->arch->step,
				     node.from + k * g->arch->step, &insns[k]))
			insns[k].length = 0;
	for (size_t k = 0; fine && k < r.count && !r.failed; k++)
		if (insns[k].length > 0 && insns[k].page && !is_stub(&r, bytes + k * g->arch->step, &insns[k]))
			follow_page(&r, &insns[k]);
	vec_free(&r.ways);
	free(r.seen);
	free(insns);
	return fine && !r.failed;
}
