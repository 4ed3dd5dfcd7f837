/* The report: everything that is known of a profile, for people, as one HTML page or as Markdown.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_REPORT_H
#define PINHOLE_POLICIES_REPORT_H

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"

struct unseen;

struct report_input {
	const struct profile *profile;
	const struct policy *policy; /* derived from the profile with the defaults, or NULL */
	const char *why_none;	     /* why there is no policy */
	const char *warnings;	     /* warnings of the derivation, one a line */
	const struct policy *old; /* an older policy to compare with, or NULL */
	const char *old_name;	  /* its file */
	const struct unseen *unseen;   /* calls that the code can reach (policies/reach/unseen.h), or NULL: unknown */
};

/* Appends one self-contained page, or a short text in Markdown for a comment on a change. Text from
 * the profile never becomes markup. Returns 0 or a negative code. */
int report_html(const struct report_input *in, struct text *out, struct error *e);
int report_markdown(const struct report_input *in, struct text *out, struct error *e);

#endif
