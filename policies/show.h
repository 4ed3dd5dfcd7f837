/* Profiles and policies as people read them, and what two of them differ in. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_SHOW_H
#define PINHOLE_SHOW_H

#include "policy.h"
#include "profile.h"

/* Appends the text; control characters of what is shown are escaped. Always 0; the text says whether it failed. */
int profile_show(const struct profile *p, struct text *out);
int policy_show(const struct policy *p, struct text *out);

/* Appends what differs, a line each: "+" new, "-" gone, "~" changed. Counts, runs and reasons do not matter. Policies are
 * compared by what they allow, not by their text: "+" became possible, "-" no longer is. Returns 1 where something
 * differs, 0 where nothing does, or a negative code. */
int profile_diff(const struct profile *old, const struct profile *new, struct text *out, struct error *e);
int policy_diff(const struct policy *old, const struct policy *new, struct text *out, struct error *e);

/* Appends a rule in words, with its action where that is not to allow: "socket with domain AF_UNIX …", its further
 * alternatives after `between`. */
void rule_text(const struct rule *r, enum arch arch, const char *between, struct text *out);

/* Appends anybody's text (a path, a label) so that it cannot steer a terminal: control characters escaped. */
void text_add_safe(struct text *out, const char *s);

/* Appends an alternative as JSON has it, without its braces' quotes: for show and diff. */
void alternative_text(const struct alternative *a, const struct syscall_desc *call, enum arch arch, struct text *out);

#endif
