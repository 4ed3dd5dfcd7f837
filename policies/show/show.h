/* Prints profiles and policies for people. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_SHOW_H
#define PINHOLE_POLICIES_SHOW_H

#include "policies/base/escape.h"
#include "policies/base/style.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"

/* Appends the text, with control characters escaped. Always returns 0; out->failed tells of a lack
 * of memory. */
int profile_show(const struct profile *p, struct text *out);
int policy_show(const struct policy *p, struct text *out);

/* Appends the facts of a profile under headings: by "syscall", "group", "capability", "program",
 * "library" (the caller's file) or "caller". Headings with most facts come first, facts without a stack last; a
 * fact with several programs or callers is under each. Returns 0, ERR_INPUT for another word, or
 * ERR_MEMORY. */
int profile_show_by(const struct profile *p, const char *by, struct text *out, struct error *e);

/* Returns the style of a fact with these dangers (fact_dangers): STYLE_DANGER, or STYLE_CAUTION. */
enum style danger_style(unsigned dangers);

/* Appends a fact as fact_marked_text does; the style tells whether it is dangerous. */
void fact_styled_text(const struct profile *p, const struct fact *f, struct text *out);

/* Returns the capability class of a fact (enum capability), or CAPABILITY_COUNT if it is in none. classes.c */
int fact_capability(const struct fact *f);

/* Appends "part of CLASS", or that the fact is in no class. */
void fact_class_text(const struct fact *f, struct text *out);

/* Appends what the facts that are not in `old` (NULL: all facts) show, in a few words. learned.c */
void learned_words(const struct profile *old, const struct profile *now, struct text *out);

/* Appends what to do after a run was added to the profile of that path. */
void next_words(const struct profile *p, const char *path, struct text *out);

/* Parts of these views: whether the counts of a run are lower bounds; and the last line. */
bool profile_any_quiet(const struct profile *p);
void profile_show_sum(const struct profile *p, struct text *out);

/* Appends lines that name the dangerous calls among the facts, and those to look at, if there are any. */
void profile_show_dangers(const struct profile *p, struct text *out);

/* Returns 1 if two policies answer some call of a name differently, 0 if not, or a negative code.
 * ERR_LIMIT: it takes too long to tell. Calls that both leave to their defaults do not count. The
 * generator has this function (policies_differ); it is handed down from tools/. */
typedef int policy_comparison(const struct policy *a, const struct policy *b, enum arch arch, const char *syscall,
			      struct error *e);

/* Appends the differences of two policies, a line each: "+" became possible, "-" is no longer
 * possible, "~" changed. Compares what they allow, not their text or reasons. Returns 1 if they
 * differ, 0 if not, or a negative code. Profiles: see diff.h. */
int policy_diff(const struct policy *old, const struct policy *new, policy_comparison *differ, struct text *out,
		struct error *e);

/* Appends a rule in words: "socket with domain AF_UNIX …". Adds its action unless it allows.
 * `between` separates its alternatives. */
void rule_text(const struct rule *r, enum arch arch, const char *between, struct text *out);

/* Appends the tests of an alternative in words; nothing if it has none. */
void alternative_text(const struct alternative *a, const struct syscall_desc *call, enum arch arch, struct text *out);

/* Returns whether the calls that a policy lets through (policy_permits) include those of a row of
 * abi/danger.h. Lack of memory: returns false and sets an error. */
struct call_set;
struct danger;
bool danger_is_let_through(const struct call_set *permitted, const struct danger *d, enum arch arch, struct error *e);

/* How many of a policy's calls on an architecture were added by generalising, with the capability class of that number and not
 * one before it. *reason is what its rules say was seen of it, the policy's; *dangers counts what is dangerous among them. */
size_t policy_added(const struct policy *p, enum arch arch, int c, const char **reason, size_t *dangers);

/* Appends the label and command of a run, and ends the line. */
void run_command_text(const struct run *run, struct text *out);

#endif
