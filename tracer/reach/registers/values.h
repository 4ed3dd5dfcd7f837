/* Values: what a register can hold, as far as that can be told without running anything. Each distinct value is kept
 * once, and has a number, its id. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_VALUES_H
#define PINHOLE_TRACER_REACH_VALUES_H

#include "policies/base/index.h"
#include "policies/base/vector.h"
#include "tracer/reach/instructions/insn.h"

/* The most constants of one value. */
#define VALUE_CONSTANTS 24

/* A set of alternatives: constants, parameters (what registers and words of the stack held at the function's entry),
 * and with `any` unknown ones. An empty set: the place is not reached. */
struct value {
	bool any;
	bool full;	 /* there were more constants than VALUE_CONSTANTS */
	bool flag;	 /* the low byte is 0 or 1, the others are unknown */
	bool stack;	 /* it is the stack pointer at entry plus `offset`, without alternatives */
	int64_t offset;	 /* in bytes */
	uint64_t params; /* bit i: register i at entry; bit PARAM_WORD + i: word i above the return address */
	uint32_t count;
	int64_t constants[VALUE_CONSTANTS]; /* ascending */
};

enum { PARAM_WORD = 32, PARAM_WORDS = 16 };

/* The ids of the empty set, and of the value of which nothing is known. */
enum { VALUE_NEVER = 0, VALUE_ANY = 1 };

struct values {
	VEC(struct value) v;
	struct index index;
	bool failed; /* no memory */
};

bool values_init(struct values *vs); /* false: no memory */
void values_free(struct values *vs);

/* Returns the value of an id; valid until the next value is made. */
const struct value *value_of(const struct values *vs, uint32_t id);

/* Each of the following returns the id of a value. Without memory that is VALUE_ANY, and vs->failed is set. */

/* A constant; a parameter (a bit's number in params); the stack pointer at entry plus an offset. */
uint32_t value_constant(struct values *vs, int64_t constant);
uint32_t value_param(struct values *vs, unsigned param);
uint32_t value_stack(struct values *vs, int64_t offset);

/* The value `before` with a low byte of 0 or 1. */
uint32_t value_flag(struct values *vs, uint32_t before);

/* The alternatives of both values. */
uint32_t value_join(struct values *vs, uint32_t a, uint32_t b);

/* The result of an instruction with EFFECT_LOW, _BYTE, _ADD, _SCALE, _AND, _OR, _XOR, _SHIFT or _COPY on that value;
 * its width counts. */
uint32_t value_change(struct values *vs, uint32_t id, const struct insn *i);

#endif
