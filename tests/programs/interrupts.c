/* What becomes of calls that wait when a signal comes. SPDX-License-Identifier: MIT */
#include "interrupts.h"
