/* build: -pthread */
/* Filters of a program's own that answer RET_TRACE. SPDX-License-Identifier: MIT */
#include "own_trace.h"
