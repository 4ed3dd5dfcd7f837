/* tracer/ptrace/new.c: the loop must not know what a recorder does with calls. SPDX-License-Identifier: MIT */
#include "tracer/record/recorder.h"
