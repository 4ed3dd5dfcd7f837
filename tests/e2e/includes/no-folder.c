/* policies/new.c: a file that is in no folder. SPDX-License-Identifier: MIT */
#include "policies/base/error.h"
