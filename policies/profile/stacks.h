/* Stacks: which code made the calls of a profile's facts, and by which callers. Interned: a module,
 * a frame and a stack each exist once in a profile, and facts name stacks by position.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_PROFILE_STACKS_H
#define PINHOLE_POLICIES_PROFILE_STACKS_H

#include "policies/profile/profile.h"

/* The most frames of a stack; the outer ones beyond are cut off. */
#define STACK_FRAMES 256

/* The most bytes of a symbol: every output of a frame shows its symbol in full. */
#define STACK_SYMBOL 1023

/* The module of a frame that lies in no file: code made at run time, or anonymous memory. */
#define MODULE_NONE UINT32_MAX

/* A file whose code ran, or "[vdso]". */
struct module {
	char *path;	/* as /proc/PID/maps names it */
	char *build_id; /* hex of the ELF note, or NULL where there is none */
};

/* The address of a call, or the address to which the calling function returns. */
struct frame {
	uint32_t module; /* position among the profile's modules, or MODULE_NONE */
	uint64_t offset; /* an ELF virtual address of the module, as addr2line takes it; 0 without a module,
			    because such an address differs from run to run */
	char *symbol;	 /* the function's name, of at most STACK_SYMBOL bytes, or NULL if unknown */
	uint64_t symbol_offset; /* from the symbol's beginning to the frame, in bytes; 0 without a symbol */
};

/* Why a stack has no further frames. */
enum stack_end {
	STACK_COMPLETE,	  /* it ends with the outermost function */
	STACK_LIMIT,	  /* it has as many frames as were asked for, or STACK_FRAMES */
	STACK_NO_INFO,	  /* no information on how to unwind this code */
	STACK_UNREADABLE, /* memory could not be read */
	STACK_LOOP,	  /* the next frame would have been this one again */
	STACK_END_COUNT
};
const char *stack_end_name(enum stack_end end); /* "complete", "limit", "no-unwind-info", "unreadable", "loop" */

struct stack {
	VEC(uint32_t) frames; /* positions among the profile's frames, the innermost first; 1 to STACK_FRAMES */
	uint8_t end;	      /* enum stack_end */
};

/* The parts. profile_sort, which reading, writing and merging call, sorts them and drops parts
 * without a fact, so that positions change. Order: modules by (path, build ID); frames by (module,
 * offset, symbol), those without symbol or module last; stacks by their frames' modules and
 * offsets, innermost first. Pointers are valid until the profile changes. */
size_t profile_module_count(const struct profile *p);
const struct module *profile_module(const struct profile *p, size_t i);
size_t profile_frame_count(const struct profile *p);
const struct frame *profile_frame(const struct profile *p, size_t i);
size_t profile_stack_count(const struct profile *p);
const struct stack *profile_stack(const struct profile *p, size_t i);

/* Returns the best known frame with the same address as frame i, in a sorted profile. A frame that
 * one run could not name is stored apart from the named one; people should see the name. */
const struct frame *profile_frame_named(const struct profile *p, size_t i);

/* The position of a module, added if new; build_id may be NULL ("" is the same). Negative: no
 * memory. */
int profile_add_module(struct profile *p, const char *path, const char *build_id, struct error *e);

/* The position of a stack of n frames (at least one, innermost first), added if new. The frames and
 * their symbols are copied. Beyond STACK_FRAMES only the innermost are kept, and the end is
 * STACK_LIMIT. Negative: no memory. */
int profile_add_stack(struct profile *p, const struct frame *frames, size_t n, enum stack_end end, struct error *e);

/* Adds a stack to an observed fact (or to the wide fact, if it was widened meanwhile). A fact keeps
 * the first STACKS_PER_FACT in the order of stacks. Stacks that differ only in symbols become one:
 * each frame gets the known symbol; of two, the first in byte order. Returns how many stacks the
 * fact has now, or ERR_MEMORY. */
int profile_fact_stack(struct profile *p, const struct fact_key *key, uint32_t stack, struct error *e);

/* How many stacks the fact with these values has. At STACKS_PER_FACT there is no need to look for
 * another. */
size_t profile_stacks_known(const struct profile *p, const struct fact_key *key);

/* Sets the function name of a frame; to be called after a recording, once for each of
 * profile_frame_count. The name, of at most STACK_SYMBOL bytes, is copied; NULL or "": unknown.
 * Returns 0 or ERR_MEMORY. */
int profile_set_symbol(struct profile *p, size_t frame, const char *symbol, uint64_t symbol_offset, struct error *e);

#endif
