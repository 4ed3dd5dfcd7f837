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

/* decision_graph.c: a decision asks one word, and each interval of its values leads to another decision. ----------- */

/* From `lo` (to where the next edge begins) on to the decision `to`. */
struct edge {
	uint32_t lo;
	uint32_t to;
};

/* Equal decisions exist once. A decision has two edges or more; the first begins at 0, each begins at a value that (word & mask)
 * can have, and neighbours lead to different decisions. So with one order of the words, and masks of a word that have no bit in
 * common, there is exactly one graph for each function. WORD_NONE marks an end: mask is the value to return. */
struct decision {
	uint16_t word; /* offset in struct seccomp_data */
	uint32_t mask;
	uint32_t first, count; /* among the edges */
};

struct decisions {
	VEC(struct decision) all; /* a decision comes after those that its edges lead to */
	VEC(struct edge) edges;
	struct index index;
	bool failed;  /* no memory: results since then are meaningless */
	bool too_big; /* past a limit that no filter comes near: likewise */
};

/* Returns the decision that ends with a verdict. */
uint32_t decision_end(struct decisions *d, uint32_t ret);

/* Returns the decision that splits (word & mask) by these edges: n ≥ 1, ascending, the first from 0. Drops edges without a
 * possible value and joins neighbours with one target; where one edge is left, returns its target. The edges are changed. */
uint32_t decision_split(struct decisions *d, uint16_t word, uint32_t mask, struct edge *edges, size_t n);
void decisions_free(struct decisions *d);

/* Returns the smallest number ≥ from that has no bit outside the mask; more than UINT32_MAX: there is none. */
uint64_t word_reachable(uint32_t mask, uint64_t from);

/* lower_rule.c: the alternatives of a rule → decisions. ------------------------------------------------------------ */

/* Several graphs with the same meaning, of which compile takes the cheapest. */
struct roots {
	VEC(uint32_t) of;
};

/* The limit of work for the graphs of all rules of a policy, in steps. */
#define RULE_STEPS ((size_t)1 << 22)

/* A rule, and the number of its call. */
struct numbered {
	uint32_t nr;
	const struct rule *rule;
};

/* Appends graphs that end in the action of the first rule that holds, or in `otherwise` where none holds. There is one graph for
 * each order of the arguments, as far as *steps (the work left) suffices, and one that tries the alternatives one after the other,
 * whose size is linear in that of the rules. The rules (one or more) are those of one call, in their order. Returns false where
 * there is no memory. */
bool rules_lower(struct decisions *d, const struct numbered *rules, size_t n, uint32_t otherwise, size_t *steps,
		 struct roots *out);

/* lower_policy.c: policy + architecture → sorted, gap-free decisions. --------------------------------------------- */

/* The decision for the numbers lo to hi. */
struct span {
	uint32_t lo, hi;
	struct roots roots;
	const struct rule *rule; /* the first of its rules; NULL: it has none */
};

/* Spans in order and without gaps that cover all numbers of one architecture, 0 to UINT32_MAX. */
struct lowered {
	enum arch arch;
	VEC(struct span) spans;
};

/* Lowers a policy for one architecture. Adds to the decisions *d, which all architectures share, and takes work from *steps.
 * Returns 0 or a negative code: ERR_LIMIT where the decisions reach their limit. Call lowered_clear in either case. */
int lower(const struct policy *p, enum arch arch, struct decisions *d, size_t *steps, struct lowered *out, struct error *e);
void lowered_clear(struct lowered *l);

/* call_counts.c: how often each call was made. ------------------------------------------------------------------- */

struct sample {
	struct seccomp_data data;
	uint64_t count;
};

struct samples {
	VEC(struct sample) all; /* by architecture and number */
};

/* Fills *s with the facts of a profile (NULL: none), except widened ones, whose single values are not known. Returns false where
 * there is no memory. Call samples_free in either case. */
bool samples_make(struct samples *s, const struct profile *p);
void samples_free(struct samples *s);

