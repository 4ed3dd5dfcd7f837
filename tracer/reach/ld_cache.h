/* Where the dynamic loader of glibc finds libraries besides folders: ldconfig's cache, and variants for newer
 * processors. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_LD_CACHE_H
#define PINHOLE_TRACER_REACH_LD_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* The levels of x86-64 (System V ABI, AMD64 supplement, 3.1.1), for which there can be folders
 * glibc-hwcaps/x86-64-vN. */
enum { LEVEL_LOWEST = 1, LEVEL_HIGHEST = 4 };

/* The level of this machine's processor; the lowest on one of another architecture. */
int cache_level(void);

/* Tries a path. Returns whether that was it, and the search is over. */
typedef bool cache_try(void *context, const char *path);

/* Tries the paths that a cache of n bytes, of any of ldconfig's formats, has for a library of x86-64, in ld.so's order:
 * variants for the highest level first, none above `level`. After the last byte there must be a NUL. Returns whether
 * one was it; false also where it is no cache. */
bool cache_search(const char *bytes, size_t n, const char *name, int level, cache_try *try, void *context);

#endif
