/* Profiles and policies as people read them. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_SHOW_H
#define PINHOLE_POLICIES_SHOW_H

#include "policies/base/escape.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"

/* Appends the text; control characters of what is shown are escaped. Always 0; the text says whether it failed. */
int profile_show(const struct profile *p, struct text *out);
int policy_show(const struct policy *p, struct text *out);

/* Appends the facts of a profile under headings instead: by "syscall", "group", "program", "library" (the caller's file) or
 * "caller". Those with most facts come first, and last what has no stack; a fact with several programs or callers stands
 * under each. Returns 0, ERR_INPUT for another word, or ERR_MEMORY. */
int profile_show_by(const struct profile *p, const char *by, struct text *out, struct error *e);

/* The parts of these: whether some run's counts are lower bounds, and the last line. */
bool profile_any_quiet(const struct profile *p);
void profile_show_sum(const struct profile *p, struct text *out);

/* Appends what differs of policies, a line each: "+" became possible, "-" no longer is, "~" changed. They are compared by
 * what they allow, not by their text, and reasons do not matter. Returns 1 where something differs, 0 where nothing does,
 * or a negative code. Profiles: diff.h. */
int policy_diff(const struct policy *old, const struct policy *new, struct text *out, struct error *e);

/* Appends a rule in words, with its action where that is not to allow: "socket with domain AF_UNIX …", its further
 * alternatives after `between`. */
void rule_text(const struct rule *r, enum arch arch, const char *between, struct text *out);

/* Whether what a policy lets through of a call (policy_permits) includes what a row of abi/danger.h is about. Without memory: an
 * error, and false. */
struct call_set;
struct danger;
bool danger_is_let_through(const struct call_set *permitted, const struct danger *d, enum arch arch, struct error *e);

/* Appends a run's label and command, and ends the line. */
void run_command_text(const struct run *run, struct text *out);

#endif
