/* Stops a program at its entry point: the dynamic loader is done, phase `load` ends.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_CHANGE_ENTRY_POINT_H
#define PINHOLE_TRACER_PTRACE_CHANGE_ENTRY_POINT_H

#include <stdbool.h>

#include "tracer/ptrace/tracee.h"

/* At an exec stop: sets a breakpoint at the entry point; the process is in phase `load`. It is in
 * phase `main` at once if it has no loader, or if no breakpoint can be set (then `blind` becomes
 * true): the program is not `readable`, ignores SIGTRAP, or cannot be written to. A process in
 * phase `serve` stays in it. */
void entry_point_watch(struct process *process, bool readable);

/* At a SIGTRAP: returns whether it comes from that breakpoint. If so, removes all traces of the
 * breakpoint; the process is now in phase `main`, and the signal must not be delivered. */
bool entry_point_reached(struct tracee *tracee);

/* Removes the breakpoint if one is set. The tracee must be stopped. */
void entry_point_forget(struct tracee *tracee);

#endif
