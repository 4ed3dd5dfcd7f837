/* build: -m32 */
/* Calls with all manner of flags, 32-bit. SPDX-License-Identifier: MIT */
#include "calls.h"
