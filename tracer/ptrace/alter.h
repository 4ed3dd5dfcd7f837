/* A call that a tracee is about to make is altered. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_ALTER_H
#define PINHOLE_TRACER_PTRACE_ALTER_H

#include "tracer/ptrace/tracee.h"

/* At a filter's stop: the call is not made, and fails with that errno value. (At an entry stop all filters would judge
 * the number -1, by which this is done, and those of the program's own may not allow it.) */
void alter_answer(pid_t tid, int error);

/* At such a stop, or the entry stop of a call: the call is made with that number and those first three arguments.
 * alter_restore must follow at its exit. */
void alter_call(struct tracee *tracee, enum arch arch, long nr, const uint64_t args[ALTERED]);

/* At a call's exit stop: the registers are as the program left them. */
void alter_restore(struct tracee *tracee);

#endif
