/* Explains the instructions of a filter in words. Internal to generator/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INSPECT_ANNOTATE_H
#define PINHOLE_GENERATOR_INSPECT_ANNOTATE_H

#include <linux/filter.h>

#include "generator/inspect/dataflow.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"

/* Appends what an instruction loads, tests or answers, as far as that is the same on every path to it; *r is the state before it.
 * `inverted`: it is written as the opposite comparison. Appends nothing where nothing is known. */
void annotate_instruction(const struct dataflow *r, const struct sock_filter *i, bool inverted, struct text *out);

/* Appends the calls that may reach an instruction, in lines that begin with "; ". Where it is one call of a policy's filter (p not
 * NULL), appends the policy's rules for it. */
void annotate_calls(const struct dataflow *r, const struct policy *p, struct text *out);

/* Appends the action of a verdict: "errno:ENOSYS". */
void annotate_verdict(uint32_t ret, struct text *out);

/* One call on one architecture. */
struct arriving_call {
	enum arch arch;
	const struct syscall_desc *call;
};

/* Lists the calls that may reach an instruction. Returns their number; -1: there are more than `most`, or unknown ones. */
int arriving_calls(const struct dataflow *r, struct arriving_call *calls, int most);

#endif
