/* What a register can hold, as far as it can be told without running anything. Each value exists once, and is named by
 * a number. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_VALUES_H
#define PINHOLE_TRACER_REACH_VALUES_H

#include "policies/base/index.h"
#include "policies/base/vector.h"
#include "tracer/reach/insn.h"

/* So many different constants of one value are kept apart. */
#define VALUE_CONSTANTS 24

/* Alternatives: one of the constants, what a register or a word of the stack held when the function was entered, or,
 * with `any`, something that can't be told. None of them: the place is not reached. */
struct value {
	bool any;
	bool full;	 /* there were too many constants */
	bool flag;	 /* the low byte is 0 or 1, the others can't be told */
	bool stack;	 /* the stack pointer at entry plus the offset, and no alternative */
	int64_t offset;	 /* in bytes */
	uint64_t params; /* bit i: register i at entry; bit PARAM_WORD + i: the i-th word above the return address */
	uint32_t count;
	int64_t constants[VALUE_CONSTANTS]; /* ascending */
};

enum { PARAM_WORD = 32, PARAM_WORDS = 16 };

enum { VALUE_NEVER = 0, VALUE_ANY = 1 };

struct values {
	VEC(struct value) v;
	struct index index;
	bool failed; /* no memory */
};

bool values_init(struct values *vs); /* false: no memory */
void values_free(struct values *vs);

const struct value *value_of(const struct values *vs, uint32_t id);
uint32_t value_constant(struct values *vs, int64_t constant);
uint32_t value_param(struct values *vs, unsigned param);
uint32_t value_stack(struct values *vs, int64_t offset);
uint32_t value_flag(struct values *vs, uint32_t before); /* the low byte of that becomes 0 or 1 */

/* One or the other. */
uint32_t value_join(struct values *vs, uint32_t a, uint32_t b);

/* What an EFFECT_LOW, _BYTE, _ADD, _SCALE, _AND, _OR, _XOR, _SHIFT or _COPY makes of it, in so many bytes. */
uint32_t value_change(struct values *vs, uint32_t id, const struct insn *i);

#endif
