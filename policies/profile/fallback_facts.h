/* What follows where a call is answered by ENOSYS, call by call. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_PROFILE_FALLBACK_FACTS_H
#define PINHOLE_POLICIES_PROFILE_FALLBACK_FACTS_H

#include "policies/abi/fallbacks.h"
#include "policies/base/index.h"
#include "policies/profile/profile.h"

/* Calls, each once, in the order in which they came. All zero is an empty set. */
struct key_set {
	VEC(struct fact_key) keys;
	struct index index;
};

/* Adds a call. Returns 1, 0 where the set has it already, or ERR_MEMORY. */
int key_set_add(struct key_set *set, const struct fact_key *key, struct error *e);

void key_set_clear(struct key_set *set);

/* Adds the calls that a row of fallbacks.h names, once the call `key` was answered so: with each value that the row has
 * for an argument, of signals with every one where it has none. Returns 0 or a negative code. */
int follow_calls(const struct fact_key *key, const struct fallback *row, struct key_set *out, struct error *e);

#endif
