/* The values that registers can have at each instruction of one function. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_FLOW_H
#define PINHOLE_TRACER_REACH_FLOW_H

#include "tracer/reach/graph.h"
#include "tracer/reach/registers/values.h"

/* The most words of the stack whose values are followed at a time. */
#define FLOW_WORDS 24

struct flow_word {
	int64_t at;	/* in bytes from the stack pointer at the function's entry */
	uint32_t value; /* see values.h */
	uint8_t width;	/* in bytes */
};

/* What is known when an instruction is about to run. */
struct flow_state {
	bool seen;		/* false: no way that leads to the instruction is known */
	bool arguments_changed; /* words above the return address were written */
	uint8_t words_used;
	int64_t escaped; /* other functions may know addresses of the stack from this offset on; counted as `at` */
	uint32_t registers[INSN_REGISTERS];
	struct flow_word words[FLOW_WORDS];
};

/* A function to look into: the parts of one group (struct node). */
struct flow {
	struct graph *graph;
	struct values *values;
	const uint32_t *nodes; /* the parts that can be reached, ascending */
	size_t node_count;
	const uint64_t *entries; /* the addresses at which other functions enter it */
	size_t entry_count;
};

/* Called for each instruction that calls the kernel or may leave the function, with the states before and after it. */
typedef void flow_visit(void *context, const struct insn *i, const struct flow_state *before,
			const struct flow_state *after);

/* Follows all ways through the function, then calls `visit` with `context`. Returns 0; 1 if the function is too large
 * (then nothing was visited); or ERR_MEMORY. */
int flow_run(const struct flow *f, flow_visit *visit, void *context, struct error *e);

/* Returns the id of the value (values.h) that the called function gets as a parameter, the number of a bit in struct
 * value's params. *s is the state before a `call`, which puts the return address on the stack; or else after a jump to
 * the function. */
uint32_t flow_argument(const struct code_arch *arch, struct values *vs, const struct flow_state *s, unsigned param,
		       bool call);

#endif
