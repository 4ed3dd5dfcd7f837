/* What the instructions of a filter mean, in words. Internal to generator/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_MEANING_H
#define PINHOLE_MEANING_H

#include <linux/filter.h>

#include "../policies/base/text.h"
#include "../policies/policy.h"
#include "reach.h"

/* Appends what an instruction that has that before it loads, keeps, tests or answers: what is true on every path to it.
 * `inverted`: it is written as the opposite comparison. Nothing where there is nothing to say. */
void meaning_of(const struct reach *r, const struct sock_filter *i, bool inverted, struct text *out);

/* Appends which calls may get there, in lines that begin with "; ". Of a policy's filter (p not NULL): the rule that
 * the policy has for it where that is one call. */
void meaning_of_calls(const struct reach *r, const struct policy *p, struct text *out);

/* The action of a verdict: "errno:ENOSYS". */
void meaning_of_verdict(uint32_t ret, struct text *out);

/* One call on one architecture. */
struct reached_call {
	enum arch arch;
	const struct syscall_desc *call;
};

/* The calls that may get there, where these are at most `most` and all of them known. Returns how many; -1: others. */
int meaning_calls(const struct reach *r, struct reached_call *calls, int most);

#endif
