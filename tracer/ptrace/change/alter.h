/* Changes the call that a tracee is about to make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_CHANGE_ALTER_H
#define PINHOLE_TRACER_PTRACE_CHANGE_ALTER_H

#include "tracer/ptrace/tracee.h"

/* At a filter's stop: skips the call, which then fails with that errno value. Not at an entry stop:
 * there the program's own filters would see the number -1, by which calls are skipped, and may deny
 * it. */
void alter_answer(pid_t tid, int error);

/* At a filter's stop or an entry stop: changes the call's number and its first four arguments.
 * alter_restore must follow at its exit. `arch`: the call's architecture. */
void alter_call(struct tracee *tracee, enum arch arch, long nr, const uint64_t args[ALTERED]);

/* At a call's exit stop: restores the registers that alter_call changed, if it did. */
void alter_restore(struct tracee *tracee);

#endif
