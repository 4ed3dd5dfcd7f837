/* build: -m32 */
/* The same, 32-bit. SPDX-License-Identifier: MIT */
#include "transfers.h"
