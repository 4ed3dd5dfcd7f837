/* The modules that a program consists of once it is loaded. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_LIBRARIES_H
#define PINHOLE_TRACER_REACH_LIBRARIES_H

#include <sys/types.h>

#include "tracer/reach/module.h"

/* So many at most: more are no program, but an attack. */
enum { LIBRARIES = 1024 };

enum library_why {
	LIBRARY_PROGRAM,     /* the first */
	LIBRARY_INTERPRETER, /* PT_INTERP: the dynamic loader */
	LIBRARY_NEEDED,	     /* DT_NEEDED of another */
	LIBRARY_SEEN,	     /* asked for: a profile saw it */
};

struct library {
	struct image *image;
	uint8_t why;   /* enum library_why */
	size_t loader; /* position of the module that it is needed by; its own where there is none */
	dev_t device;  /* the file's identity: two names may be one */
	ino_t inode;
};

/* In the order in which symbols are looked for: the program, then what is needed, breadth first. */
struct libraries {
	VEC(struct library) v;
};

struct library_options {
	const char *path;	  /* the program */
	const char *library_path; /* LD_LIBRARY_PATH's value, or NULL */
	const char *cache;	  /* the file that ldconfig writes; NULL: /etc/ld.so.cache */
	const char *const *extra; /* modules that are loaded while it runs, and what they need */
	size_t extra_count;
	int level;  /* of the processor, for variants of libraries (ld_cache.h); 0: this machine's */
	bool alone; /* without its interpreter and what it needs */
};

/* Opens the program, its interpreter, and what they need, found where glibc (ld.so(8)) or, after the interpreter's
 * name, musl (ldso/dynlink.c) looks for it. Returns 0, or a negative code and an error: one can't be read or found.
 * What was opened is to be freed in any case. */
int libraries_load(const struct library_options *o, struct libraries *l, struct error *e);

void libraries_free(struct libraries *l);

#endif
