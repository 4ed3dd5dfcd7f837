/* Calls with a time limit, while signals that do nothing come. SPDX-License-Identifier: MIT */
#include "limits.h"
