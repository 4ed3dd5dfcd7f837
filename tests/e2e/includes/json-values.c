/* policies/show/new.c: JSON values are for the codecs. SPDX-License-Identifier: MIT */
#include "policies/json/json.h"
