/* tracer/reach/new.c: capstone is included in one file. SPDX-License-Identifier: MIT */
#include <capstone/capstone.h>
