/* Which calls another libc, libc version or kernel makes for the same purpose: what --portable allows beside what was
 * seen. Pure data. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_SIBLINGS_H
#define PINHOLE_POLICIES_ABI_SIBLINGS_H

#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

/* Where `from` is allowed, `to` is wanted too. Skip a row on an architecture that lacks one of the names, or whose form of
 * the call has no argument at a position the row speaks of (i386's mmap has one argument, a pointer). A row may have the
 * same call twice, to say which other values it takes. */
struct sibling {
	const char *from; /* NULL: always */
	const char *to;
	int8_t map[6];    /* for argument i of `to`: the position in `from` of the argument whose value it has; -1: none */
	const char *why;  /* who calls `to` */
	/* NULL, or: only where argument `when_at` of `from` may have this value (of flags, of a
	 * protection, of a mode: all of these bits). */
	const char *when;
	uint8_t when_at;
	/* For argument i of `to`, texts that abi_value_parse reads, separated by ", ". Where map[i] is -1: the values that
	 * `to` is called with; NULL: any. Where it is a position: the bits (one text) that may be set in addition to
	 * what `from` has there; NULL: none. */
	const char *values[6];
};

/* Whose sources the table was made from, and how far these were read: the manual says the newest of each. */
struct sibling_source {
	const char *name;          /* "glibc" */
	const char *oldest, *newest; /* the versions between which every change was looked at */
	const char *where;         /* the folders of its sources that make calls */
};

extern const struct sibling_source abi_sibling_sources[];
extern const size_t abi_sibling_source_count;

/* The rows of one call side by side, ordered by `to`; *n is how many (0: none). For NULL those that are always added: the
 * start-up of a program and what the vDSO falls back to. */
const struct sibling *abi_siblings(const char *from, size_t *n);

/* Whether that architecture has both calls, with all the arguments that the row speaks of. */
bool sibling_applies(const struct sibling *s, enum arch arch);

/* Whether the row is for calls of `from` with this value (canonical) of argument `when_at`. Negative: an error. */
int sibling_when(const struct sibling *s, enum arch arch, uint64_t value, struct error *e);

/* The row's values of argument `arg` of `to`, the first `limit` of them; *n is how many these are. Returns 0 or a negative
 * code. */
int sibling_values(const struct sibling *s, enum arch arch, unsigned arg, uint64_t *values, size_t limit, size_t *n,
		   struct error *e);

#endif
