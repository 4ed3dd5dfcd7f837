/* Calls that transfer a part and then end, because their thread is traced. SPDX-License-Identifier: MIT
 *
 * A signal that does nothing is delivered to who is traced (waits.h). A call that writes to a pipe or a socket, or that receives
 * all it asked for, ends with what it has transferred by then; natively it would go on. So it is made once more for the rest,
 * and returns the sum. On x86_64; calls whose arguments are a list of buffers are left as they are. */
#ifndef PINHOLE_TRACER_PTRACE_TRANSFERS_H
#define PINHOLE_TRACER_PTRACE_TRANSFERS_H

#include <stdbool.h>

#include "tracer/ptrace/stop.h"

struct tracee;

/* At the stop of a signal that is delivered, or at another (0): where nothing but the stop or a signal that does nothing has cut a
 * call short, it goes on when the tracee does. Until its exit the tracee must stop at calls. */
void transfer_go_on(struct tracee *tracee, int signal);

/* At any stop, first: where the tracee has not come to that call, it has returned from the one before. */
void transfer_stop(struct tracee *tracee, struct stop stop);

/* At a call's exit, after alter_restore: gives the result of both. Returns whether there is one. */
bool transfer_end(struct tracee *tracee);

#endif
