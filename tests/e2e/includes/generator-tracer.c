/* generator/infer/new.c: the generator must not know the tracer. SPDX-License-Identifier: MIT */
#include "tracer/tracer.h"
