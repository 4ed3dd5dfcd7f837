/* generator/emit/new.c: the formats do not know the compiler. SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"
