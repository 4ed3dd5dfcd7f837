/* The system calls that a program's code can reach, each with a path to it. tracer/reach/ finds
 * them by reading the code, not by watching.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_REACHABLE_H
#define PINHOLE_POLICIES_REACHABLE_H

#include "policies/abi/abi.h"
#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/base/vector.h"

/* The largest such file that is read, in bytes. */
#define REACHABLE_SIZE_LIMIT ((size_t)64 << 20)

/* A file that contains code of the program. */
struct reachable_module {
	char *path;
	char *build_id;	    /* hex of the ELF note, or NULL where there is none */
	char *why;	    /* "program", "interpreter", "needed", "seen" (by a profile) */
	uint64_t functions; /* how many it has */
	uint64_t reached;   /* how many of them can be reached */
};

/* A function. */
struct reachable_function {
	uint32_t module; /* position among the modules */
	uint64_t offset; /* where it begins: an ELF virtual address of the module, as addr2line takes it */
	char *name;	 /* or NULL where it is not known */
};

/* A call that the code can make. */
struct reachable_call {
	uint8_t arch; /* enum arch */
	uint32_t nr;
	VEC(struct reachable_function) path; /* the functions on the way, the outermost first */
};

/* A place that calls the kernel with an unknown number: it could make any call. */
struct reachable_place {
	struct reachable_function function; /* with the address of the instruction as its offset */
	char *why;
};

struct reachable {
	uint64_t sites;			      /* places where the kernel is called */
	VEC(struct reachable_module) modules; /* the first is the program */
	VEC(struct reachable_call) calls;     /* sorted by architecture and number, each once */
	VEC(struct reachable_place) undecided;
	VEC(char *) notes; /* what could not be found out: sentences for people */
};

/* Frees all; NULL is fine. */
void reachable_free(struct reachable *r);

/* Appends a path: "main → foo → libc.so.6:splice". A function's module is named if it differs from
 * that of the function before. */
void reachable_path_text(const struct reachable *r, const struct reachable_call *call, struct text *out);

/* Appends all of it for people. Returns 0 or ERR_MEMORY. `seconds`: how long it took to find out
 * (negative: omitted). */
int reachable_show(const struct reachable *r, double seconds, struct text *out);

/* Appends the file: JSON as described in library/FORMAT.md. Returns 0, ERR_MEMORY, or ERR_LIMIT if
 * it would be too large to be read. */
int reachable_format(const struct reachable *r, struct text *out, struct error *e);

/* Reads such a file from n bytes; `name` is for messages with places. NULL: an error. */
struct reachable *reachable_parse(const char *bytes, size_t n, const char *name, struct error *e);

/* Does what reachable_parse does, for a file ("-": standard input). */
struct reachable *reachable_read(const char *path, struct error *e);

#endif
