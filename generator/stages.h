/* What passes between the generator's stages: lower → compile → assemble. Internal to generator/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_STAGES_H
#define PINHOLE_STAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../policies/base/index.h"
#include "generator.h"

/* lower.c: policy + architecture → sorted, gap-free decisions. --------------------------------------------- */

/* One alternative without what is always true; its tests point into the policy, ordered by (arg, mask). */
struct choice {
	VEC(const struct test *) tests;
};

/* What is done with the numbers lo to hi. Without a choice: `yes`. Else `yes` where one choice holds, or `no`. */
struct span {
	uint32_t lo, hi;
	struct action yes, no;
	VEC(struct choice) any;
	const struct rule *rule; /* where it comes from, or NULL */
};

/* All numbers of one architecture, 0 to UINT32_MAX, once each and in order. */
struct lowered {
	enum arch arch;
	VEC(struct span) spans;
};

/* Returns 0 or a negative code. Free the result in either case. */
int lower(const struct policy *p, enum arch arch, struct lowered *out, struct error *e);
void lowered_clear(struct lowered *l);

/* nodes.c: a graph of what a filter does, equal parts once. ------------------------------------------------ */

enum node_kind {
	NODE_RETURN, /* the verdict k */
	NODE_LOAD,   /* accumulator = word & mask, then a */
	NODE_JUMP,   /* compares the accumulator with k: a where it holds, b where not */
};

/* A node is its content: two equal nodes are one. A jump names the word and the mask that it finds in the
 * accumulator, so that a jump can only be shared between paths that agree about it. */
struct node {
	uint8_t kind;
	uint8_t op;    /* NODE_JUMP: BPF_JEQ, BPF_JGE, BPF_JSET */
	uint16_t word; /* offset in struct seccomp_data */
	uint32_t mask;
	uint32_t k;
	uint32_t a, b; /* positions among the nodes; always smaller than this node's own */
};

/* Past so many nodes no filter can come of it: the graph stops growing and says so. */
#define NODE_LIMIT (1 << 20)

struct nodes {
	VEC(struct node) all;
	struct index index;
	bool failed;  /* no memory: whatever was returned since is worthless */
	bool too_big; /* past NODE_LIMIT: likewise */
};

uint32_t node_return(struct nodes *g, uint32_t ret);
uint32_t node_load(struct nodes *g, uint16_t word, uint32_t mask, uint32_t next);
uint32_t node_jump(struct nodes *g, uint8_t op, uint16_t word, uint32_t mask, uint32_t k, uint32_t a, uint32_t b);
void nodes_free(struct nodes *g);

/* How many instructions the part of the graph under a node takes (trampolines aside); SIZE_MAX: no memory. */
size_t node_size(const struct nodes *g, uint32_t root);

/* dispatch.c: one word, split into intervals. -------------------------------------------------------------- */

/* From `lo` (to where the next case begins) the answer is `node`. */
struct word_case {
	uint32_t lo;
	uint32_t node;
	uint32_t weight; /* how often it is wanted, compared with others: the heavier, the fewer comparisons */
};

/* The node that loads (word & mask) and goes where it belongs. cases: n ≥ 1, ascending, the first from 0; changed. */
uint32_t dispatch_word(struct nodes *g, uint16_t word, uint32_t mask, struct word_case *cases, size_t n);

/* The same for an argument of up to 64 bits. */
struct value_case {
	uint64_t lo;
	uint32_t node;
};
uint32_t dispatch_value(struct nodes *g, unsigned arg, uint64_t mask, const struct value_case *cases, size_t n);

/* compile.c: decisions → nodes. ---------------------------------------------------------------------------- */

/* Which node a rule became. */
struct compiled_rule {
	const struct rule *rule;
	enum arch arch;
	uint32_t node;
};

struct compiled {
	struct nodes nodes;
	uint32_t root;
	VEC(struct compiled_rule) rules;
};

/* One graph for all architectures of a policy; `lowered` has `n` of them. Returns 0, ERR_MEMORY, or ERR_LIMIT with
 * an empty error text where the graph is past NODE_LIMIT (the caller names the culprits). */
int compile(const struct policy *p, const struct lowered *lowered, size_t n, struct compiled *out, struct error *e);
void compiled_clear(struct compiled *c);

/* assemble.c: nodes → instructions. ------------------------------------------------------------------------ */

/* Appends the program to an empty filter; it may be longer than the kernel takes. Returns 0 or ERR_MEMORY. */
int assemble(const struct nodes *g, uint32_t root, struct filter *out, struct error *e);

/* The word of struct seccomp_data that holds half an argument. */
#define WORD_NR	  ((uint16_t)offsetof(struct seccomp_data, nr))
#define WORD_ARCH ((uint16_t)offsetof(struct seccomp_data, arch))
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the words of an argument are the other way round on a big-endian machine"
#endif
#define WORD_LOW(arg)  ((uint16_t)(offsetof(struct seccomp_data, args) + 8 * (arg)))
#define WORD_HIGH(arg) ((uint16_t)(WORD_LOW(arg) + 4))

#endif
