/* What a tracee aims at the recorder itself: signals, ptrace(2). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_AIMED_H
#define PINHOLE_TRACER_RECORD_AIMED_H

#include "tracer/record/recorder.h"

/* At the entry stop of a call, or at a filter's. Attaching to the recorder fails with EPERM: each would wait for the other, for
 * ever. A signal goes to the recorder's parent, which is the program's own where nobody watches. Where the recorder does not
 * stand between a command and its parent (-p, a helper), the call fails as if the recorder were not there. Signals to a group
 * are left alone. So it is with a descriptor's owner, who gets signals when there is something to read (fcntl(2), F_SETOWN). */
void aimed_turn_away(struct recorder *r, struct tracee *tracee, const struct call *call, const char *name);

/* Whether such a call, whose second argument is `how`, sets a descriptor's owner. */
bool aimed_sets_owner(const char *name, uint64_t how);

#endif
