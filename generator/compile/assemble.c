/* Assembling: makes instructions of the graph, the last one first. Only this file knows that jumps have 8 bits.
 * SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <linux/filter.h>
#include <stdlib.h>

#define JUMP_MAX 255

/* The program so far, last instruction first: the targets of a jump exist before the jump. */
struct reversed {
	const struct nodes *g;
	VEC(struct sock_filter) code;
	size_t *at; /* per node: where its newest copy begins in `code`, plus 1; 0: not there yet */
	bool failed;
};

static void push(struct reversed *r, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	if (!vec_push(&r->code, (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k}))
		r->failed = true;
}

/* Returns how many instructions the next one must jump over to reach the node. */
static size_t distance(const struct reversed *r, uint32_t node)
{
	return r->code.count - r->at[node];
}

static void push_jump(struct reversed *r, const struct node *n)
{
	push(r, BPF_JMP | BPF_K | n->op, (uint8_t)distance(r, n->a), (uint8_t)distance(r, n->b), n->k);
}

/* Makes the node reachable from here: by a copy where the node is a return, or a comparison with both sides in reach (a copy is
 * as short as a jump to the node and saves a step), and by a long jump otherwise. */
static void bring_near(struct reversed *r, uint32_t node)
{
	const struct node *n = &r->g->all.items[node];
	if (n->kind == NODE_RETURN)
		push(r, BPF_RET | BPF_K, 0, 0, n->k);
	else if (n->kind == NODE_JUMP && distance(r, n->a) <= JUMP_MAX && distance(r, n->b) <= JUMP_MAX)
		push_jump(r, n);
	else
		push(r, BPF_JMP | BPF_JA, 0, 0, (uint32_t)distance(r, node));
	r->at[node] = r->code.count;
}

static void emit_jump(struct reversed *r, const struct node *n)
{
	/* Bringing one side near moves the other side further away. That happens at most once for each. */
	while (!r->failed && (distance(r, n->a) > JUMP_MAX || distance(r, n->b) > JUMP_MAX))
		bring_near(r, distance(r, n->a) > JUMP_MAX ? n->a : n->b);
	if (!r->failed)
		push_jump(r, n);
}

static void emit_node(struct reversed *r, uint32_t node)
{
	const struct node *n = &r->g->all.items[node];
	switch (n->kind) {
	case NODE_RETURN:
		push(r, BPF_RET | BPF_K, 0, 0, n->k);
		break;
	case NODE_JUMP:
		emit_jump(r, n);
		break;
	case NODE_LOAD:
	case NODE_AND:
		/* A load or AND must stand right before its successor. Where the successor stands elsewhere, because another
		 * node shares it, a copy of a comparison is as short as a jump. */
		if (distance(r, n->a) != 0) {
			if (r->g->all.items[n->a].kind == NODE_JUMP)
				emit_jump(r, &r->g->all.items[n->a]);
			else
				bring_near(r, n->a);
			r->at[n->a] = r->code.count;
		}
		if (n->kind == NODE_AND)
			push(r, BPF_ALU | BPF_AND | BPF_K, 0, 0, n->mask);
		else
			push(r, BPF_LD | BPF_W | BPF_ABS, 0, 0, n->word);
		break;
	}
	r->at[node] = r->code.count;
}

/* Emits all nodes under the root, children before parents. The side that is taken where a comparison holds stands next to the
 * comparison. The stack is explicit because a chain of comparisons may be longer than a thread's stack is deep. */
static void emit_all(struct reversed *r, uint32_t root)
{
	VEC(uint32_t) stack = {0};
	if (!vec_push(&stack, root))
		r->failed = true;
	while (stack.count > 0 && !r->failed) {
		uint32_t node = stack.items[stack.count - 1];
		const struct node *n = &r->g->all.items[node];
		uint32_t missing = UINT32_MAX;
		if (r->at[node] != 0) {
			stack.count--;
			continue;
		}
		if (n->kind == NODE_JUMP && r->at[n->b] == 0)
			missing = n->b;
		else if (n->kind != NODE_RETURN && r->at[n->a] == 0)
			missing = n->a;
		if (missing == UINT32_MAX) {
			emit_node(r, node);
			stack.count--;
		} else if (!vec_push(&stack, missing)) {
			r->failed = true;
		}
	}
	vec_free(&stack);
}

/* Marks the instructions that can be reached. One pass is enough: all jumps go forward. */
static void mark_reached(const struct filter *f, size_t *reached)
{
	reached[0] = 1;
	for (size_t i = 0; i < f->code.count; i++) {
		const struct sock_filter *s = &f->code.items[i];
		if (!reached[i] || BPF_CLASS(s->code) == BPF_RET)
			continue;
		bool far = s->code == (BPF_JMP | BPF_JA), jump = BPF_CLASS(s->code) == BPF_JMP && !far;
		reached[i + 1 + (far ? s->k : jump ? s->jt : 0)] = 1;
		reached[i + 1 + (far ? s->k : jump ? s->jf : 0)] = 1;
	}
}

/* Removes the instructions that cannot be reached: an original is left over where all its users took a copy. Jumps over it
 * become shorter. Returns false where there is no memory. */
static bool drop_dead(struct filter *f)
{
	size_t n = f->code.count, kept = 0, *at = calloc(n + 1, sizeof(*at));
	if (at == NULL)
		return false;
	mark_reached(f, at);
	/* From here on at[i] is the new position of instruction i, plus 1. */
	for (size_t i = 0; i < n; i++)
		at[i] = at[i] ? ++kept : 0;
	for (size_t i = 0; i < n; i++) {
		struct sock_filter s = f->code.items[i];
		if (at[i] == 0)
			continue;
		if (s.code == (BPF_JMP | BPF_JA)) {
			s.k = (uint32_t)(at[i + 1 + s.k] - at[i] - 1);
		} else if (BPF_CLASS(s.code) == BPF_JMP) {
			s.jt = (uint8_t)(at[i + 1 + s.jt] - at[i] - 1);
			s.jf = (uint8_t)(at[i + 1 + s.jf] - at[i] - 1);
		}
		f->code.items[at[i] - 1] = s;
	}
	f->code.count = kept;
	free(at);
	return true;
}

int assemble(const struct nodes *g, uint32_t root, struct filter *out, struct error *e)
{
	struct reversed r = {.g = g, .at = calloc(g->all.count, sizeof(*r.at))};
	int rc = 0;
	if (r.at != NULL)
		emit_all(&r, root);
	if (r.at == NULL || r.failed || !vec_reserve(&out->code, r.code.count))
		rc = error_memory(e);
	for (size_t i = r.code.count; i-- > 0 && rc == 0;)
		out->code.items[out->code.count++] = r.code.items[i];
	if (rc == 0 && !drop_dead(out))
		rc = error_memory(e);
	free(r.at);
	vec_free(&r.code);
	return rc;
}
