/* policies/profile/new.c: the model does not know its views. SPDX-License-Identifier: MIT */
#include "policies/show/show.h"
