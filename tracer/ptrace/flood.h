/* Signals that do nothing, and come faster than a tracee can be restarted. SPDX-License-Identifier: MIT
 *
 * The kernel delivers to who is traced what it would drop otherwise. A timer that sends such a signal every few microseconds
 * (timer_create(2)) leaves the tracee no time between two stops. Then the signal is blocked for a while, and the tracee is
 * stopped before each call that could show that, or hand it on. */
#ifndef PINHOLE_TRACER_PTRACE_FLOOD_H
#define PINHOLE_TRACER_PTRACE_FLOOD_H

#include <stdbool.h>

#include "tracer/ptrace/stop.h"

struct tracee;

/* At any stop, first: the signal is no longer blocked where a handler may run, or another program begins. */
void flood_stop(struct tracee *tracee, struct stop stop);

/* At a signal's stop, after that: blocks it if it does nothing and has come too often. */
void flood_note(struct tracee *tracee, int signal);

/* At the entry stop of a call: the signal is no longer blocked where the call could show it, or a while has passed. */
void flood_call(struct tracee *tracee, const char *name);

/* A new thread or process has what its maker had blocked. `held`: its first stop was before this. */
void flood_inherit(struct tracee *child, const struct tracee *parent, bool held);

/* At any stop: the signal is no longer blocked. */
void flood_end(struct tracee *tracee);

#endif
