/* The proof that a filter says what a policy says. Both become a decision diagram over the bits of a call, in which equal
 * functions are one node. Internal to generator/verify/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_VERIFY_H
#define PINHOLE_GENERATOR_VERIFY_H

#include "generator/generator.h"
#include "policies/base/index.h"

/* diagram.c: reduced, ordered decision diagrams with a verdict at each end. ---------------------------------- */

/* A node asks one bit of the call and leads to `lo` where it is 0, to `hi` where it is 1; both ask later bits only. No two nodes
 * are equal and no node has equal children. So each function has exactly one node. */
struct choice_node {
	uint32_t lo, hi;
	uint32_t next; /* the next node in its bucket, plus 1; 0: none */
	uint32_t bit;  /* BITS: an end; then hi is an enum end and lo its value */
};

enum end {
	END_VERDICT, /* the answer is lo (in conditions 1 is true and 0 is false) */
	END_OTHER,   /* the program answers something that the policy never answers */
	END_UNKNOWN, /* instruction lo of the program depends on something that is not followed */
	END_APART,   /* the call's rule is proven separately (alternatives.c) */
};

/* The number of bits of struct seccomp_data, which are positions 0 to BITS - 1 in the order in which they are asked. A node with
 * position BITS is an end. */
#define BITS 512
#define ARGUMENTS 64 /* the position of the first argument's first bit: architecture and number come before */
#define ARGUMENT_BITS 64

#define DIAGRAM_FALSE 0u
#define DIAGRAM_TRUE  1u

struct diagram {
	VEC(struct choice_node) nodes;
	uint32_t *buckets;
	size_t bucket_count;
	struct remembered *cache;
	size_t cache_count;
	size_t limit; /* the most nodes */
	size_t made;  /* how many nodes were ever made */
	bool full;    /* a limit was reached: results since then are meaningless */
	bool failed;  /* no memory: likewise */
};

/* Makes an empty diagram. Returns false where there is no memory. Call diagram_free in either case. */
bool diagram_start(struct diagram *d);
void diagram_free(struct diagram *d);

/* Return the node of an end, and of a choice between two functions by one bit. */
uint32_t diagram_end(struct diagram *d, enum end end, uint32_t value);
uint32_t diagram_node(struct diagram *d, uint32_t bit, uint32_t lo, uint32_t hi);

/* Returns the function that is `yes` where the condition (whose ends are true and false only) holds, and `no` elsewhere. */
uint32_t diagram_if(struct diagram *d, uint32_t condition, uint32_t yes, uint32_t no);

/* Returns the function that is `otherwise` where f ends in END_UNKNOWN, and f elsewhere. */
uint32_t diagram_where_known(struct diagram *d, uint32_t f, uint32_t otherwise);

/* Drops all nodes that are not under the n roots; false and true stay. Nodes move, and the roots are updated. Returns false
 * where there is no memory. */
bool diagram_collect(struct diagram *d, uint32_t *const *roots, size_t n);

/* Returns the position of a bit (0 to 31) of the word at an offset in struct seccomp_data. The order is: architecture, number,
 * the arguments, each from its highest bit to its lowest, and the instruction pointer. */
uint32_t bit_position(uint32_t offset, unsigned bit);

/* Returns whether all bits that a node's function asks come before a position; false also where that takes too long to tell. */
bool diagram_asks_before(const struct diagram *d, uint32_t node, uint32_t position);

/* Sets the bit at a position of a call. */
void bit_set(struct seccomp_data *call, uint32_t position, bool value);

static inline bool diagram_is_end(const struct diagram *d, uint32_t node)
{
	return d->nodes.items[node].bit == BITS;
}

static inline bool diagram_useless(const struct diagram *d)
{
	return d->full || d->failed;
}

/* symbolic_word.c: what a register or memory word holds, as 32 functions of the call. ---------------------------------- */

/* A word is its position in struct words; equal words are one. WORD_OPAQUE: the word depends on the call in a way that is not
 * followed, for example a product of two loaded words. */
#define WORD_OPAQUE UINT32_MAX
#define NOT_FOLLOWED UINT32_MAX

struct word {
	uint32_t bits[32];
};

struct words {
	struct diagram *diagram;
	const struct seccomp_data *fixed; /* all calls have this architecture and number; NULL: any */
	VEC(struct word) all;
	struct index index;
};

void words_free(struct words *w);

/* Return the word of a constant, and the word at an offset of struct seccomp_data. */
uint32_t word_constant(struct words *w, uint32_t value);
uint32_t word_input(struct words *w, uint32_t offset);

