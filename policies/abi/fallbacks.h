/* Which calls a libc or a language's runtime makes once a call was answered by ENOSYS. Pure data.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_FALLBACKS_H
#define PINHOLE_POLICIES_ABI_FALLBACKS_H

#include "policies/abi/siblings.h"

/* Who gets ENOSYS for call.from calls call.to next; NULL: nothing, it goes on without. The arguments are as a sibling's;
 * call.why names the libc or runtime, its version, and the function. */
struct fallback {
	struct sibling call;
	bool as_sibling;    /* call has no arguments of its own: they are those of the siblings of the same two calls */
	const char *source; /* the file, and the function in it */
};

/* The rows of one call side by side, ordered by call.to; *n is how many (0: none). */
const struct fallback *abi_fallbacks(const char *from, size_t *n);

/* The rows that say with which arguments call.to is made; *n is how many (0: call.to is NULL). */
const struct sibling *abi_fallback_calls(const struct fallback *f, size_t *n);

#endif
