/* Calls with all manner of flags, 64-bit. SPDX-License-Identifier: MIT */
#include "calls.h"
