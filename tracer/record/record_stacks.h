/* Who made the calls: the stacks of new facts, and the names of the functions in them. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_STACKS_H
#define PINHOLE_TRACER_RECORD_STACKS_H

#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/profile/profile.h"
#include "tracer/process/registers.h"

/* All zero is a beginning, and takes no stacks. */
struct callers {
	unsigned frames;	     /* most frames in a stack; 0: no stacks are taken */
	const struct profile *known; /* facts that need no more stacks, if they have one here; or NULL */
	struct unwinder *unwinder;   /* made for the first stack */
};

/* At a call whose fact was just counted: unwinds the stack of the thread that makes it, unless enough stacks of the
 * fact are known, and adds it to the fact. The thread must not run meanwhile; `at` reads its registers. A stack that
 * cannot be unwound is no error: the stack notes it. Returns 0 or ERR_MEMORY. */
int callers_note(struct callers *c, pid_t tid, read_registers *at, const struct fact_key *key, struct profile *p,
		 struct error *e);

/* Names the functions of all frames, from the modules' files as they are now. A file of another build (by its build ID)
 * names none. Returns 0 or ERR_MEMORY. */
int callers_name(struct profile *p, struct error *e);

void callers_free(struct callers *c);

#endif
