/* Functions that argument_tests.c and argument_tuples.c share. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INFER_ARGUMENT_PARTS_H
#define PINHOLE_GENERATOR_INFER_ARGUMENT_PARTS_H

#include "generator/infer/infer.h"

/* A call with more tuples than this is tested by its shape. */
enum { TUPLE_LIMIT = 256 };

/* All bits of an argument. */
uint64_t argument_width(const struct seen_call *c, unsigned arg);

/* The bits of an argument that give a program no more power (abi_harmless). */
uint64_t harmless_bits(const struct seen_call *c, unsigned arg);

/* The arguments that every fact of the call has, as bits. */
unsigned recorded_arguments(const struct seen_call *c);

/* Adds a test that only these bits are set; nothing if they are all bits. Returns 0 or
 * ERR_MEMORY. */
int only_bits(const struct seen_call *c, unsigned arg, uint64_t bits, struct alternative *out,
		 struct error *e);

/* Whether an argument's values look like addresses or a counter, which differ in the next run. */
bool changing_values(const struct seen_call *c, unsigned arg);

/* Whether --args=shape tests an argument of the call as `desc` describes it. */
bool is_shape(const struct seen_call *c, const struct syscall_desc *desc, unsigned arg);

/* Adds a test for the seen values of the bits in `mask`, and its reason. Returns 0 or
 * ERR_MEMORY. */
int exact_values(const struct seen_call *c, unsigned arg, uint64_t mask, struct alternative *out,
		 struct text *why, struct error *e);

/* Adds tests for the seen flags and field values, and their reason. Returns 0 or ERR_MEMORY. */
int seen_flags(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
		 struct error *e);

/* Ends a reason: how many facts it is about, and what the tests of `args` close. Returns 0 or
 * ERR_MEMORY. */
int end_reason(const struct seen_call *c, unsigned args, struct text *why, struct error *e);

/* argument_tuples.c: adds one alternative for each seen combination of arguments. *done: false
 * if there are too many, or no argument is testable. Returns 0 or a negative code. */
int joint_tuples(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why, bool
		 *done, struct error *e);

/* argument_tuples.c: adds one alternative for each seen tuple; none if a tuple would test
 * nothing. Returns 0 or a negative code. */
int exact_tuples(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why,
		 struct error *e);

#endif
