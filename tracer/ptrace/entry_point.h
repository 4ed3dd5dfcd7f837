/* The moment when a program reaches its entry point: the dynamic loader is done, phase `load` ends.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_ENTRY_POINT_H
#define PINHOLE_TRACER_PTRACE_ENTRY_POINT_H

#include <stdbool.h>

#include "tracer/ptrace/tracee.h"

/* At an exec stop: sets a breakpoint at the entry point, and the process is in phase `load`. The process is in phase
 * `main` at once where it has no loader, and where no breakpoint can be set (`blind` is true then): the program is not
 * `readable`, ignores SIGTRAP, or cannot be written to. A process in phase `serve` stays in it. */
void entry_point_watch(struct process *process, bool readable);

/* At a SIGTRAP: returns whether it comes from that breakpoint. If so, the program is as if there had been none, and the
 * process is in phase `main`; the signal must not be delivered. */
bool entry_point_reached(struct tracee *tracee);

/* Removes the breakpoint, if one is set. The tracee is at a stop. */
void entry_point_forget(struct tracee *tracee);

#endif
