/* The small workload as an ordinary dynamic binary. SPDX-License-Identifier: MIT */
#include "work.h"
