/* What registers hold at the instructions of one function. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_FLOW_H
#define PINHOLE_TRACER_REACH_FLOW_H

#include "tracer/reach/graph.h"
#include "tracer/reach/values.h"

/* Words of the stack whose values are followed at once. */
#define FLOW_WORDS 24

struct flow_word {
	int64_t at; /* from where the stack pointer was at entry */
	uint32_t value;
	uint8_t width; /* in bytes */
};

struct flow_state {
	bool seen;		/* something leads here */
	bool arguments_changed; /* words above the return address were written */
	uint8_t words_used;
	int64_t escaped; /* other functions may know addresses of the stack from here on */
	uint32_t registers[INSN_REGISTERS];
	struct flow_word words[FLOW_WORDS];
};

/* A function: the parts of one group. */
struct flow {
	struct graph *graph;
	struct values *values;
	const uint32_t *nodes; /* the parts that are reached, ascending */
	size_t node_count;
	const uint64_t *entries; /* addresses at which it is entered from elsewhere */
	size_t entry_count;
};

/* Called for each instruction that calls the kernel or may leave the function, with the states before and after it. */
typedef void flow_visit(void *context, const struct insn *i, const struct flow_state *before,
			const struct flow_state *after);

/* Finds the states and visits. Returns 0; 1: the function is too large, nothing was visited; or a negative code. */
int flow_run(const struct flow *f, flow_visit *visit, void *context, struct error *e);

/* The value of a parameter (a bit of struct value's params) at a call, from the state before it. */
uint32_t flow_argument(const struct code_arch *arch, struct values *vs, const struct flow_state *s, unsigned param,
		       bool call);

#endif
