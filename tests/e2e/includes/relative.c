/* policies/policy/new.c: an include that is not from the root. SPDX-License-Identifier: MIT */
  #  include "../json/json.h"
