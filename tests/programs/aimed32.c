/* build: -m32 -pthread */
/* The same, 32-bit. SPDX-License-Identifier: MIT */
#include "aimed.h"
