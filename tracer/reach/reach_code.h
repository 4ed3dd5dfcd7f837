/* Which system calls a program's code can reach, found by reading it. SPDX-License-Identifier: MIT
 *
 * The answer is meant to be too large rather than too small. It assumes:
 * - a computed call goes to a function whose address is in data, or is taken in reachable code;
 * - a function that is reached is reached as a whole;
 * - calls keep to the ABI's registers;
 * - a function that is looked up by name at run time is named by a string to which the code refers.
 * It does not see code that is made at run time, modules that dlopen loads (unless `extra` names them), LD_PRELOAD, other programs
 * that are executed, and the vDSO (it falls back to calls that libc has as well). */
#ifndef PINHOLE_TRACER_REACH_CODE_H
#define PINHOLE_TRACER_REACH_CODE_H

#include "policies/reach/reachable.h"

struct code_options {
	const char *path;	  /* the program: an ELF file */
	const char *library_path; /* LD_LIBRARY_PATH's value, or NULL */
	const char *root;	  /* a folder below which all paths are; NULL: none */
	const char *cache;	  /* the file that ldconfig writes; NULL: /etc/ld.so.cache */
	const char *const *extra; /* modules that the program loads while it runs */
	size_t extra_count;
	bool alone; /* search only the program's file, not its loader and libraries */
};

/* Searches. Returns the reachable calls, which the caller frees with reachable_free; or NULL, with an error that names
 * the file: it cannot be found or read, is not for x86_64 or aarch64, or there is no memory. */
struct reachable *code_reach(const struct code_options *o, struct error *e);

#endif
