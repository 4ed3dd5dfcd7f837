/* ldconfig's cache, in which glibc's dynamic loader looks libraries up, and their variants for newer processors.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_LD_CACHE_H
#define PINHOLE_TRACER_REACH_LD_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "tracer/reach/instructions/insn.h"

/* The levels of x86-64 processors (System V ABI, AMD64 supplement, 3.1.1). Variants of libraries for them are in
 * folders glibc-hwcaps/x86-64-vN. */
enum { LEVEL_LOWEST = 1, LEVEL_HIGHEST = 4 };

/* Returns the level of this machine's processor; the lowest where it is no x86-64 one. */
int cache_level(void);

/* Tries a path. Returns whether it is the library: then the search is over. */
typedef bool cache_try(void *context, const char *path);

/* Tries the paths that a cache has for an architecture's library of that name, in ld.so's order: variants for the highest level
 * first, none above `level`. The cache has n bytes, any of ldconfig's formats, and a NUL behind its last byte. Returns
 * whether `try` has accepted one; false also where the bytes are no cache. */
bool cache_search(const char *bytes, size_t n, const struct code_arch *arch, const char *name, int level,
		  cache_try *try, void *context);

#endif
