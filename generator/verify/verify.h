/* The proof that a filter says what a policy says: both become a decision diagram over the bits of a call, in which
 * equal functions are one node. Internal to generator/verify/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_VERIFY_H
#define PINHOLE_GENERATOR_VERIFY_H

#include "generator/generator.h"
#include "policies/base/index.h"

/* diagram.c: reduced, ordered, with a verdict at each end. --------------------------------------------------- */

/* A node asks one bit of the call: `lo` where it is 0, `hi` where it is 1; both ask later bits only. Two nodes are never
 * alike and never superfluous: so each function has one node, and functions are equal where their nodes are. */
struct choice_node {
	uint32_t lo, hi;
	uint32_t next; /* in its bucket, plus 1 */
	uint32_t bit;  /* BITS: an end; then hi is an enum end and lo its value */
};

enum end {
	END_VERDICT, /* the program or policy says lo (1 and 0 are true and false too) */
	END_OTHER,   /* the program says something that the policy never says */
	END_UNKNOWN, /* the program depends on what is not followed, at instruction lo */
	END_APART,   /* a call whose rule is proven apart (alternatives.c) */
};

/* The bits of struct seccomp_data in the order in which they are asked, and the one that means none. */
#define BITS 512
#define ARGUMENTS 64 /* where they begin: architecture and number come before */
#define ARGUMENT_BITS 64

#define DIAGRAM_FALSE 0u
#define DIAGRAM_TRUE  1u

struct diagram {
	VEC(struct choice_node) nodes;
	uint32_t *buckets;
	size_t bucket_count;
	struct remembered *cache;
	size_t cache_count;
	size_t limit; /* so many nodes at most */
	size_t made;  /* how many there ever were */
	bool full;    /* a limit reached: whatever was returned since is worthless */
	bool failed;  /* no memory: likewise */
};

/* Returns false where there is no memory. Free it in either case. */
bool diagram_start(struct diagram *d);
void diagram_free(struct diagram *d);

uint32_t diagram_end(struct diagram *d, enum end end, uint32_t value);
uint32_t diagram_node(struct diagram *d, uint32_t bit, uint32_t lo, uint32_t hi);

/* yes where the condition (with the ends true and false only) holds, else no. */
uint32_t diagram_if(struct diagram *d, uint32_t condition, uint32_t yes, uint32_t no);

/* `f`, but `otherwise` where f ends in END_UNKNOWN. */
uint32_t diagram_where_known(struct diagram *d, uint32_t f, uint32_t otherwise);

/* Drops all nodes but those under n roots (and false and true); these move, and the roots are told where to. Returns
 * false where there is no memory. */
bool diagram_collect(struct diagram *d, uint32_t *const *roots, size_t n);

/* The position of bit 0 to 31 of the word at an offset in struct seccomp_data: the architecture first, then the number,
 * the arguments from their highest bit to their lowest, and the instruction pointer. */
uint32_t bit_position(uint32_t offset, unsigned bit);

/* Whether all bits that it asks come before a position; false also where that takes too long to tell. */
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

/* A word is a position among the words; equal words are one. WORD_OPAQUE: depends on the call in a way that is not
 * followed (products of words, …). */
#define WORD_OPAQUE UINT32_MAX
#define NOT_FOLLOWED UINT32_MAX

struct word {
	uint32_t bits[32];
};

struct words {
	struct diagram *diagram;
	const struct seccomp_data *fixed; /* the architecture and number of every call; NULL: any */
	VEC(struct word) all;
	struct index index;
};

void words_free(struct words *w);

uint32_t word_constant(struct words *w, uint32_t value);
uint32_t word_input(struct words *w, uint32_t offset); /* the word of struct seccomp_data there */
bool word_is_constant(const struct words *w, uint32_t word, uint32_t *value);

/* The result of BPF_ADD and so on (not of a division by a word that may be 0). */
uint32_t word_compute(struct words *w, unsigned op, uint32_t a, uint32_t b);

