/* Calls that would transfer only a part because their thread is traced. SPDX-License-Identifier:
 * MIT
 *
 * A tracee also gets signals that do nothing (waits.h). So a call that writes to a pipe or a
 * socket, or that must receive all it asked for, ends after a part; untraced it would go on. It is
 * repeated for the rest, and returns the sum. Only on x86_64; calls with a list of buffers are not
 * repeated. */
#ifndef PINHOLE_TRACER_PTRACE_RESTART_TRANSFERS_H
#define PINHOLE_TRACER_PTRACE_RESTART_TRANSFERS_H

#include <stdbool.h>

#include "tracer/ptrace/stop.h"

struct tracee;

/* At the stop of a signal that is delivered, or at another (0): if only the stop or a signal that
 * does nothing cut a call short, arranges its repetition. Until that call's exit the tracee must
 * stop at calls. */
void transfer_go_on(struct tracee *tracee, int signal);

/* Call this first at any stop: if the tracee has not reached the repetition, it has returned from
 * the first call. */
void transfer_stop(struct tracee *tracee, struct stop stop);

/* At a call's exit, after alter_restore: sets the sum as the result. Returns whether there is
 * one. */
bool transfer_end(struct tracee *tracee);

#endif
