/* policies/show/new.c: the vocabulary must not know the generator. SPDX-License-Identifier: MIT */
#include "generator/generator.h"
