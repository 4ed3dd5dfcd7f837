/* A clock for the loop, which waits for tracees and nothing else. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_TIMER_H
#define PINHOLE_TRACER_RECORD_TIMER_H

#include <stdbool.h>

/* From now on a tick comes ten times a second: it interrupts waitpid(2) (EINTR), by SIGALRM. */
void ticks_start(void);
void ticks_stop(void);

/* Whether one came since the last time. */
bool ticks_passed(void);

#endif
