/* What is known before each instruction of a filter, on every path that leads to it. Internal to generator/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INSPECT_DATAFLOW_H
#define PINHOLE_GENERATOR_INSPECT_DATAFLOW_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"
#include "policies/base/vector.h"

/* A set of numbers: ascending, disjoint, not adjacent. */
struct number_range {
	uint32_t lo, hi;
};
struct numbers {
	VEC(struct number_range) ranges;
};

/* Architectures that the tables do not have stand together behind those that they have. */
enum { DATAFLOW_OTHER = ARCH_COUNT, DATAFLOW_ARCHS = ARCH_COUNT + 1, DATAFLOW_WORDS = 16 };

/* Offsets in struct seccomp_data, as struct reach has them. */
#define WORD_NR	  ((int)offsetof(struct seccomp_data, nr))
#define WORD_ARCH ((int)offsetof(struct seccomp_data, arch))

/* A call that gets to the instruction is in one of the sets (not every call in a set need get there). Only the very
 * values are known that the comparisons before it left. */
struct dataflow {
	struct numbers numbers[DATAFLOW_ARCHS];
	int word;	/* the accumulator is this word of struct seccomp_data (its offset) … */
	uint32_t mask;	/* … and these bits of it; word -1: not known */
	uint16_t known; /* bit i: word i (its offset / 4), of the arguments and the instruction pointer, is value[i] */
	uint32_t value[DATAFLOW_WORDS];
};

/* One for each instruction of a valid filter; to be freed by dataflow_free. NULL: no memory. */
struct dataflow *dataflow_find(const struct sock_filter *code, size_t n);
void dataflow_free(struct dataflow *r, size_t n);

/* Whether no call gets there. */
bool dataflow_never(const struct dataflow *r);

/* The architecture that all calls are of that get there (DATAFLOW_OTHER: those that the tables do not have), or -1. */
int dataflow_only_arch(const struct dataflow *r);

/* Whether the same calls may get to both. */
bool dataflow_same_calls(const struct dataflow *a, const struct dataflow *b);

/* Whether all calls that may get to a are among those that may get to b. */
bool reach_within(const struct dataflow *a, const struct dataflow *b);

bool numbers_all(const struct numbers *s);
bool numbers_equal(const struct numbers *a, const struct numbers *b);
bool numbers_have(const struct numbers *s, uint32_t nr);

/* How many there are. */
uint64_t numbers_count(const struct numbers *s);

#endif
