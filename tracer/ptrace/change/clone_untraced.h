/* Keeps children traced that ask not to be (CLONE_UNTRACED). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_CHANGE_CLONE_UNTRACED_H
#define PINHOLE_TRACER_PTRACE_CHANGE_CLONE_UNTRACED_H

#include "policies/profile/profile.h"
#include "tracer/ptrace/tracee.h"

/* At the entry of a clone or clone3 with CLONE_UNTRACED: removes the flag, whose only effect is
 * that no tracer is told (clone(2)). With the flag we would lose the child, and under a filter that
 * answers RET_TRACE all its calls would fail with ENOSYS. The tracee must stop at the call's exit
 * for untraced_restore. */
void untraced_clear(struct tracee *tracee, enum arch arch, const char *name, const uint64_t args[6]);

/* Notes what to restore in a new thread or process, which is a copy of its parent. */
void untraced_inherit(struct tracee *child, const struct tracee *parent);

/* At the call's exit, and at a child's first stop: restores the flag if the program could notice
 * that it is missing. */
void untraced_restore(struct tracee *tracee);

#endif
