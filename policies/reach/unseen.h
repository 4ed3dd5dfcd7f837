/* The calls that a program's code can reach but that no run has seen: compares a profile with the
 * calls in its code. The code is of one architecture, and only its calls count.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_REACH_UNSEEN_H
#define PINHOLE_POLICIES_REACH_UNSEEN_H

#include "policies/policy/policy.h"
#include "policies/profile/profile.h"
#include "policies/reach/reachable.h"

/* A call that some code can make, and the first file that has it. */
struct unseen_call {
	uint32_t nr;
	const char *name;
	const struct reachable *by;
	const struct reachable_call *call;
};

/* The calls that the code of one or more programs can reach. All zero: no programs. */
struct unseen {
	enum arch arch;		/* of the code; without any files: of x86_64 */
	VEC(struct reachable *) files;
	VEC(struct unseen_call) calls; /* ascending, each once */
	size_t undecided;	       /* places that could make any call */
};

/* A call is unseen if no fact of this phase and program has it; NULL: of any. */
struct unseen_of {
	const struct profile *profile;
	const char *phase, *program;
};

/* The three kinds of calls. */
struct unseen_kinds {
	size_t seen;	    /* system calls with a fact */
	size_t outside;	    /* of these, those missing in the code that was read */
	size_t unreachable; /* calls with a name, neither seen nor reachable */
	VEC(struct unseen_call)
	unseen; /* reachable, without a fact; by group, then number; their strings belong to the could */
};

/* Reads another file of `pinhole reach -o`. Returns 0 or a negative code: ERR_INPUT if its code is of
 * another architecture than that of the files before it. */
int unseen_read(struct unseen *c, const char *path, struct error *e);
void unseen_clear(struct unseen *c);

/* The call, or NULL if no code can reach it (but see `undecided`). */
const struct unseen_call *unseen_find(const struct unseen *c, uint32_t nr);

/* Divides all calls into the kinds. Fills *out (empty before; the caller frees unseen). Returns 0
 * or ERR_MEMORY. */
int unseen_sort_out(const struct unseen *c, const struct unseen_of *of, struct unseen_kinds *out, struct error *e);

/* Appends what makes the kinds less certain, one a line: places that could make any call, and
 * programs whose code was not read, and no fact of the code's architecture. */
void unseen_warn(const struct unseen *c, const struct unseen_of *of, struct text *out);

/* Appends the kinds for people: how many, and the unseen calls by group, with their dangers and a
 * path to each. Returns 0 or ERR_MEMORY. */
int unseen_show(const struct unseen *c, const struct unseen_of *of, struct text *out, struct error *e);

/* Appends a line: whether code can reach a call, and by which path. The name is one of
 * abi_name's. */
void unseen_explain(const struct unseen *c, const char *syscall, struct text *out);

/* Whether a fact of that call exists, of the code's architecture. */
bool unseen_seen(const struct unseen *c, const struct unseen_of *of, uint32_t nr);

/* unseen_json.c: for programs, as FORMAT.md describes them. ------------------------------------------------------- */

/* Appends the three kinds with their calls: a JSON object and a line feed. Returns 0 or
 * ERR_MEMORY. */
int unseen_json(const struct unseen *c, const struct unseen_of *of, struct text *out, struct error *e);

/* Appends whether code can reach a call, and by which path: a JSON object. The name is one of
 * abi_name's. */
void unseen_explain_json(const struct unseen *c, const char *syscall, struct text *out);

/* unseen_policy.c: adding some of them to a policy.
 * ------------------------------------------------------- */

/* Makes a policy allow the unseen calls that `words` names (calls and groups, separated by commas),
 * with any arguments. Each rule has the path to the call as its reason. clone3 gets ENOSYS, so that
 * libc falls back to clone, unless it is named or `clone3` is true. Returns 0 or a negative code:
 * ERR_INPUT if a name is unknown, was seen, cannot be reached or is already allowed, or if a group
 * adds nothing. The caller calls policy_finish. */
int unseen_allow(const struct unseen *c, const struct unseen_of *of, const char *words, bool clone3, struct policy *p,
		struct error *e);

/* Base policies, which take precedence: what they say about a call stays. */
struct unseen_bases {
	VEC(struct policy *) v;
};

/* Adds a rule with that action, and the path as its reason, for each unseen call that has no rule
 * here or in a base and that no base allows by default. Returns 0 or a negative code: ERR_INPUT if
 * the policy allows unseen calls by default. */
int unseen_answer(const struct unseen *c, const struct unseen_of *of, struct action action,
		 const struct unseen_bases *bases, struct policy *p, struct error *e);

#endif
