/* Waits for tracees fairly: the kernel's own order starves older ones. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_FAIR_WAIT_H
#define PINHOLE_TRACER_PTRACE_FAIR_WAIT_H

#include "tracer/ptrace/tracee.h"

/* All zero to begin with. */
struct fair_wait {
	VEC(pid_t) round; /* the threads to check in this round */
	size_t next;	  /* the index of the next one */
	size_t since;	  /* stops since the last round */
};

/* Call this before each wait for any tracee. If several have stopped, the kernel reports the one
 * that was attached last (kernel/ptrace.c, __ptrace_link; kernel/exit.c, ptrace_do_wait): a few
 * busy tracees would keep all older ones waiting. So from time to time there is a round that checks
 * each of them. Returns the id of one that has stopped or ended, with *status (waitpid(2)); or 0:
 * wait for any. */
pid_t fair_wait_next(struct fair_wait *w, const struct tracee_table *tracees, int *status);

void fair_wait_free(struct fair_wait *w);

#endif
