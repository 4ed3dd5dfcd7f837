/* A range of numbers as blocks of numbers of which some bits are fixed. Internal to generator/emit/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_RANGE_BLOCKS_H
#define PINHOLE_GENERATOR_EMIT_RANGE_BLOCKS_H

#include <stdint.h>

#include "policies/base/vector.h"

/* The numbers x with (x & mask) == value. */
struct block {
	uint64_t mask, value;
};

struct block_list {
	VEC(struct block) all;
};

/* Appends the fewest blocks that make up the numbers from lo to hi, of n bits (1 to 64). They may overlap. A number of n bits has
 * fewer than 2n of them. false: no memory. */
bool range_blocks(unsigned n, uint64_t lo, uint64_t hi, struct block_list *out);

/* The bits of `value` that the mask has, moved together at the low end; and back. */
uint64_t bits_together(uint64_t value, uint64_t mask);
uint64_t bits_apart(uint64_t value, uint64_t mask);

#endif
