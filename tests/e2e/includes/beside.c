/* policies/policy/new.c: a header beside the file, not from the root. SPDX-License-Identifier: MIT */
#include "policy.h"
