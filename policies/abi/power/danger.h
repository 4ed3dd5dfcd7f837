/* The dangerous calls, with reasons: a reviewer of a policy should look at these. Pure data.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_DANGER_H
#define PINHOLE_POLICIES_ABI_DANGER_H

#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

enum danger_level {
	/* leads out of the sandbox, or gives access to other processes, the system or the
	 * kernel's state */
	DANGER_ESCAPE,
	DANGER_SURFACE, /* kernel code that is often attacked */
	DANGER_CAUTION, /* weakens a defence, or helps an attacker who is inside */
};

struct danger {
	const char *syscall;
	/* The danger applies to calls where (argument & mask) == value; `arg` NULL: to every
	 * call. The strings are read by abi_value_parse; a NULL mask is all bits. The row does
	 * not apply on an architecture that lacks a name, or has the argument behind a pointer
	 * (i386's mmap). */
	const char *arg, *mask, *value;
	uint8_t level; /* enum danger_level */
	const char *why;
	const char *source;
};

/* Returns the rows of a call, the gravest first, and sets *n to their number. Returns NULL and sets
 * 0 if there are none. */
const struct danger *abi_dangers(const char *syscall, size_t *n);

/* Returns "escape", "attack surface" or "caution". */
const char *danger_level_name(enum danger_level level);

#endif
