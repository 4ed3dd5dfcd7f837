/* Signals to the recorder, which stands where the command would, without a tracer. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_SIGNALS_H
#define PINHOLE_TRACER_NOTIFY_SIGNALS_H

#include <sys/types.h>

#include "policies/base/error.h"

/* From now on signals to this process wait at a descriptor, which is returned (signalfd(2)); or ERR_SYSTEM. Those of job control
 * work as ever. The signals stay blocked for good, so that the profile can be saved. */
int incoming_begin(struct error *e);

/* Passes on to the command what waits there. Not passed on: what comes from the command or its descendants, and the terminal's
 * signals, which reach the command by themselves. `command` 0: it has ended. */
void incoming_pass_on(int fd, pid_t command);

#endif
