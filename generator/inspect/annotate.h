/* What the instructions of a filter mean, in words. Internal to generator/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INSPECT_ANNOTATE_H
#define PINHOLE_GENERATOR_INSPECT_ANNOTATE_H

#include <linux/filter.h>

#include "generator/inspect/dataflow.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"

/* Appends what an instruction that has that before it loads, keeps, tests or answers: what is true on every path to it.
 * `inverted`: it is written as the opposite comparison. Nothing where there is nothing to say. */
void annotate_instruction(const struct dataflow *r, const struct sock_filter *i, bool inverted, struct text *out);

/* Appends which calls may get there, in lines that begin with "; ". Of a policy's filter (p not NULL): the rule that
 * the policy has for it where that is one call. */
void annotate_calls(const struct dataflow *r, const struct policy *p, struct text *out);

/* The action of a verdict: "errno:ENOSYS". */
void annotate_verdict(uint32_t ret, struct text *out);

/* One call on one architecture. */
struct arriving_call {
	enum arch arch;
	const struct syscall_desc *call;
};

/* The calls that may get there, where these are at most `most` and all of them known. Returns how many; -1: others. */
int arriving_calls(const struct dataflow *r, struct arriving_call *calls, int most);

#endif
