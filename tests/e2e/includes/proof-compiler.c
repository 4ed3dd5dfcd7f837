/* generator/verify/new.c: the proof does not know the compiler. SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"
