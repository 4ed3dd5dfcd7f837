/* Lists the differences of two profiles or two policies, as lines or as Markdown for a pull
 * request. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_SHOW_DIFF_H
#define PINHOLE_POLICIES_SHOW_DIFF_H

#include "policies/policy/policy.h"
#include "policies/profile/profile.h"
#include "policies/show/show.h"

/* The kinds of differences, as bits of a set. */
enum {
	DIFF_GONE = 1, /* OLD has, or allows, something that NEW does not */
	DIFF_NEW = 2,  /* NEW has, or allows, something that OLD does not; or this is unknown */
};

/* Appends what differs, a line each: "+" new, with its callers where they are known, "-" gone, "~" wider or narrower.
 * Counts, runs and reasons do not matter; and what would be lost in a wide fact of the other profile is no difference.
 * In Markdown: a title, a table of what is new, and what is gone folded away; nothing from the profile can be anything
 * but text there. Returns a set of DIFF_NEW and DIFF_GONE, 0 where nothing differs, or a negative code. */
int profile_diff(const struct profile *old, const struct profile *new, bool markdown, struct text *out,
		 struct error *e);

/* Does the same for policies (policy_diff in show.h). In Markdown the lines are a code block. */
int policy_differences(const struct policy *old, const struct policy *new, policy_comparison *compare, bool markdown,
		       struct text *out, struct error *e);

#endif
