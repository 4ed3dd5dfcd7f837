/* Finds the calls of a profile that a policy or filter denies. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ESTIMATE_REPLAY_H
#define PINHOLE_POLICIES_ESTIMATE_REPLAY_H

#include "policies/base/vector.h"
#include "policies/policy/policy.h"
#include "policies/profile/fallback_facts.h"
#include "policies/profile/profile.h"

/* The thing that answers calls. */
struct judge {
	struct action (*answer)(const void *self, const struct seccomp_data *call);
	const void *self;
};

/* The judge for a policy. */
struct judge policy_judge(const struct policy *p);

/* Selects facts of a profile. */
struct fact_filter {
	bool (*takes)(const void *self, const struct fact *f);
	const void *self;
};

/* A denied fact. If it stands for many values, or does not know some, some of them may pass. */
struct denied_fact {
	const struct fact *fact;
	struct action action; /* the last refusal */
	bool some_pass;
};

/* Calls that follow after another call gets ENOSYS, and that are denied. */
struct denied_next {
	const struct fallback *row;
	struct fact_key call; /* the first of these calls */
	struct action action;
	size_t count;
};

/* A replay. All zero before replay_profile; replay_clear clears it in either case. */
struct replay {
	struct judge judge;
	VEC(struct denied_fact) facts;
	VEC(struct denied_next) next;
	struct key_set answered; /* calls that get ENOSYS and for which libc or a runtime has fallbacks */
	struct key_set followed; /* those fallbacks */
	struct error *e;	 /* during the replay */
};

/* Asks the judge about every fact that the filter selects (NULL: all), and about the calls that
 * follow its own ENOSYS answers. Returns 0 or ERR_MEMORY. */
int replay_profile(const struct profile *p, const struct fact_filter *only, struct judge judge, struct replay *out,
		   struct error *e);
void replay_clear(struct replay *r);

/* Returns how many following calls are denied. */
size_t replay_next_count(const struct replay *r);

/* Appends one line of those lists for people, without its end. */
void denied_fact_text(const struct denied_fact *d, struct text *out);
void denied_next_text(const struct denied_next *d, struct text *out);

/* Returns whether a call is clone3 with new namespaces. */
bool makes_namespaces(const struct fact_key *key);

#endif
