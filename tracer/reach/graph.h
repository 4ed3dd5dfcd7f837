/* Which code can be reached: functions, and what leads from one to another. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_GRAPH_H
#define PINHOLE_TRACER_REACH_GRAPH_H

#include "policies/base/index.h"
#include "tracer/reach/files/libraries.h"

#define NODE_NONE UINT32_MAX

/* Where the ways to reachable code begin. Those named first make paths that tell more, and are followed first. */
enum root {
	ROOT_ENTRY,	  /* the program's entry point */
	ROOT_PROGRAM,	  /* functions of the program that the loader runs, and addresses in its data */
	ROOT_INTERPRETER, /* the loader, which the kernel starts */
	ROOT_LIBRARIES,	  /* as ROOT_PROGRAM, of the libraries */
	ROOT_SEEN,	  /* all exports of the modules that the program loads while it runs */
	ROOT_NAMES,	  /* exports that the program looks up by name while it runs: dlsym(3) */
	ROOT_COUNT
};

/* A function, or a part of one. */
struct node {
	uint32_t module; /* position among the libraries */
	uint32_t parent; /* the node before it on the shortest way; NODE_NONE: the way begins here */
	uint32_t depth;	 /* steps of that way */
	uint32_t group;	 /* union-find: nodes that are parts of one function, as jumps into their middles show */
	uint64_t from, to; /* its addresses, without `to` */
	uint8_t root;	   /* enum root at which the way begins */
	bool reached;
	bool taken;	       /* its address is in data: it may be called from anywhere */
	bool data;	       /* it may be data: it does not look like code, and nothing shows that it is */
	bool damaged;	       /* has bytes that are no known instruction */
	bool returns;	       /* may return to its caller */
	bool jumps;	       /* has computed jumps */
	unsigned char *starts; /* bit i: an instruction begins at from + i */
};

enum edge_kind { EDGE_CALL, EDGE_JUMP, EDGE_REF };

/* An instruction that calls, jumps to, or has the address of other code. */
struct edge {
	uint32_t from, to;     /* nodes */
	uint64_t site, target; /* addresses of the instruction and of the other code, in the modules of the nodes */
	uint8_t kind;	       /* enum edge_kind */
};

/* A place where the kernel is called. */
struct site {
	uint32_t node;
	uint8_t trap; /* enum trap; TRAP_NONE: bytes that may be such an instruction, in code that is not understood */
	uint64_t address;
};

struct export
{
	uint32_t module, symbol;
	uint32_t next; /* position of the next export of that name, in the order of lookup; UINT32_MAX: none */
};

/* A string that code refers to, and that is an exported name. */
struct literal {
	uint32_t module, export;
};

/* A call instruction. `returns`: its function may return. */
struct final_call {
	uint64_t site;
	uint32_t module;
	bool returns;
};

/* Code that is to be read: from an address of a node on. */
struct work {
	uint32_t node;
	uint64_t address;
};

struct graph {
	struct libraries *libraries;
	const struct code_arch *arch;
	struct decoder *decoder;
	VEC(struct node) nodes;
	VEC(uint32_t) bases; /* the position of each module's first node */
	VEC(struct edge) edges;
	VEC(struct site) sites;
	VEC(struct export) exports;
	struct index names; /* the first export of each name */
	VEC(struct literal) literals;
	VEC(uint8_t) lookups;		    /* LOOKS_UP, LOADS and TAKES_TABLE of each module */
	VEC(struct final_call) final_calls; /* calls that never return; sorted by module and site */
	VEC(struct work) queue;
	size_t done;  /* how many of the queue have been read */
	uint8_t root; /* enum root of the ways that are being followed */
	bool failed; /* no memory */
};

enum {
	LOOKS_UP = 1,	/* calls dlsym */
	LOADS = 2,	/* calls dlopen */
	TAKES_TABLE = 4 /* may use any word of its table of addresses */
};

/* Finds all reachable code of modules whose functions are known (image_find_functions). Fills *g, which graph_free
 * frees, also after an error. Returns 0 or ERR_MEMORY. */
int graph_build(struct graph *g, struct libraries *l, struct decoder *d, struct error *e);

void graph_free(struct graph *g);

/* Returns the file of a module. */
struct image *graph_image(const struct graph *g, uint32_t module);

/* Returns the node that holds an address of a module, or NODE_NONE. */
uint32_t graph_node_at(const struct graph *g, uint32_t module, uint64_t address);

/* Parts of graph_build, once all code is reached: classify.c. Lack of memory sets g->failed. */

/* Finds data among the code. Assembly keeps constants there (OpenSSL's does), whose addresses look like those of
 * functions. A node is code if it is a known function, if its address is in data, if other code calls it or jumps to
 * it, or, where code only takes its address, if it has nothing but instructions. */
void graph_find_data(struct graph *g);

/* Collects the calls that never return: no function that they may call returns. */
void graph_find_final_calls(struct graph *g);

/* Adds the bytes that may be a system call instruction in code that is not understood: its instructions may begin at
 * any byte. */
void graph_add_doubtful(struct graph *g);

/* Returns whether the call at an address never returns: the function that it calls has no way to return. */
bool graph_call_ends(const struct graph *g, uint32_t module, uint64_t site);

/* Returns the node that stands for all parts of the node's function. */
uint32_t graph_group(struct graph *g, uint32_t node);

#endif
