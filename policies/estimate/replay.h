/* Which of the calls that a profile tells of a policy or filter denies. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_REPLAY_H
#define PINHOLE_POLICIES_ESTIMATE_REPLAY_H

#include "policies/base/vector.h"
#include "policies/policy/policy.h"
#include "policies/profile/fallback_facts.h"
#include "policies/profile/profile.h"

/* Who answers a call. */
struct judge {
	struct action (*answer)(const void *self, const struct seccomp_data *call);
	const void *self;
};

/* The judge that is a policy. */
struct judge policy_judge(const struct policy *p);

/* A choice among a profile's facts. */
struct fact_filter {
	bool (*takes)(const void *self, const struct fact *f);
	const void *self;
};

/* A fact that is denied. Of one that stands for many values, or does not know some, some may pass. */
struct denied_fact {
	const struct fact *fact;
	struct action action; /* the last refusal */
	bool some_pass;
};

/* Calls that follow where another is answered by ENOSYS, and that are denied. */
struct denied_next {
	const struct fallback *row;
	struct fact_key call; /* the first of them */
	struct action action;
	size_t count;
};

/* A replay. All zero before replay_profile; cleared by replay_clear in either case. */
struct replay {
	struct judge judge;
	VEC(struct denied_fact) facts;
	VEC(struct denied_next) next;
	struct key_set answered; /* calls that get ENOSYS, for which libc or a runtime has others */
	struct key_set followed; /* the others */
	struct error *e;	 /* while it goes on */
};

/* Asks the judge about every fact that the filter takes (NULL: all), and about what follows its own answers of ENOSYS.
 * Returns 0 or ERR_MEMORY. */
int replay_profile(const struct profile *p, const struct fact_filter *only, struct judge judge, struct replay *out,
		   struct error *e);
void replay_clear(struct replay *r);

/* How many calls are denied that follow. */
size_t replay_next_count(const struct replay *r);

/* Appends one of those lists' lines, without the end of the line, for people. */
void denied_fact_text(const struct denied_fact *d, struct text *out);
void denied_next_text(const struct denied_next *d, struct text *out);

/* Whether a call is clone3 with new namespaces. */
bool makes_namespaces(const struct fact_key *key);

#endif
