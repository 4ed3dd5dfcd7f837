/* Children that ask not to be traced (CLONE_UNTRACED). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_CLONE_UNTRACED_H
#define PINHOLE_TRACER_PTRACE_CLONE_UNTRACED_H

#include "policies/profile/profile.h"
#include "tracer/ptrace/tracee.h"

/* At the entry of a clone or clone3 with CLONE_UNTRACED: takes the flag out of what the kernel will see. It means
 * nothing else than that a tracer is not told (clone(2)); left in, the child would be lost, and under a filter that
 * answers RET_TRACE all its calls would fail with ENOSYS. The tracee must stop at the call's exit for
 * untraced_restore. */
void untraced_clear(struct tracee *tracee, enum arch arch, const char *name, const uint64_t args[6]);

/* Tells a new thread or process what it has to have restored, as a copy of its parent. */
void untraced_inherit(struct tracee *child, const struct tracee *parent);

/* At the call's exit, or a child's first stop: puts the flag back where the program could notice that it is gone. */
void untraced_restore(struct tracee *tracee);

#endif
