/* tracer/record/new.c: the tracer must not know the generator. SPDX-License-Identifier: MIT */
#include "generator/generator.h"
