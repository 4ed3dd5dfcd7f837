/* Restarts calls that a stop of ours, or a signal that does nothing, has interrupted, so that the
 * program does not notice. waits.h says which calls those are, and how each is restarted.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_RESTART_INTERRUPTED_H
#define PINHOLE_TRACER_PTRACE_RESTART_INTERRUPTED_H

#include <stdbool.h>

#include "tracer/ptrace/stop.h"
#include "tracer/ptrace/tracee.h"

struct __ptrace_syscall_info;

/* At a call's exit stop. Returns whether the call is restarted. If not, *info has its result. */
bool interrupted_at_exit(struct tracee_table *t, struct tracee *tracee, struct __ptrace_syscall_info *info);

/* At the stop that PTRACE_INTERRUPT or PTRACE_SEIZE made. */
void interrupted_at_trap(struct tracee_table *t, struct tracee *tracee);

/* At a signal's stop; `delivered`: the program will get the signal. */
void interrupted_at_signal(struct tracee_table *t, struct tracee *tracee, int signal, bool delivered);

/* At a group stop. */
void interrupted_at_group_stop(struct tracee *tracee);

/* At any stop before detaching; `signal`: the signal that it gets, or 0. */
void interrupted_at_leaving(struct tracee_table *t, struct tracee *tracee, struct stop stop, int signal);

#endif
