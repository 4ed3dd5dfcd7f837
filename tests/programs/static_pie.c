/* build: -static-pie -fPIE */
/* The small workload as a static position-independent binary: its entry point is known after exec only.
 * SPDX-License-Identifier: MIT */
#include "work.h"
