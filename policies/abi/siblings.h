/* Calls that another libc, libc version or kernel makes for the same purpose: --portable allows
 * them too. Pure data. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_SIBLINGS_H
#define PINHOLE_POLICIES_ABI_SIBLINGS_H

#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

/* If `from` is allowed, `to` must be allowed too. A row does not apply on an architecture that
 * lacks one of the calls, or whose form of a call lacks an argument of the row (i386's mmap has one
 * argument, a pointer). Both calls of a row may be the same: it then adds values. */
struct sibling {
	const char *from; /* NULL: always */
	const char *to;
	/* for argument i of `to`: the index in `from` of the argument with the same value; -1:
	 * none */
	int8_t map[6];
	const char *why;  /* the code that calls `to` */
	/* NULL; or: only if argument `when_at` of `from` may have this value (for flags,
	 * protections and modes: all of these bits). */
	const char *when;
	uint8_t when_at;
	/* For argument i of `to`: strings for abi_value_parse, separated by ", ". If map[i] is -1:
	 * the values of `to`; NULL: any. Otherwise: the bits (one string) that may be set in
	 * addition to the bits in `from`; NULL: none. */
	const char *values[6];
};

/* Returns the rows of one call, ordered by `to`, and sets *n to their number (0: none). `from`
 * NULL: returns the rows that are always added, for the start of a program and the fallbacks of the
 * vDSO. */
const struct sibling *abi_siblings(const char *from, size_t *n);

/* Returns whether the architecture has both calls with all the arguments of the row. */
bool sibling_applies(const struct sibling *s, enum arch arch);

/* Returns whether the row is for calls of `from` with this canonical value of argument `when_at`.
 * Negative: an error. */
int sibling_when(const struct sibling *s, enum arch arch, uint64_t value, struct error *e);

/* The row's values of argument `arg` of `to`, the first `limit` of them; *n is how many these are. Returns 0 or a negative
 * code. */
int sibling_values(const struct sibling *s, enum arch arch, unsigned arg, uint64_t *values, size_t limit, size_t *n,
		   struct error *e);

#endif
