/* Ineffective signals that arrive faster than a tracee can be restarted. SPDX-License-Identifier:
 * MIT
 *
 * The kernel delivers signals to a tracee that it would otherwise drop. A timer that sends one
 * every few microseconds (timer_create(2)) leaves the tracee no time between two stops. Then the
 * signal is blocked for a while, and the tracee is stopped before each call that could show this,
 * or pass it on. */
#ifndef PINHOLE_TRACER_PTRACE_RESTART_FLOOD_H
#define PINHOLE_TRACER_PTRACE_RESTART_FLOOD_H

#include <stdbool.h>

#include "tracer/ptrace/stop.h"

struct tracee;

/* Call this first at any stop. Unblocks the signal if a handler may run, or another program
 * begins. */
void flood_stop(struct tracee *tracee, struct stop stop);

/* Call this at a signal's stop, after flood_stop: blocks the signal if it does nothing and comes
 * too often. */
void flood_note(struct tracee *tracee, int signal);

/* Call this at a call's entry stop: unblocks the signal if the call could show the block, or after
 * a while. */
void flood_call(struct tracee *tracee, const char *name);

/* A new thread or process inherits the block. `held`: its first stop came before this. */
void flood_inherit(struct tracee *child, const struct tracee *parent, bool held);

/* At any stop: unblocks the signal. */
void flood_end(struct tracee *tracee);

#endif
