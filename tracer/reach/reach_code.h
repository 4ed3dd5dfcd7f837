/* Which system calls a program's code can reach, found by reading it. SPDX-License-Identifier: MIT
 *
 * The answer is meant to be too large rather than too small. What it counts on: computed calls go to functions whose
 * address is taken in code that can be reached, or in data; a function is reached as a whole; calls keep to the ABI's
 * registers; functions that are looked up by name at run time are named by strings that the code refers to. What it
 * does not know: code that is made at run time, modules that are loaded by dlopen (unless named in `extra`),
 * LD_PRELOAD, the vDSO (whose fallbacks are calls that libc has as well), and what other programs do that are executed.
 */
#ifndef PINHOLE_TRACER_REACH_CODE_H
#define PINHOLE_TRACER_REACH_CODE_H

#include "policies/reach/reachable.h"

struct code_options {
	const char *path;	  /* the program: an ELF file */
	const char *library_path; /* LD_LIBRARY_PATH's value, or NULL */
	const char *cache;	  /* the file that ldconfig writes; NULL: /etc/ld.so.cache */
	const char *const *extra; /* modules that it loads while it runs */
	size_t extra_count;
	bool alone; /* the file only, without its loader and libraries */
};

/* Searches. NULL and an error that names the file: one can't be read, is for another architecture than x86_64, is not
 * found, or there is no memory. The caller frees with reachable_free. */
struct reachable *code_reach(const struct code_options *o, struct error *e);

#endif
