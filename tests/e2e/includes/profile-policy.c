/* policies/profile/new.c: a profile does not know policies. SPDX-License-Identifier: MIT */
#include "policies/policy/policy.h"