/* Where a comparison (BPF_JEQ, …) holds; NOT_FOLLOWED: a word is opaque, or the answer too large. */
uint32_t word_compare(struct words *w, unsigned op, uint32_t a, uint32_t b);

/* filter_diagram.c, policy_diagram.c: the two sides. ------------------------------------------------------------------------ */

/* A call whose rules have too many alternatives for a diagram: it is proven apart. */
struct apart {
	const struct rule *rule; /* the first of the call's */
	enum arch arch;
	uint32_t nr;
};

struct apart_rules {
	VEC(struct apart) all;
};

/* The calls of such rules, as a diagram with the ends true and false. */
uint32_t apart_calls(struct diagram *d, const struct apart_rules *apart);

struct instructions {
	const struct sock_filter *code;
	size_t n;
	const uint32_t *verdicts; /* what is not among these may be END_OTHER */
	size_t verdict_count;
};

/* What the program answers, as a diagram (*node): END_APART for the calls of rules that are proven apart. Of the nodes that
 * were there before only *kept stays, and may move. Returns 0 or a negative code: ERR_LIMIT past a limit of the diagram,
 * ERR_INPUT for an instruction that is none. */
int program_diagram(struct diagram *d, const struct instructions *p, const struct apart_rules *apart, uint32_t *kept,
		    uint32_t *node, struct error *e);

#define NOWHERE UINT32_MAX

/* A place is an instruction with the registers and memory that the ways to it agree about. */
struct place_end {
	uint32_t condition; /* NOWHERE: the program ends here with `answer`, a diagram */
	uint32_t yes, no;   /* the places after it; NOWHERE: the program ends there with 0 */
	uint32_t answer;
};

/* All places that calls of one architecture and number come to: those before each other in the program first, the first
 * one is where the program begins. */
struct places {
	VEC(struct place_end) all;
};

/* Follows the program for calls with the architecture and number of *fixed. Returns as program_diagram. */
int program_places(struct diagram *d, const struct instructions *p, const struct seccomp_data *fixed, struct places *out,
		   struct error *e);

/* The rule of a policy that took most nodes. */
struct largest_rule {
	const struct rule *rule; /* NULL: there is no rule */
	enum arch arch;
	size_t nodes;
};

/* What the policy answers. Rules whose diagrams are too large are added to *apart, and END_APART answers their calls;
 * apart NULL: there are none, and ERR_LIMIT names the rule. */
int policy_diagram(struct diagram *d, const struct policy *p, uint32_t *node, struct largest_rule *largest,
		   struct apart_rules *apart, struct error *e);

/* Which values of one argument meet an alternative's tests, as a diagram. */
uint32_t argument_node(struct diagram *d, const struct alternative *a, const struct apart *of, unsigned arg);

/* alternatives.c: one call, proven alternative by alternative. ------------------------------------------------ */

enum {
	RULE_UNDECIDED, /* this way cannot tell */
	RULE_PROVEN,	/* the program answers all calls of the architecture and number as the policy says */
	RULE_DIFFERS,	/* it does not: *witness is a call that filter_run and policy_evaluate answer differently */
};

/* Returns one of these, or a negative code. */
int rule_holds(const struct instructions *p, const struct policy *policy, const struct apart *rule,
	       struct seccomp_data *witness, struct error *e);

/* probes.c: looking for a difference without a proof. --------------------------------------------------------- */

/* The next of a sequence of numbers that is the same in every run (xorshift64*). The state is not 0. */
uint64_t probe_random(uint64_t *state);

/* Whether filter and policy differ on one of the calls that are tried: *witness is that call. probe_call: calls of one rule;
 * probe_all: calls of all numbers and rules. Calls are at the borders of the rules' tests. */
bool probe_call(const struct instructions *program, const struct policy *policy, const struct apart *of,
		struct seccomp_data *witness);
bool probe_all(const struct instructions *program, const struct policy *policy, struct seccomp_data *witness);

#endif
