/* What is dangerous, and why: the calls that a reviewer of a policy should look at. Pure data.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_DANGER_H
#define PINHOLE_POLICIES_ABI_DANGER_H

#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

enum danger_level {
	DANGER_ESCAPE,  /* leads out of the sandbox, or reaches other processes, the system or the kernel's state */
	DANGER_SURFACE, /* kernel code that attacks on the kernel go through */
	DANGER_CAUTION, /* weakens a defence, or helps an attacker who is inside */
};

struct danger {
	const char *syscall;
	/* NULL: every such call. Otherwise those where (argument & mask) == value. Both are texts for abi_value_parse;
	 * a NULL mask is all bits. An architecture that lacks a name or the argument has the argument behind a
	 * pointer (i386's mmap) or no such thing: the row does not count there. */
	const char *arg, *mask, *value;
	uint8_t level; /* enum danger_level */
	const char *why;
	const char *source;
};

/* The rows of one call side by side, the gravest first; *n is how many. NULL and 0 where none is known. */
const struct danger *abi_dangers(const char *syscall, size_t *n);

/* "escape", "attack surface", "caution". */
const char *danger_level_name(enum danger_level level);

#endif
