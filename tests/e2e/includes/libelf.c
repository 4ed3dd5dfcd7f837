/* tracer/reach/new.c: libelf is included in one file. SPDX-License-Identifier: MIT */
#include <gelf.h>
