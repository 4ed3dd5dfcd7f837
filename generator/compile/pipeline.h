/* What passes between the generator's stages: lower → compile → assemble. Internal to generator/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_COMPILE_PIPELINE_H
#define PINHOLE_GENERATOR_COMPILE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "generator/generator.h"
#include "policies/base/index.h"

/* The word of struct seccomp_data that holds half an argument. */
#define WORD_NR	  ((uint16_t)offsetof(struct seccomp_data, nr))
#define WORD_ARCH ((uint16_t)offsetof(struct seccomp_data, arch))
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the words of an argument are the other way round on a big-endian machine"
#endif
#define WORD_LOW(arg)  ((uint16_t)(offsetof(struct seccomp_data, args) + 8 * (arg)))
#define WORD_HIGH(arg) ((uint16_t)(WORD_LOW(arg) + 4))
#define WORD_NONE      UINT16_MAX

/* decision_graph.c: which word decides, and where each interval of its values leads. ----------------------------- */

/* From `lo` (to where the next edge begins) on to the decision `to`. */
struct edge {
	uint32_t lo;
	uint32_t to;
};

/* A decision is its content: equal ones are one. The edges of (word & mask) begin at 0, are at least two, start at values
 * that the masked word can have, and neighbours lead elsewhere. So with one order of the words, and masks of one word that
 * have no bit in common, there is one graph for each function. WORD_NONE: an end, mask is the value to return. */
struct decision {
	uint16_t word; /* offset in struct seccomp_data */
	uint32_t mask;
	uint32_t first, count; /* among the edges */
};

struct decisions {
	VEC(struct decision) all; /* those that an edge leads to come before the one that has it */
	VEC(struct edge) edges;
	struct index index;
	bool failed;  /* no memory: whatever was returned since is worthless */
	bool too_big; /* past a limit that no filter comes near: likewise */
};

uint32_t decision_end(struct decisions *d, uint32_t ret);

/* edges: n ≥ 1, ascending, the first from 0, changed. Those without a value are dropped, equal neighbours joined; where
 * one is left, that is the answer. */
uint32_t decision_split(struct decisions *d, uint16_t word, uint32_t mask, struct edge *edges, size_t n);
void decisions_free(struct decisions *d);

/* The smallest number from `from` up that has no bit outside the mask; more than UINT32_MAX: there is none. */
uint64_t word_reachable(uint32_t mask, uint64_t from);

/* lower_rule.c: the alternatives of a rule → decisions. ------------------------------------------------------------ */

/* Several graphs that say the same, of which compile takes the one that suits it best. */
struct roots {
	VEC(uint32_t) of;
};

/* Steps of work left for the graphs of all rules. */
#define RULE_STEPS ((size_t)1 << 22)

/* A rule, and the number of its call. */
struct numbered {
	uint32_t nr;
	const struct rule *rule;
};

/* Appends graphs that end in the action of the first rule that holds, else in `otherwise`: one for each order of the
 * arguments, and one that tries the alternatives one after the other, which is always linear in the size of the rules. The
 * rules (one or more) are those of one call, in their order. Returns false where there is no memory. */
bool rules_lower(struct decisions *d, const struct numbered *rules, size_t n, uint32_t otherwise, size_t *steps,
		 struct roots *out);

/* lower_policy.c: policy + architecture → sorted, gap-free decisions. --------------------------------------------- */

/* What is done with the numbers lo to hi. */
struct span {
	uint32_t lo, hi;
	struct roots roots;
	const struct rule *rule; /* the first of those where it comes from, or NULL */
};

/* All numbers of one architecture, 0 to UINT32_MAX, once each and in order. */
struct lowered {
	enum arch arch;
	VEC(struct span) spans;
};

/* Adds to the decisions (in which several architectures share what is equal). Returns 0 or a negative code: ERR_LIMIT past
 * their limit. Free the result in either case. */
