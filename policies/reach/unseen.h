/* What a program could do besides what it was seen to do: a profile beside what its code can reach. Calls of x86_64
 * alone, as reach knows no others. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_REACH_UNSEEN_H
#define PINHOLE_POLICIES_REACH_UNSEEN_H

#include "policies/policy/policy.h"
#include "policies/profile/profile.h"
#include "policies/reach/reachable.h"

/* A call that some code can make, and the first of the files that has it. */
struct unseen_call {
	uint32_t nr;
	const char *name;
	const struct reachable *by;
	const struct reachable_call *call;
};

/* What the code of one program or several can reach. All zero is that of none. */
struct unseen {
	VEC(struct reachable *) files;
	VEC(struct unseen_call) calls; /* ascending, each once */
	size_t undecided;	      /* places from where any call could be made */
};

/* Of which facts a call must be none to be unseen: those of a phase, of a program; NULL: of any. */
struct unseen_of {
	const struct profile *profile;
	const char *phase, *program;
};

/* The three kinds of calls. */
struct unseen_kinds {
	size_t seen;	    /* system calls with a fact */
	size_t outside;	    /* of these, those that are not in the code that was read */
	size_t unreachable; /* neither seen nor reachable, of those that have a name */
	VEC(struct unseen_call)
	unseen; /* reachable, without a fact; by group, then number; their strings are the could's */
};

/* Reads one more file of `pinhole reach -o`. Returns 0 or a negative code. */
int unseen_read(struct unseen *c, const char *path, struct error *e);
void unseen_clear(struct unseen *c);

/* The call, or NULL where no code can reach it (but see `undecided`). */
const struct unseen_call *unseen_find(const struct unseen *c, uint32_t nr);

/* Tells the kinds apart. Fills *out (empty before; the caller frees unseen). Returns 0 or ERR_MEMORY. */
int unseen_sort_out(const struct unseen *c, const struct unseen_of *of, struct unseen_kinds *out, struct error *e);

/* Appends what makes the kinds less certain, one a line: places from where any call could be made, and programs of
 * which no code was read. */
void unseen_warn(const struct unseen *c, const struct unseen_of *of, struct text *out);

/* Appends the kinds for people: how many, and those never seen by group, with what is dangerous and the way to each.
 * Returns 0 or ERR_MEMORY. */
int unseen_show(const struct unseen *c, const struct unseen_of *of, struct text *out, struct error *e);

/* Appends whether code can reach a call, and by which way: a line. The name is one of abi_name's. */
void unseen_explain(const struct unseen *c, const char *syscall, struct text *out);

/* Whether there is a fact of that call. */
bool unseen_seen(const struct unseen_of *of, uint32_t nr);

/* unseen_json.c: for programs, as FORMAT.md describes them. ------------------------------------------------------- */

/* Appends the three kinds, each with its calls: an object and a line feed. Returns 0 or ERR_MEMORY. */
int unseen_json(const struct unseen *c, const struct unseen_of *of, struct text *out, struct error *e);

/* Appends whether code can reach a call, and by which way: an object. The name is one of abi_name's. */
void unseen_explain_json(const struct unseen *c, const char *syscall, struct text *out);

/* unseen_policy.c: taking some into a policy. -------------------------------------------------------------------- */

/* Lets a policy allow, whatever their arguments, those of the unseen calls that `words` name: calls and groups, with
 * commas between. Each gives the way to it as its reason. clone3 is answered by ENOSYS, so that libc falls back to
 * clone, unless it is named itself or `clone3` is true. Returns 0 or a negative code: ERR_INPUT where a name is none,
 * was seen, can't be reached or is allowed anyway, and where a group has nothing to add. policy_finish is left to the
 * caller. */
int unseen_allow(const struct unseen *c, const struct unseen_of *of, const char *words, bool clone3, struct policy *p,
		struct error *e);

/* Policies that go before: what they say of a call is left to them. */
struct unseen_bases {
	VEC(struct policy *) v;
};

/* Gives a rule with that action, and the way there as its reason, to all unseen calls that have no rule, neither there
 * nor in one of the bases, and that no base lets through by its default. Returns 0 or a negative code: ERR_INPUT where
 * the policy's default lets through what is unseen. */
int unseen_answer(const struct unseen *c, const struct unseen_of *of, struct action action,
		 const struct unseen_bases *bases, struct policy *p, struct error *e);

#endif
