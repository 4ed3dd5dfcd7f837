/* The values that registers can have at each instruction of one function: follows all ways through it until no state
 * changes. SPDX-License-Identifier: MIT */
#include "tracer/reach/registers/flow.h"

#include <stdlib.h>
#include <string.h>

#include "tracer/reach/registers/state.h"

/* Limits; a function beyond one of the first two is too large. */
enum {
	INSTRUCTIONS = 1 << 18, /* of a function */
	ROUNDS = 64,		/* steps for each instruction, on average */
	TABLE = 4096,		/* entries of a jump table */
	TABLES = 1 << 16,	/* jump tables of a function */
};

struct run {
	const struct flow *f;
	const struct image *im;
	const struct code_arch *arch;
	VEC(struct insn) insns;	       /* sorted by address */
	VEC(struct flow_state) states; /* of the instructions at which several ways can meet */
	VEC(uint32_t) state_of;	       /* of each instruction the position of its state + 1, or 0 */
	VEC(uint32_t) queue;	       /* instructions with a state that changed */
	VEC(uint32_t) targets;	       /* instructions that computed jumps may go to */
	struct flow_state jumping;     /* all states at computed jumps, joined */
	size_t budget;		       /* steps that are left */
	bool failed; /* no memory */
};

static uint32_t insn_at(const struct run *r, uint64_t address)
{
	size_t low = sorted_first(at, r->insns.count, r->insns.items[at].address < address);
	return low < r->insns.count && r->insns.items[low].address == address ? (uint32_t)low : UINT32_MAX;
}

/* Whether an instruction never goes on to the next one in memory. */
static bool ends(const struct run *r, const struct insn *i)
{
	if (i->flow == FLOW_CALL)
		return graph_call_ends(r->f->graph, r->f->graph->nodes.items[r->f->nodes[0]].module, i->address);
	return i->flow == FLOW_JUMP || i->flow == FLOW_RETURN || i->flow == FLOW_END;
}

/* Decodes the instructions that the graph has found. Returns false if there are too many. */
static bool decode(struct run *r)
{
	for (size_t k = 0; k < r->f->node_count; k++) {
		const struct node *node = &r->f->graph->nodes.items[r->f->nodes[k]];
		const unsigned char *bytes = image_at(r->im, node->from, node->to - node->from);
		for (uint64_t in = 0; bytes != NULL && in < node->to - node->from; in++) {
			struct insn i;
			if ((node->starts[in / 8] >> in % 8 & 1) == 0 ||
			    !r->arch->decode(r->f->graph->decoder, bytes + in, node->to - node->from - in,
					     node->from + in, &i))
				continue;
			if (r->insns.count == INSTRUCTIONS)
				return false;
			if (!vec_push(&r->insns, i) || !vec_push(&r->state_of, 0)) {
				r->failed = true;
				return true;
			}
		}
	}
	return true;
}

/* Gives an instruction a state of its own. */
static void mark(struct run *r, uint32_t i)
{
	if (i == UINT32_MAX || r->failed || r->state_of.items[i] != 0)
		return;
	r->failed |= !vec_push(&r->states, (struct flow_state){0});
	r->state_of.items[i] = (uint32_t)r->states.count;
}

static void mark_target(struct run *r, uint64_t address)
{
	uint32_t i = insn_at(r, address);
	if (i == UINT32_MAX || r->failed)
		return;
	mark(r, i);
	r->failed |= !vec_push(&r->targets, i);
}

/* Adds the targets in a jump table at an address: 32-bit distances from it, as in position-independent code, or
 * addresses. The table ends at the first entry that leads out of the function. */
static void add_table(struct run *r, uint64_t table)
{
	const unsigned char *entry;
	for (uint64_t i = 0; i < TABLE && (entry = image_at(r->im, table + 4 * i, 4)) != NULL && !r->failed; i++) {
		uint64_t target = table + (uint64_t)(int64_t)(int32_t)image_number(entry, 4);
		if (insn_at(r, target) == UINT32_MAX)
			break;
		mark_target(r, target);
	}
	for (uint64_t i = 0; i < TABLE && (entry = image_at(r->im, table + 8 * i, 8)) != NULL && !r->failed; i++) {
		if (insn_at(r, image_number(entry, 8)) == UINT32_MAX)
			break;
		mark_target(r, image_number(entry, 8));
	}
}

