/* Addresses that two instructions make: one sets a register to the address of a page, a later one adds the rest.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_PAGES_H
#define PINHOLE_TRACER_REACH_PAGES_H

#include "tracer/reach/graph.h"

/* Called for an instruction that completes an address. The instruction is valid until the call returns. */
typedef void pages_found(void *context, const struct insn *i, enum ref kind, uint64_t address);

/* Follows each address of a page (insn.page) in a node through the function, up to where its register gets another value,
 * and calls `found` for each address that is made of it. Returns false where there is no memory. */
bool pages_follow(struct graph *g, uint32_t node, pages_found *found, void *context);

#endif
