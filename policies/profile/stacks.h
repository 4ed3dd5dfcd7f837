/* Stacks: which code made the calls of a profile's facts, and how it came there. Interned: a module, a frame and a
 * stack each exist once in a profile, and facts name stacks by position. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_PROFILE_STACKS_H
#define PINHOLE_POLICIES_PROFILE_STACKS_H

#include "policies/profile/profile.h"

/* The most frames that a stack has: what is further out is cut off. */
#define STACK_FRAMES 256

/* The most bytes of a symbol: each of its frames shows it in full, wherever the frame occurs. */
#define STACK_SYMBOL 1023

/* A frame's module where its code is in no file: made at run time, or in anonymous memory. */
#define MODULE_NONE UINT32_MAX

/* A file whose code ran, or "[vdso]". */
struct module {
	char *path;	/* as /proc/PID/maps names it */
	char *build_id; /* hex of the ELF note, or NULL where there is none */
};

/* Where a call was made, or where the function returns to that made it. */
struct frame {
	uint32_t module; /* position among the profile's modules, or MODULE_NONE */
	uint64_t offset; /* an ELF virtual address of the module, as addr2line takes it; 0 where there is no module:
			    such an address differs from run to run */
	char *symbol;	 /* the function's name, of at most STACK_SYMBOL bytes, or NULL where it is not known */
	uint64_t symbol_offset; /* of the frame from the symbol's beginning, in bytes; 0 where there is no symbol */
};

/* Why a stack has no further frames. */
enum stack_end {
	STACK_COMPLETE,	  /* the outermost function was reached */
	STACK_LIMIT,	  /* as many frames as were asked for, or STACK_FRAMES */
	STACK_NO_INFO,	  /* nothing tells how to unwind this code */
	STACK_UNREADABLE, /* memory could not be read */
	STACK_LOOP,	  /* the next frame would have been this one again */
	STACK_END_COUNT
};
const char *stack_end_name(enum stack_end end); /* "complete", "limit", "no-unwind-info", "unreadable", "loop" */

struct stack {
	VEC(uint32_t) frames; /* positions among the profile's frames, the innermost first; 1 to STACK_FRAMES */
	uint8_t end;	      /* enum stack_end */
};

/* The parts. In canonical order once profile_sort was called (reading, writing and merging do), and then without those
 * that no fact refers to, so that positions change: modules by (path, build ID); frames by (module, offset, symbol),
 * without a symbol and without a module last; stacks by their frames' modules and offsets, the innermost first.
 * Pointers are valid until the profile changes. */
size_t profile_module_count(const struct profile *p);
const struct module *profile_module(const struct profile *p, size_t i);
size_t profile_frame_count(const struct profile *p);
const struct frame *profile_frame(const struct profile *p, size_t i);
size_t profile_stack_count(const struct profile *p);
const struct stack *profile_stack(const struct profile *p, size_t i);

/* What is known best of the same address as that of frame i, in a profile that is sorted: a frame that one run could
 * not name is another one than the same with its name, but for people its name is that. */
const struct frame *profile_frame_named(const struct profile *p, size_t i);

/* The position of that module, added if new; build_id may be NULL ("" is the same). Negative: no memory. */
int profile_add_module(struct profile *p, const char *path, const char *build_id, struct error *e);

/* The position of a stack of n frames (at least one, the innermost first), added if new. The frames are copied, their
 * symbols too; of more than STACK_FRAMES the innermost are kept, and the end is STACK_LIMIT. Negative: no memory. */
int profile_add_stack(struct profile *p, const struct frame *frames, size_t n, enum stack_end end, struct error *e);

/* Adds a stack to a fact that was observed (to the wide one, if it was widened meanwhile). A fact keeps
 * STACKS_PER_FACT: those that come first in the order of stacks. Stacks that differ in symbols alone are one: a frame's
 * symbol is then the known one, of two the first in byte order. Returns how many the fact has now, or ERR_MEMORY. */
int profile_fact_stack(struct profile *p, const struct fact_key *key, uint32_t stack, struct error *e);

/* How many stacks the fact of these values has: STACKS_PER_FACT, and another one need not be looked for. */
size_t profile_stacks_known(const struct profile *p, const struct fact_key *key);

/* Names the function that a frame is in, wherever the frame occurs: after a recording, once for each of
 * profile_frame_count. The name, of at most STACK_SYMBOL bytes, is copied; NULL or "": not known. Returns 0 or
 * ERR_MEMORY. */
int profile_set_symbol(struct profile *p, size_t frame, const char *symbol, uint64_t symbol_offset, struct error *e);

#endif
