/* The monotonic clock. SPDX-License-Identifier: MIT */
#include "policies/base/clock.h"

#include <time.h>

int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t now_ms(void)
{
	return now_ns() / 1000000;
}
