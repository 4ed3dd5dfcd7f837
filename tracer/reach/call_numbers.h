/* The numbers of the system calls that reachable code can make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_CALL_NUMBERS_H
#define PINHOLE_TRACER_REACH_CALL_NUMBERS_H

#include "tracer/reach/graph.h"

#define NEED_NONE UINT32_MAX

/* A function that gets the number of a system call as a parameter. */
struct need {
	uint32_t group;
	uint32_t node;	/* the part of the function that calls the kernel or hands the number on */
	uint32_t param; /* which parameter: a bit of struct value's params */
	uint32_t next;	/* position of the need of the function that gets the number next; NEED_NONE: this one calls the kernel */
};

/* A system call that can be reached. */
struct number {
	uint8_t arch; /* enum arch */
	uint32_t nr;
	uint32_t node; /* where the number is a constant */
	uint32_t need; /* the function that gets the number; NEED_NONE: this one calls the kernel */
};

enum undecided_why {
	UNDECIDED_VALUE,   /* the number is computed or read from memory */
	UNDECIDED_CALLERS, /* callers give the number, and not all are known: the function's address is taken at this place */
	UNDECIDED_CODE,	   /* instructions at this place are not understood */
	UNDECIDED_SIZE,	   /* the function is too large, or too many functions hand the number on */
};

/* A place where any system call may be made, for all that can be told. */
struct undecided {
	uint32_t node;
	uint64_t address;
	uint8_t why; /* enum undecided_why */
};

struct numbers_found {
	VEC(struct number) numbers;	 /* each once, with the shortest way to it; sorted by arch and number */
	VEC(struct undecided) undecided; /* sorted by node and address */
	VEC(struct need) needs;
};

/* Finds the numbers of all system calls in a graph that graph_build has made. Fills *out, which numbers_free frees,
 * also after an error. Returns 0, ERR_MEMORY or another negative code. */
int numbers_find(struct graph *g, struct numbers_found *out, struct error *e);

void numbers_free(struct numbers_found *n);

#endif