int lower(const struct policy *p, enum arch arch, struct decisions *d, size_t *steps, struct lowered *out, struct error *e);
void lowered_clear(struct lowered *l);

/* call_counts.c: how often which call was made. ------------------------------------------------------------------ */

struct sample {
	struct seccomp_data data;
	uint64_t count;
};

struct samples {
	VEC(struct sample) all; /* by architecture and number */
};

/* The facts of a profile (NULL: none) but those that are widened, of which single values are not known. Returns false where
 * there is no memory. */
bool samples_make(struct samples *s, const struct profile *p);
void samples_free(struct samples *s);

/* Those of the numbers lo to hi of an architecture: returns the first, *n is how many. */
const struct sample *samples_of(const struct samples *s, enum arch arch, uint32_t lo, uint32_t hi, size_t *n);

/* node_graph.c: a graph of what a filter does, equal parts once. ------------------------------------------------ */

enum node_kind {
	NODE_RETURN, /* the verdict k */
	NODE_LOAD,   /* accumulator = word, then a */
	NODE_AND,    /* accumulator = accumulator & mask, then a; it holds `word`, with any bits masked that are not in mask */
	NODE_JUMP,   /* compares the accumulator with k: a where it holds, b where not */
};

/* A node is its content: two equal nodes are one. A jump names the word and the mask that it finds in the
 * accumulator, so that a node can only be shared between paths that agree about it. */
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
/* Where the accumulator holds (word & mask) in the end, whatever it held. */
uint32_t node_load(struct nodes *g, uint16_t word, uint32_t mask, uint32_t next);

/* Where a side begins with loading what the accumulator holds anyway, it is entered past that. */
uint32_t node_jump(struct nodes *g, uint8_t op, uint16_t word, uint32_t mask, uint32_t k, uint32_t a, uint32_t b);
void nodes_free(struct nodes *g);

/* How many instructions the part of the graph under a node takes (trampolines aside); SIZE_MAX: no memory, and `failed` is set. had: per node,
 * whether it is there anyway and so takes none; NULL: none is. */
size_t node_size(struct nodes *g, uint32_t root, const unsigned char *had);

/* Marks the part of the graph under a node as being there; with what is marked, all under it is. */
void node_mark(const struct nodes *g, uint32_t root, unsigned char *had);

/* How many instructions a call runs through from a node on; and the most that any way through the graph has (SIZE_MAX: no
 * memory). */
size_t node_steps(const struct nodes *g, uint32_t root, const struct seccomp_data *data);
size_t node_longest(struct nodes *g, uint32_t root);

/* dispatch.c: one word, split into intervals. -------------------------------------------------------------- */

/* From `lo` (to where the next case begins) the answer is `node`. */
struct word_case {
	uint32_t lo;
	uint32_t node;
	uint64_t weight; /* how often it is wanted, compared with others */
};

/* The node that loads (word & mask) and goes where it belongs. cases: as the edges of a decision, two or more.
 * The fewest comparisons, and of these with the least expected number on the way; with `speed` the other way round. */
uint32_t dispatch_word(struct nodes *g, uint16_t word, uint32_t mask, const struct word_case *cases, size_t n, bool speed);

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

struct compile_input {
	const struct policy *policy;
	const struct decisions *decisions;
	const struct lowered *lowered; /* one for each architecture of the policy */
	size_t n;
	const struct samples *samples;
	const struct compile_options *options;
};

/* One graph for all architectures. Returns 0, ERR_MEMORY, or ERR_LIMIT with an empty error text where the graph is past
 * NODE_LIMIT (the caller names the culprits). */
int compile(const struct compile_input *in, struct compiled *out, struct error *e);
void compiled_clear(struct compiled *c);

/* assemble.c: nodes → instructions. ------------------------------------------------------------------------ */

/* Appends the program to an empty filter; it may be longer than the kernel takes. Returns 0 or ERR_MEMORY. */
int assemble(const struct nodes *g, uint32_t root, struct filter *out, struct error *e);

#endif
