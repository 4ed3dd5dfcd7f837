/* Shows which code made a call: finds the facts of a question, and prints each with its runs,
 * programs and stacks. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_SHOW_EXPLAIN_H
#define PINHOLE_POLICIES_SHOW_EXPLAIN_H

#include "policies/profile/profile.h"

/* Indexes of facts in a profile, ascending. */
struct fact_list {
	VEC(size_t) facts;
};

/* Finds the facts of a call, of all phases and architectures, whose arguments have the values that all n tests say:
 * "ARG=VALUE", both as in policies. A wide fact has a value that lies in its bounds and has no other bits than it.
 * Fills *found (empty before; the caller frees its items). Returns 0, or a negative code: ERR_INPUT where no call has
 * that name, the call has no such argument, profiles do not record it, or it has no such value. */
int explain_find(const struct profile *p, const char *syscall, char *const *tests, size_t n, struct fact_list *found,
		 struct error *e);

/* Appends the facts for people: counts, runs, programs, and each stack, the innermost frame first.
 * ">" marks the caller. */
void explain_text(const struct profile *p, const struct fact_list *found, struct text *out);

/* Appends a line for each stack, in the format of flamegraph.pl: the frames, outermost first, then
 * the call, separated by ";", and a count. Divides a fact's count among its stacks. Calls without a
 * known stack are under "[no_stack]". */
void explain_folded(const struct profile *p, const struct fact_list *found, struct text *out);

/* explain_json.c: appends the facts as a JSON array, with runs, programs and frames in full. */
void explain_json(const struct profile *p, const struct fact_list *found, struct text *out);

#endif
