/* Ticks, ten times a second, which interrupt the wait for tracees. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_TIMER_H
#define PINHOLE_TRACER_RECORD_TIMER_H

#include <stdbool.h>

/* Starts and stops the ticks. Each is a signal, with which waitpid(2) ends with EINTR. */
void ticks_start(void);
void ticks_stop(void);

/* Returns whether a tick has come since the last call. */
bool ticks_passed(void);

#endif
