/* build: -m32 -static */
/* The small workload as a static 32-bit binary. SPDX-License-Identifier: MIT */
#include "work.h"
