/* policies/profile/codec.c: the JSON library is included in one header. SPDX-License-Identifier: MIT */
#include <jansson.h>
