/* What is known before each instruction of a filter, whichever path leads to it. Internal to generator/.
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

/* The last index is for all architectures that the tables do not have. */
enum { DATAFLOW_OTHER = ARCH_COUNT, DATAFLOW_ARCHS = ARCH_COUNT + 1, DATAFLOW_WORDS = 16 };

/* Offsets in struct seccomp_data, of the type of dataflow.word. */
#define WORD_NR	  ((int)offsetof(struct seccomp_data, nr))
#define WORD_ARCH ((int)offsetof(struct seccomp_data, arch))

/* The state before an instruction. Each call that reaches it is in one of the sets; a set may also contain calls that do not. Of
 * words, only values are known that a comparison before fixed. */
struct dataflow {
	struct numbers numbers[DATAFLOW_ARCHS];
	int word;	/* the accumulator holds this word of struct seccomp_data (its offset); -1: not known */
	uint32_t mask;	/* and these bits of it */
	uint16_t known; /* bit i: the word at offset 4 i, of an argument or the instruction pointer, is value[i] */
	uint32_t value[DATAFLOW_WORDS];
};

/* Returns one state for each instruction of a valid filter; call dataflow_free. NULL: no memory. */
struct dataflow *dataflow_find(const struct sock_filter *code, size_t n);
void dataflow_free(struct dataflow *r, size_t n);

/* Returns whether no call reaches the instruction. */
bool dataflow_never(const struct dataflow *r);

/* Returns the only known architecture whose calls reach the instruction; -1: there are others. */
int dataflow_only_arch(const struct dataflow *r);

/* Returns whether the same calls may reach both. */
bool dataflow_same_calls(const struct dataflow *a, const struct dataflow *b);

/* Returns whether all calls that may reach a may also reach b. */
bool dataflow_within(const struct dataflow *a, const struct dataflow *b);

bool numbers_all(const struct numbers *s);
bool numbers_equal(const struct numbers *a, const struct numbers *b);
bool numbers_have(const struct numbers *s, uint32_t nr);

/* Returns how many numbers are in the set. */
uint64_t numbers_count(const struct numbers *s);

#endif
