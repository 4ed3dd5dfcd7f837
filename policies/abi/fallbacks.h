/* Calls that a libc or a language's runtime makes after another call got ENOSYS. Pure data.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_FALLBACKS_H
#define PINHOLE_POLICIES_ABI_FALLBACKS_H

#include "policies/abi/siblings.h"

/* After ENOSYS for call.from, the code makes call.to; NULL: it goes on without a call. The
 * arguments are as in struct sibling; call.why names the libc or runtime, its version and the
 * function. */
struct fallback {
	struct sibling call;
	bool as_sibling;    /* the arguments are those of the sibling rows of the same two calls */
	const char *source; /* the source file, and the function in it */
};

/* Returns the rows of one call, ordered by call.to, and sets *n to their number (0: none). */
const struct fallback *abi_fallbacks(const char *from, size_t *n);

/* Returns the rows with the arguments of call.to, and sets *n to their number (0: call.to is
 * NULL). */
const struct sibling *abi_fallback_calls(const struct fallback *f, size_t *n);

#endif
