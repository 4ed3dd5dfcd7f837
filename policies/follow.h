/* What follows where a call is answered by ENOSYS, call by call. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_FOLLOW_H
#define PINHOLE_FOLLOW_H

#include "abi/fallbacks.h"
#include "profile.h"

typedef VEC(struct fact_key) key_list;

/* Appends the calls that a row of fallbacks.h names, once the call `key` was answered so: with each value that the row has
 * for an argument, of signals with every one where it has none. Returns 0 or a negative code. */
int follow_calls(const struct fact_key *key, const struct fallback *row, key_list *out, struct error *e);

#endif
