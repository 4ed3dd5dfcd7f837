/* Calls that a stop of ours, or a signal that does nothing, has interrupted: they are made anew, so that the program
 * does not see it. Which calls those are, and how each is made anew, is in waits.h. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_INTERRUPTED_H
#define PINHOLE_TRACER_PTRACE_INTERRUPTED_H

#include <stdbool.h>

#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/tracee.h"

struct __ptrace_syscall_info;

/* At a call's exit stop. Returns whether the call is made anew. If not, *info says how it ends. */
bool interrupted_at_exit(struct tracee_table *t, struct tracee *tracee, struct __ptrace_syscall_info *info);

/* At the stop that PTRACE_INTERRUPT or PTRACE_SEIZE made. */
void interrupted_at_trap(struct tracee_table *t, struct tracee *tracee);

/* At a signal's stop; `delivered`: the program will get the signal. */
void interrupted_at_signal(struct tracee_table *t, struct tracee *tracee, int signal, bool delivered);

/* At a group stop. */
void interrupted_at_group_stop(struct tracee *tracee);

/* At any stop at which the tracee is about to be left; `signal`: it gets that, or 0. */
void interrupted_at_leaving(struct tracee_table *t, struct tracee *tracee, struct stop stop, int signal);

#endif