/* Returns the first sample of the numbers lo to hi of an architecture; *n is how many there are. */
const struct sample *samples_of(const struct samples *s, enum arch arch, uint32_t lo, uint32_t hi, size_t *n);

/* node_graph.c: a graph of a filter's instructions, in which equal parts exist once. ------------------------------ */

enum node_kind {
	NODE_RETURN, /* the verdict k */
	NODE_LOAD,   /* accumulator = word, then a */
	NODE_AND,    /* accumulator = accumulator & mask, then a. Before, it holds `word` with at least the bits of mask */
	NODE_JUMP,   /* compares the accumulator with k: a where it holds, b where not */
};

/* Equal nodes exist once. A jump names the word and the mask that it finds in the accumulator, so that only paths that agree about
 * the accumulator share a node. */
struct node {
	uint8_t kind;
	uint8_t op;    /* NODE_JUMP: BPF_JEQ, BPF_JGE, BPF_JSET */
	uint16_t word; /* offset in struct seccomp_data */
	uint32_t mask;
	uint32_t k;
	uint32_t a, b; /* positions of the next nodes; always smaller than this node's own */
};

/* The most nodes of a graph: more cannot become a filter. */
#define NODE_LIMIT (1 << 20)

struct nodes {
	VEC(struct node) all;
	struct index index;
	bool failed;  /* no memory: results since then are meaningless */
	bool too_big; /* past NODE_LIMIT: likewise */
};

/* Returns the node that ends with a verdict. */
uint32_t node_return(struct nodes *g, uint32_t ret);

/* Returns the node that loads (word & mask) into the accumulator and goes on to `next`. */
uint32_t node_load(struct nodes *g, uint16_t word, uint32_t mask, uint32_t next);

/* Returns the node of a comparison of (word & mask), which is in the accumulator, with k. A side that begins by loading the same
 * word is entered after the load. */
uint32_t node_jump(struct nodes *g, uint8_t op, uint16_t word, uint32_t mask, uint32_t k, uint32_t a, uint32_t b);
void nodes_free(struct nodes *g);

/* Returns how many instructions the nodes under a root need, without copies and long jumps; SIZE_MAX: no memory, and `failed` is
 * set. had: per node, whether it exists anyway and is not counted; NULL: none does. */
size_t node_size(struct nodes *g, uint32_t root, const unsigned char *had);

/* Marks all nodes under a root. All nodes under a marked node must be marked. */
void node_mark(const struct nodes *g, uint32_t root, unsigned char *had);

/* Return how many instructions a call executes from a node on, and the most that any way has (SIZE_MAX: no memory). */
size_t node_steps(const struct nodes *g, uint32_t root, const struct seccomp_data *data);
size_t node_longest(struct nodes *g, uint32_t root);

/* dispatch.c: one word, split into intervals. -------------------------------------------------------------- */

/* From `lo` (to where the next case begins) the answer is `node`. */
struct word_case {
	uint32_t lo;
	uint32_t node;
	uint64_t weight; /* how often it is taken, compared with others */
};

/* Returns the node that loads (word & mask) and leads to the case of its value. cases: as the edges of a decision, two or more.
 * Takes the fewest comparisons, and of these arrangements the one with the fewest expected steps; with `speed` the reverse. */
uint32_t dispatch_word(struct nodes *g, uint16_t word, uint32_t mask, const struct word_case *cases, size_t n, bool speed);

/* compile.c: decisions → nodes. ---------------------------------------------------------------------------- */

/* The node that a rule became. */
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

/* Makes one graph for all architectures. Returns 0, ERR_MEMORY, or ERR_LIMIT where the graph reaches NODE_LIMIT: the error has no
 * text then, because the caller names the rules. Call compiled_clear in either case. */
int compile(const struct compile_input *in, struct compiled *out, struct error *e);
void compiled_clear(struct compiled *c);

/* assemble.c: nodes → instructions. ------------------------------------------------------------------------ */

/* Appends the program to an empty filter. It may be longer than the kernel takes. Returns 0 or ERR_MEMORY. */
int assemble(const struct nodes *g, uint32_t root, struct filter *out, struct error *e);

#endif
