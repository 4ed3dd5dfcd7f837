/* The calls that libc or a runtime makes after a call gets ENOSYS. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_PROFILE_FALLBACK_FACTS_H
#define PINHOLE_POLICIES_PROFILE_FALLBACK_FACTS_H

#include "policies/abi/fallbacks.h"
#include "policies/base/index.h"
#include "policies/profile/profile.h"

/* A set of calls in the order in which they were added. All zero is an empty set. */
struct key_set {
	VEC(struct fact_key) keys;
	struct index index;
};

/* Adds a call. Returns 1, or 0 if the set has it already, or ERR_MEMORY. */
int key_set_add(struct key_set *set, const struct fact_key *key, struct error *e);

void key_set_clear(struct key_set *set);

/* Adds the calls that a row of fallbacks.h names for the case that the call `key` gets ENOSYS: one
 * for each value that the row gives for an argument; for a signal without values, one for each
 * signal. Returns 0 or a negative code. */
int follow_calls(const struct fact_key *key, const struct fallback *row, struct key_set *out, struct error *e);

#endif
