/* Which numbers the places have where the kernel is called. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_CALL_NUMBERS_H
#define PINHOLE_TRACER_REACH_CALL_NUMBERS_H

#include "tracer/reach/graph.h"

#define NEED_NONE UINT32_MAX

/* A function that is given the number by its callers. */
struct need {
	uint32_t group;
	uint32_t node;	/* the part that the place is in */
	uint32_t param; /* which of its parameters: see struct value */
	uint32_t
	    next; /* the need of the function that it hands the number on to; NEED_NONE: it calls the kernel itself */
};

/* A system call that can be reached. */
struct number {
	uint8_t arch; /* enum arch */
	uint32_t nr;
	uint32_t node; /* where the number is a constant */
	uint32_t need; /* whom it is handed to; NEED_NONE: the kernel */
};

enum undecided_why {
	UNDECIDED_VALUE,   /* the number is computed, or comes from memory */
	UNDECIDED_CALLERS, /* it is given by callers, and these can't be told: the function's address is taken here */
	UNDECIDED_CODE,	   /* instructions there are not understood */
	UNDECIDED_SIZE,	   /* the function is too large, or too many hand the number on */
};

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

/* Returns 0 or a negative code; what was made is to be freed in any case. */
int numbers_find(struct graph *g, struct numbers_found *out, struct error *e);

void numbers_free(struct numbers_found *n);

#endif
