/* tracer/record/new.c: libunwind is included in one file. SPDX-License-Identifier: MIT */
#include <libunwind-ptrace.h>