/* Adds the targets of computed jumps: the entries of jump tables, and the addresses of labels that are in data. */
static void add_targets(struct run *r)
{
	size_t tables = 0;
	for (size_t k = 0; k < r->insns.count; k++)
		for (uint8_t n = 0; n < r->insns.items[k].ref_count && tables < TABLES; n++) {
			uint64_t address = r->insns.items[k].refs[n].value;
			if (image_room(r->im, address) > 0 && !image_is_code(r->im, address)) {
				add_table(r, address);
				tables++;
			} else {
				mark_target(r, address);
			}
		}
	for (size_t k = 0; k < r->im->pointers.count; k++)
		mark_target(r, r->im->pointers.items[k]);
	for (size_t k = 0; k < r->im->words.count; k++)
		mark_target(r, r->im->words.items[k].target);
}

/* Notes that a way with that state leads to an instruction. One that has no state of its own is left out. */
static void arrive(struct run *r, uint32_t i, const struct flow_state *s)
{
	if (i == UINT32_MAX || r->failed || r->state_of.items[i] == 0)
		return;
	if (state_join(r->f->values, &r->states.items[r->state_of.items[i] - 1], s))
		r->failed |= !vec_push(&r->queue, i);
}

/* Where the function goes on after an exception (landings), registers and the stack may hold what they held at any of
 * its calls: their values are unknown. `mark_only`: only gives the landings states of their own. */
static void settle_landings(struct run *r, bool mark_only)
{
	struct flow_state unknown;
	state_unknown(&unknown);
	for (size_t k = 0; k < r->f->node_count && !r->failed; k++) {
		uint64_t from = r->f->graph->nodes.items[r->f->nodes[k]].from;
		for (size_t i = image_landing_first(r->im, from);
		     i < r->im->landings.count && r->im->landings.items[i].function == from; i++) {
			uint32_t at = insn_at(r, r->im->landings.items[i].at);
			if (mark_only)
				mark(r, at);
			else
				arrive(r, at, &unknown);
		}
	}
}

/* Gives a state of its own to every instruction at which ways can meet. */
static void mark_all(struct run *r)
{
	bool jumps = false;
	for (size_t k = 0; k < r->f->node_count; k++)
		jumps |= r->f->graph->nodes.items[r->f->nodes[k]].jumps;
	for (uint32_t k = 0; k < r->insns.count && !r->failed; k++) {
		const struct insn *i = &r->insns.items[k];
		if (i->flow != FLOW_NEXT && i->target_kind == TARGET_DIRECT && i->flow != FLOW_CALL)
			mark(r, insn_at(r, i->target));
		if (i->flow == FLOW_BRANCH || ends(r, i))
			mark(r, insn_at(r, i->address + i->length));
	}
	for (size_t k = 0; k < r->f->entry_count; k++)
		mark(r, insn_at(r, r->f->entries[k]));
	settle_landings(r, true);
	if (jumps)
		add_targets(r);
}

/* A computed jump with that state may lead to any target of computed jumps. */
static void arrive_anywhere(struct run *r, const struct flow_state *s)
{
	if (!state_join(r->f->values, &r->jumping, s))
		return;
	for (size_t k = 0; k < r->targets.count; k++)
		arrive(r, r->targets.items[k], &r->jumping);
}

/* Follows one way from an instruction to the next place where ways meet, and passes the state on. With `visit`, calls
 * that instead. */
static void walk(struct run *r, uint32_t at, flow_visit *visit, void *context)
{
	struct flow_state s = r->states.items[r->state_of.items[at] - 1];
	for (bool first = true; at != UINT32_MAX && !r->failed; first = false) {
		const struct insn *i = &r->insns.items[at];
		if (!first && r->state_of.items[at] != 0) {
			if (visit == NULL)
				arrive(r, at, &s);
			return;
		}
		if (r->budget == 0)
			return;
		r->budget--;
		const struct flow_state before = s;
		state_apply(r->arch, r->f->values, &s, i);
		uint32_t next = insn_at(r, i->address + i->length);
		if (visit != NULL && (i->trap != TRAP_NONE || i->flow != FLOW_NEXT || next == UINT32_MAX))
			visit(context, i, &before, &s);
		if (visit == NULL && (i->flow == FLOW_JUMP || i->flow == FLOW_BRANCH)) {
			if (i->target_kind == TARGET_DIRECT)
				arrive(r, insn_at(r, i->target), &s);
			else if (i->target_kind == TARGET_OTHER)
				arrive_anywhere(r, &s);
		}
		if (ends(r, i))
			return;
		at = next;
	}
}

