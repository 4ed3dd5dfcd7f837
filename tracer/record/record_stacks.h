/* Who made the calls: the stacks of new facts, and the names of the functions in them. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_STACKS_H
#define PINHOLE_TRACER_RECORD_STACKS_H

#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/profile/profile.h"
#include "tracer/process/registers.h"

/* All zero takes no stacks. */
struct callers {
	unsigned frames;	     /* in a stack, at most */
	const struct profile *known; /* facts whose callers need not be looked for again; or NULL */
	struct unwinder *unwinder;   /* made for the first stack */
};

/* At a call whose fact was just counted: unwinds the stack of the thread that makes it, unless enough stacks of the
 * fact are known, and adds it to the fact. The thread must not run meanwhile; `at` reads its registers. A stack that
 * cannot be unwound is no error: the stack notes it. Returns 0 or ERR_MEMORY. */
int callers_note(struct callers *c, pid_t tid, read_registers *at, const struct fact_key *key, struct profile *p,
		 struct error *e);

/* After the run: names the functions of all frames, from the modules' files as they are now, where they are of the same
 * build. Returns 0 or ERR_MEMORY. */
int callers_name(struct profile *p, struct error *e);

void callers_free(struct callers *c);

#endif
