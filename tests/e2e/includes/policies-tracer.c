/* policies/profile/new.h: the vocabulary must not know the tracer. SPDX-License-Identifier: MIT */
#include "tracer/tracer.h"
