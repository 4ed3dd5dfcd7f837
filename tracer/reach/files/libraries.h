/* The modules that a program consists of once it is loaded. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_LIBRARIES_H
#define PINHOLE_TRACER_REACH_LIBRARIES_H

#include <sys/types.h>

#include "tracer/reach/files/module.h"

/* The most modules of a program: a file that needs more is an attack. */
enum { LIBRARIES = 1024 };

enum library_why {
	LIBRARY_PROGRAM,     /* it is the program */
	LIBRARY_INTERPRETER, /* it is the dynamic loader that PT_INTERP names */
	LIBRARY_NEEDED,	     /* another module needs it: DT_NEEDED */
	LIBRARY_SEEN,	     /* the options name it: a profile has seen it loaded */
};

struct library {
	struct image *image; /* owned */
	uint8_t why;   /* enum library_why */
	size_t loader; /* position of the module that needs it; its own where there is none */
	dev_t device;  /* which file it is: two names may lead to one file */
	ino_t inode;
};

/* The modules, in the order in which symbols are looked up: the program, then the modules that are needed, breadth
 * first. */
struct libraries {
	VEC(struct library) v;
	int root;	    /* a descriptor of the root folder; meaningless without one */
	char *root_path;    /* NULL: no root folder was given */
	size_t root_length; /* the bytes of image->path that name the root folder */
};

struct library_options {
	const char *path;	  /* the program */
	const char *library_path; /* LD_LIBRARY_PATH's value, or NULL */
	const char *root;	  /* all paths are below this folder; NULL: below / */
	const char *cache;	  /* the file that ldconfig writes; NULL: /etc/ld.so.cache */
	const char *const *extra; /* modules that the program loads while it runs */
	size_t extra_count;
	int level;  /* of the processor, for variants of libraries (ld_cache.h); 0: this machine's */
	bool alone; /* only the program, without its interpreter and libraries */
};

/* Opens the program, its interpreter, the extra modules, and all libraries that these need. Looks for them where glibc
 * does (ld.so(8)), or musl (ldso/dynlink.c) if the interpreter's name says so. Fills *l, which libraries_free frees,
 * also after an error. Returns 0, or a negative code where one cannot be read or found. */
int libraries_load(const struct library_options *o, struct libraries *l, struct error *e);

void libraries_free(struct libraries *l);

#endif
