/* The monotonic clock, for waits and measurements. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_CLOCK_H
#define PINHOLE_POLICIES_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC (clock_gettime(2)) in nanoseconds, and in milliseconds. */
int64_t now_ns(void);
int64_t now_ms(void);

#endif
