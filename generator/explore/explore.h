/* Which things to make go wrong, one a trial, to see what a program does then. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EXPLORE_H
#define PINHOLE_GENERATOR_EXPLORE_H

#include <stddef.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"
#include "policies/profile/profile.h"

struct explore_trial {
	char *fault; /* as record --inject takes it */
	char *label; /* for people: "openat(flags=O_RDONLY) #1 = EMFILE" */
	unsigned tier; /* the lower, the sooner */
};

typedef VEC(struct explore_trial) explore_plan;

/* Plans the trials: for each fact of this machine's architecture its errors by policies/abi/failures.c, at the first call and at
 * later ones, as it has several callers; signals; short transfers; delays where threads meet, if there are some; and the n surroundings, each a text for record --inject. The most promising
 * come first: the likeliest error of each fact, facts with many callers before others. Facts that are known from explored runs
 * alone are left out. Returns 0 or ERR_MEMORY. Call explore_clear in any case. */
int explore_make_plan(const struct profile *p, const char *const *surroundings, size_t n, explore_plan *out, struct error *e);

void explore_clear(explore_plan *plan);

#endif