static void settle(struct run *r)
{
	while (r->queue.count > 0 && !r->failed && r->budget > 0)
		walk(r, r->queue.items[--r->queue.count], NULL, NULL);
}

/* Returns for each instruction whether a way that was followed leads through it; malloc'ed. NULL: no memory
 * (r->failed). */
static bool *find_covered(struct run *r)
{
	bool *covered = calloc(r->insns.count, sizeof(*covered));
	bool on = false;
	for (uint32_t k = 0; covered != NULL && k < r->insns.count; k++) {
		const struct insn *i = &r->insns.items[k];
		bool follows = k > 0 && r->insns.items[k - 1].address + r->insns.items[k - 1].length == i->address;
		if (r->state_of.items[k] != 0)
			on = r->states.items[r->state_of.items[k] - 1].seen;
		else
			on = on && follows;
		covered[k] = on;
		on = on && !ends(r, i);
	}
	r->failed |= covered == NULL;
	return covered;
}

/* Follows the instructions to which no known way leads: a jump whose table was not found may reach them, or, in code
 * that is not understood as a whole, any instruction. */
static void settle_rest(struct run *r)
{
	struct flow_state unknown;
	bool damaged = false;
	state_unknown(&unknown);
	for (size_t k = 0; k < r->f->node_count; k++)
		damaged |= r->f->graph->nodes.items[r->f->nodes[k]].damaged;
	bool *covered = find_covered(r);
	for (uint32_t k = 0; k < r->insns.count && !r->failed; k++) {
		if (covered[k] || r->insns.items[k].padding ||
		    (r->state_of.items[k] != 0 && r->states.items[r->state_of.items[k] - 1].seen))
			continue;
		if (r->state_of.items[k] == 0 && k > 0 && !r->insns.items[k - 1].padding &&
		    r->insns.items[k - 1].address + r->insns.items[k - 1].length == r->insns.items[k].address &&
		    !ends(r, &r->insns.items[k - 1]))
			continue; /* the instruction before it leads here */
		mark(r, k);
		arrive(r, k, r->jumping.seen && !damaged ? &r->jumping : &unknown);
		settle(r);
	}
	free(covered);
}

static void visit_all(struct run *r, flow_visit *visit, void *context)
{
	r->budget = r->insns.count * 2 + 16;
	for (uint32_t k = 0; k < r->insns.count && !r->failed; k++)
		if (r->state_of.items[k] != 0 && r->states.items[r->state_of.items[k] - 1].seen)
			walk(r, k, visit, context);
}

int flow_run(const struct flow *f, flow_visit *visit, void *context, struct error *e)
{
	struct run r = {.f = f,
			.im = f->graph->libraries->v.items[f->graph->nodes.items[f->nodes[0]].module].image,
			.arch = f->graph->arch};
	bool small = decode(&r);
	struct flow_state entry;
	r.budget = r.insns.count * ROUNDS + 1024;
	state_enter(r.arch, f->values, &entry);
	if (small && !r.failed)
		mark_all(&r);
	for (size_t k = 0; k < f->entry_count && small && !r.failed; k++)
		arrive(&r, insn_at(&r, f->entries[k]), &entry);
	if (small) {
		settle_landings(&r, false);
		settle(&r);
		settle_rest(&r);
		small = r.budget > 0;
	}
	if (small && !r.failed)
		visit_all(&r, visit, context);
	int rc = r.failed || f->values->failed ? error_memory(e) : !small;
	vec_free(&r.insns);
	vec_free(&r.states);
	vec_free(&r.state_of);
	vec_free(&r.queue);
	vec_free(&r.targets);
	return rc;
}
