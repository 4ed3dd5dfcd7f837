/* build: -m32 */
/* The small workload as a 32-bit binary: its calls are those of architecture i386.
 * SPDX-License-Identifier: MIT */
#include "work.h"
