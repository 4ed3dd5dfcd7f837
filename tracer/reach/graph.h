/* Which code can be reached: functions, and what leads from one to another. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_GRAPH_H
#define PINHOLE_TRACER_REACH_GRAPH_H

#include "policies/base/index.h"
#include "tracer/reach/libraries.h"

#define NODE_NONE UINT32_MAX

/* Why code can be reached that no code leads to; the first ones make the better paths, and are tried first. */
enum root {
	ROOT_ENTRY,	  /* the program's entry point */
	ROOT_PROGRAM,	  /* what the loader runs of it, and addresses in its data */
	ROOT_INTERPRETER, /* the loader, which the kernel starts */
	ROOT_LIBRARIES,
	ROOT_SEEN,  /* modules that are loaded while it runs: all that they export */
	ROOT_NAMES, /* names that are looked up at run time: dlsym(3) */
	ROOT_COUNT
};

/* A function, or a part of one. */
struct node {
	uint32_t module; /* position among the libraries */
	uint32_t parent; /* what led here first: the shortest way; NODE_NONE: a root */
	uint32_t depth;	 /* how many steps that way has */
	uint32_t group;	 /* union-find: parts of one function, as jumps into their middles show */
	uint64_t from, to;
	uint8_t root; /* enum root that the way begins at */
	bool reached;
	bool taken;	       /* its address is in data, so that it may be called from anywhere */
	bool data;	       /* nothing shows that it is code, and it does not look like it */
	bool damaged;	       /* has bytes that are no known instruction */
	bool returns;	       /* may come back to its caller */
	bool jumps;	       /* has jumps whose targets are computed */
	unsigned char *starts; /* bit i: an instruction begins at from + i */
};

enum edge_kind { EDGE_CALL, EDGE_JUMP, EDGE_REF };

/* Code that names other code. */
struct edge {
	uint32_t from, to;
	uint64_t site, target; /* addresses of the instruction and of what it names, in the modules of the nodes */
	uint8_t kind;	       /* enum edge_kind */
};

/* A place where the kernel is called. */
struct site {
	uint32_t node;
	uint8_t trap; /* enum trap; TRAP_NONE: bytes that may be one, in code that is not understood */
	uint64_t address;
};

struct export
{
	uint32_t module, symbol;
	uint32_t next; /* of the same name, in the order of lookup; UINT32_MAX: no more */
};

/* A string that code refers to and that is an exported name. */
struct literal {
	uint32_t module, export;
};

/* A call, by module and address. */
struct final_call {
	uint64_t site;
	uint32_t module;
	bool returns;
};

struct work {
	uint32_t node;
	uint64_t address;
};

struct graph {
	struct libraries *libraries;
	const struct code_arch *arch;
	struct decoder *decoder;
	VEC(struct node) nodes;
	VEC(uint32_t) bases; /* of each module the position of its first node */
	VEC(struct edge) edges;
	VEC(struct site) sites;
	VEC(struct export) exports;
	struct index names; /* of exports: the first of each name */
	VEC(struct literal) literals;
	VEC(uint8_t) lookups;		    /* of each module: the bits below */
	VEC(struct final_call) final_calls; /* calls that never come back; sorted */
	VEC(struct work) queue;
	size_t done; /* of the queue */
	uint8_t root;
	bool failed; /* no memory */
};

enum {
	LOOKS_UP = 1,	/* calls dlsym */
	LOADS = 2,	/* calls dlopen */
	TAKES_TABLE = 4 /* may take any word of its table of addresses */
};

/* Finds all that can be reached in modules whose functions are known. Returns 0 or a negative code; what was made is to
 * be freed in any case. */
int graph_build(struct graph *g, struct libraries *l, struct decoder *d, struct error *e);

void graph_free(struct graph *g);

/* The node that holds an address of a module, or NODE_NONE. */
uint32_t graph_node_at(const struct graph *g, uint32_t module, uint64_t address);

/* Whether the call at an address never comes back: what it calls has no way to return. */
bool graph_call_ends(const struct graph *g, uint32_t module, uint64_t site);

/* The one that stands for all parts of the function. */
uint32_t graph_group(struct graph *g, uint32_t node);

#endif
