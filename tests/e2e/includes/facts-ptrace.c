/* tracer/record/recorder.c: facts are made without ptrace. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/tracee.h"
