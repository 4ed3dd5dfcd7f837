/* build: -static */
/* The small workload as a static binary: its first instruction is already phase `main`.
 * SPDX-License-Identifier: MIT */
#include "work.h"
