/* policies/base/new.c: base knows base alone. SPDX-License-Identifier: MIT */
#include "policies/abi/abi.h"
