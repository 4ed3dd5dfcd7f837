/* Altering the call that a tracee is about to make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_ALTER_H
#define PINHOLE_TRACER_PTRACE_ALTER_H

#include "tracer/ptrace/tracee.h"

/* At a filter's stop: skips the call, which fails with that errno value. Not at an entry stop: there the program's own
 * filters would see the number -1, by which calls are skipped, and may deny it. */
void alter_answer(pid_t tid, int error);

/* At such a stop or at an entry stop: has the call made with that number and those first four arguments. alter_restore
 * must follow at its exit. `arch`: of the call. */
void alter_call(struct tracee *tracee, enum arch arch, long nr, const uint64_t args[ALTERED]);

/* At the exit stop of a call: puts back the registers that alter_call has changed, if it has. */
void alter_restore(struct tracee *tracee);

#endif
