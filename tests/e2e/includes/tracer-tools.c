/* tracer/record/new.c: the tracer must not know the command. SPDX-License-Identifier: MIT */
#include "tools/command.h"
