/* Calls by which a tracee would signal or trace the recorder itself. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_AIMED_H
#define PINHOLE_TRACER_PTRACE_AIMED_H

#include "tracer/ptrace/loop.h"

/* At a call's entry stop, or at the filter's: changes the call if it is aimed at the recorder.
 * Attaching to the recorder fails with EPERM: each would wait for the other forever. A signal to
 * the recorder goes to the recorder's parent, which would be the program's parent without the
 * recorder. If the recorder does not stand between a command and its parent (loop->between), the
 * call fails as if there were no recorder. The same applies to the owner of a descriptor, who gets
 * signals when there is something to read (fcntl(2), F_SETOWN). Signals to a process group are not
 * changed. */
void aimed_turn_away(struct loop *l, struct tracee *tracee, const struct call *call, const char *name);

#endif
