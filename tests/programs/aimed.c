/* build: -pthread */
/* What a program aims at its parent. SPDX-License-Identifier: MIT */
#include "aimed.h"