/* Returns whether a word is the same for all calls; *value is that constant then. */
bool word_is_constant(const struct words *w, uint32_t word, uint32_t *value);

/* Returns the result of BPF_ADD and its like, or WORD_OPAQUE. A divisor must not be 0 for any call. */
uint32_t word_compute(struct words *w, unsigned op, uint32_t a, uint32_t b);

/* Returns the condition under which a comparison (BPF_JEQ, …) holds; NOT_FOLLOWED where a word is opaque or the condition would be
 * too large. */
uint32_t word_compare(struct words *w, unsigned op, uint32_t a, uint32_t b);

/* filter_diagram.c, policy_diagram.c: the two sides. ------------------------------------------------------------------------ */

/* A call whose rules have too many alternatives for a diagram; it is proven separately. */
struct apart {
	const struct rule *rule; /* the call's first rule */
	enum arch arch;
	uint32_t nr;
};

struct apart_rules {
	VEC(struct apart) all;
};

/* Returns the condition that a call is one of these. */
uint32_t apart_calls(struct diagram *d, const struct apart_rules *apart);

struct instructions {
	const struct sock_filter *code;
	size_t n;
	const uint32_t *verdicts; /* the policy's answers; others may become END_OTHER */
	size_t verdict_count;
};

/* Sets *node to the diagram of the program's answers, with END_APART for the calls of rules that are proven separately. Of older
 * nodes only *kept stays; it may move. Returns 0 or a negative code: ERR_LIMIT where the diagram reaches a limit, ERR_INPUT for an
 * invalid instruction. */
int program_diagram(struct diagram *d, const struct instructions *p, const struct apart_rules *apart, uint32_t *kept,
		    uint32_t *node, struct error *e);

#define NOWHERE UINT32_MAX

/* A place is an instruction together with the contents of registers and memory. Ways to an instruction that agree about these
 * lead to one place. This is what happens there. */
struct place_end {
	uint32_t condition; /* decides between `yes` and `no`; NOWHERE: the program ends here with `answer`, a diagram */
	uint32_t yes, no;   /* the next places; NOWHERE: the program ends there with 0 */
	uint32_t answer;
};

/* All places that calls of one architecture and number reach, in the order of their instructions. The program begins at the
 * first. */
struct places {
	VEC(struct place_end) all;
};

/* Lists the places of a program for calls with the architecture and number of *fixed. Returns as program_diagram does. The caller
 * frees out->all. */
int program_places(struct diagram *d, const struct instructions *p, const struct seccomp_data *fixed, struct places *out,
		   struct error *e);

/* The rule of a policy that needed most nodes. */
struct largest_rule {
	const struct rule *rule; /* NULL: there is no rule */
	enum arch arch;
	size_t nodes;
};

/* Sets *node to the diagram of the policy's answers. Adds rules whose diagrams are too large to *apart, with END_APART for their
 * calls. With apart NULL, a rule that is too large is an error. Returns 0 or a negative code: ERR_LIMIT names the rule. */
int policy_diagram(struct diagram *d, const struct policy *p, uint32_t *node, struct largest_rule *largest,
		   struct apart_rules *apart, struct error *e);

/* Returns the condition that an argument meets all of an alternative's tests of it. */
uint32_t argument_node(struct diagram *d, const struct alternative *a, const struct apart *of, unsigned arg);

/* alternatives.c: one call, proven alternative by alternative. ------------------------------------------------ */

enum {
	RULE_UNDECIDED, /* this way cannot tell */
	RULE_PROVEN,	/* the program answers all calls of the architecture and number as the policy says */
	RULE_DIFFERS,	/* it does not: *witness is a call that filter_run and policy_evaluate answer differently */
};

/* Proves the rules of one call, or finds a call that refutes them. Returns one of the above, or a negative code. */
int rule_holds(const struct instructions *p, const struct policy *policy, const struct apart *rule,
	       struct seccomp_data *witness, struct error *e);

/* probes.c: looking for a difference without a proof. --------------------------------------------------------- */

/* Returns the next number of a sequence that is the same in every run (xorshift64*). The state must not be 0. */
uint64_t probe_random(uint64_t *state);

/* Try calls at the borders of the rules' tests. Return true where filter and policy differ for one of them, and set *witness to
 * it. probe_call tries calls of one number; probe_all calls of all numbers. */
bool probe_call(const struct instructions *program, const struct policy *policy, const struct apart *of,
		struct seccomp_data *witness);
bool probe_all(const struct instructions *program, const struct policy *policy, struct seccomp_data *witness);

#endif
