/* Whose turn it is, where several tracees have stopped. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_FAIR_WAIT_H
#define PINHOLE_TRACER_PTRACE_FAIR_WAIT_H

#include "tracer/ptrace/tracee.h"

/* All zero to begin with. */
struct fair_wait {
	VEC(pid_t) round; /* those who are asked in this round */
	size_t next;	  /* of them */
	size_t since;	  /* stops since the last one */
};

/* Called before each wait for any tracee. Of several that have stopped the kernel tells of the one that is traced for
 * the shortest time (kernel/ptrace.c, __ptrace_link; kernel/exit.c, ptrace_do_wait): a few that are busy would keep all
 * older ones waiting as long as they are. So every now and then each is asked for. Returns who has stopped or ended,
 * with *status; or 0: it is nobody's turn. */
pid_t fair_wait_next(struct fair_wait *w, const struct tracee_table *tracees, int *status);

void fair_wait_free(struct fair_wait *w);

#endif
