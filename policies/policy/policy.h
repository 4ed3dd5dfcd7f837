/* The policy: what a program may do. It consists of rules, is derived from a profile, and is
 * reviewed and edited by a person. All members are public. Every filter is compared with its direct
 * evaluator. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_POLICY_H
#define PINHOLE_POLICIES_POLICY_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#include "policies/abi/abi.h"
#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/base/vector.h"

/* The largest policy that is read, in bytes. */
#define POLICY_SIZE_LIMIT ((size_t)64 << 20)

/* A call has at most this many rules for each architecture. */
#define POLICY_RULES_MOST 1024

enum action_kind {
	ACTION_KILL,        /* kill: the whole process, SIGSYS (SECCOMP_RET_KILL_PROCESS, Linux 4.14) */
	ACTION_KILL_THREAD, /* kill-thread */
	ACTION_TRAP,        /* trap: a SIGSYS that the program may catch */
	ACTION_ERRNO,       /* errno:NAME */
	ACTION_TRACE,       /* stop for the tracer; not written in policies */
	ACTION_LOG,         /* log: allowed, and written to the kernel's log (Linux 4.14) */
	ACTION_ALLOW,       /* allow */
};

struct action {
	uint8_t kind;  /* enum action_kind */
	uint16_t data; /* the errno of ACTION_ERRNO or the message of ACTION_TRACE; otherwise 0 */
};

static inline bool action_equal(struct action a, struct action b)
{
	return a.kind == b.kind && a.data == b.data;
}

/* Returns whether the kernel makes the call: for allow and log. */
static inline bool lets_through(struct action a)
{
	return a.kind == ACTION_ALLOW || a.kind == ACTION_LOG;
}

/* Convert actions and seccomp return values (linux/seccomp.h). action_from_ret returns 0, or -1 if
 * the value is no action of a policy. */
uint32_t action_ret(struct action a);
int action_from_ret(uint32_t ret, struct action *a);

/* Converts text: "kill", "kill-thread", "trap", "errno:NAME" (or errno:NUMBER from 0 to 4095; 0:
 * success without making the call), "log", "allow". */
int action_parse(const char *text, struct action *a, struct error *e);
void action_text(struct action a, struct text *out);

/* A closed range of values, as unsigned numbers of the argument's width. */
struct range {
	uint64_t lo, hi;
};

/* A test holds if (value & mask) is in one of the ranges. The value is the argument, truncated to
 * its width on the rule's architecture, unsigned. Normalised: the mask is within the width; ranges
 * are ascending, neither overlap nor touch, and are within the mask. */
struct test {
	uint8_t arg;
	uint64_t mask;
	VEC(struct range) ranges;
};

/* An alternative holds if all its tests hold. Ordered by argument; an argument may have several
 * tests. */
struct alternative {
	VEC(struct test) tests;
};

/* A rule for a call. It holds always if it has no alternative, otherwise if one of its alternatives
 * holds. The first rule of a call that holds gives the answer; if none holds, the policy's default
 * does. */
struct rule {
	char *syscall;
	arch_set archs; /* where it applies: a subset of the policy's, and only where the call exists. A rule with
	                   alternatives has exactly one: widths and constants differ between architectures. The
	                   codec splits and joins, so that a person writes such a rule once. */
	struct action action;
	VEC(struct alternative) any;
	char *why; /* or NULL */
};

struct policy {
	arch_set archs;
	struct action default_action; /* "default": for calls without a rule, foreign architectures, x32 and numbers from
	                           ABI_NR_FOREIGN up. Where it is allow, the last three are killed all the same:
	                           a list of what is forbidden must not be bypassed through another door. */
	struct action newer;    /* for numbers above abi_newest(arch) */
	char *phase;            /* which phase it was derived for, or NULL for all */
	VEC(struct rule) rules; /* sorted by (syscall, archs). Rules of one call and architecture stay in the order in
	                           which they were added: they are tried in this order. Where a call has several on one
	                           architecture, each of its rules is for one architecture. */
	bool unsorted;          /* rules were added in another order, and policy_finish has not sorted them yet */
};

struct policy *policy_new(void); /* archs 0, default kill, newer errno:ENOSYS; NULL: out of memory */
void policy_free(struct policy *p);
void rule_clear(struct rule *r);        /* frees its members */
void alternative_clear(struct alternative *a);

/* Appends a rule and returns it, so that alternatives can be added. Copies the name and why. NULL:
 * out of memory. */
struct rule *policy_add_rule(struct policy *p, const char *syscall, arch_set archs, struct action action,
			     const char *why);

/* Appends a test to an alternative, normalised. Values and mask may be canonical or raw: they are
 * truncated to the argument's width on arch. A test without ranges never holds. Returns 0 or
 * ERR_MEMORY. */
int alternative_add_test(struct alternative *a, const struct syscall_desc *call, enum arch arch, unsigned arg,
			 uint64_t mask, const struct range *ranges, size_t n, struct error *e);

/* Returns the call with its arguments as the tests of an alternative make them (abi_select): a test
 * for a single value selects. */
const struct syscall_desc *alternative_call(const struct alternative *a, const struct syscall_desc *call,
					    enum arch arch, struct syscall_desc *room);

/* Returns whether a range is better written as a list of values: if they are few, have names, and
 * are within the test's mask. */
bool range_is_list(const struct syscall_desc *call, const struct test *t, const struct range *r);

/* Sorts and checks a finished policy: it has an architecture, each rule's call exists on the rule's
 * architectures, and no rule follows one that always holds. Returns 0 or a negative code. */
int policy_finish(struct policy *p, struct error *e);

/* Removes rules that never answer, because a rule before them always holds. */
void policy_drop_unreached(struct policy *p);

/* Return the first rule for a call, or the rule that is tried after a given one; NULL: none. */
const struct rule *policy_rule(const struct policy *p, enum arch arch, const char *syscall);
const struct rule *policy_next_rule(const struct policy *p, enum arch arch, const struct rule *after);

/* Returns whether a value of the argument, truncated to its width, meets a test. */
bool test_holds(const struct test *test, uint64_t value);

/* Returns the policy's answer to one call. This function defines the meaning of a policy, and is
 * written to be read, not to be fast. data->arch is AUDIT_ARCH_*, data->nr the number; arguments
 * are raw, as in registers. */
struct action policy_evaluate(const struct policy *p, const struct seccomp_data *data);

/* codec.c: the codec. ------------------------------------------------------------------------------- */

/* Reads a policy from JSON; messages are like those of profile_parse. */
struct policy *policy_parse(const char *bytes, size_t n, const char *name, struct error *e);

/* Appends the policy as JSON, one rule a line. Returns 0, ERR_MEMORY, or ERR_LIMIT if it is too
 * large to be read again. */
int policy_format(const struct policy *p, struct text *out, struct error *e);

/* Reads a policy from a file ("-": standard input). */
struct policy *policy_read(const char *path, struct error *e);

#endif
