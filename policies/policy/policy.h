/* The policy: what a program may do. Made of rules; derived from a profile, reviewed and edited by a person.
 * An open data model; the direct evaluator is the meaning that every filter is checked against.
 * SPDX-License-Identifier: MIT */
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

/* A call may have so many rules for each architecture that there is. */
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
	uint16_t data; /* the errno of ACTION_ERRNO, the message of ACTION_TRACE; else 0 */
};

static inline bool action_equal(struct action a, struct action b)
{
	return a.kind == b.kind && a.data == b.data;
}

/* Whether the call is made: allow and log. */
static inline bool lets_through(struct action a)
{
	return a.kind == ACTION_ALLOW || a.kind == ACTION_LOG;
}

/* One seccomp return value ↔ one action (linux/seccomp.h). action_from_ret returns 0, or -1 for a value that is no
 * action of ours. */
uint32_t action_ret(struct action a);
int action_from_ret(uint32_t ret, struct action *a);

/* "kill", "kill-thread", "trap", "errno:NAME" (or errno:NUMBER, 0 to 4095: 0 is success, without the call), "log", "allow". */
int action_parse(const char *text, struct action *a, struct error *e);
void action_text(struct action a, struct text *out);

/* A closed interval of values, as unsigned numbers of the argument's width. */
struct range {
	uint64_t lo, hi;
};

/* One test: (value & mask) is in one of the ranges. value is the argument truncated to its width on the rule's
 * architecture, unsigned. Normalised: mask within the width, ranges ascending, disjoint and not adjacent, within
 * the mask's reach. */
struct test {
	uint8_t arg;
	uint64_t mask;
	VEC(struct range) ranges;
};

/* One alternative: all tests must hold. Ordered by arg; several tests of one argument are allowed. */
struct alternative {
	VEC(struct test) tests;
};

/* What is done with one call. No alternative: always. Otherwise the action applies where one alternative holds. A call may
 * have several rules: the first that holds answers, and the policy's default where none does. */
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

struct policy *policy_new(void); /* archs 0, kill, errno:ENOSYS; NULL: no memory */
void policy_free(struct policy *p);
void rule_clear(struct rule *r);        /* frees what it owns */
void alternative_clear(struct alternative *a);

/* Appends a rule (copies the name and why) and returns it, for alternatives to be added; NULL: no memory. */
struct rule *policy_add_rule(struct policy *p, const char *syscall, arch_set archs, struct action action,
			     const char *why);

/* Appends a test to an alternative, normalised: values and mask are canonical or raw, they are truncated to the
 * argument's width on arch; an empty list of ranges is a test that never holds. Returns 0 or ERR_MEMORY. */
int alternative_add_test(struct alternative *a, const struct syscall_desc *call, enum arch arch, unsigned arg,
			 uint64_t mask, const struct range *ranges, size_t n, struct error *e);

/* The call with its arguments as an alternative's tests make them (abi_select): those of one value select. */
const struct syscall_desc *alternative_call(const struct alternative *a, const struct syscall_desc *call,
					    enum arch arch, struct syscall_desc *room);

/* Whether a test's range is better written as its values one by one: few, of an argument whose values have names, and
 * all within the test's mask. */
bool range_is_list(const struct syscall_desc *call, const struct test *t, const struct range *r);

/* Sorts and checks a finished policy: every rule's call exists on its architectures, each rule can answer (none comes after
 * one that always holds), and there is an architecture. Returns 0 or a negative code. */
int policy_finish(struct policy *p, struct error *e);

/* Takes out the rules that can never answer, because one before them always holds. */
void policy_drop_unreached(struct policy *p);

/* The first rule for a call, or NULL; and the one that is tried after a rule, or NULL. */
const struct rule *policy_rule(const struct policy *p, enum arch arch, const char *syscall);
const struct rule *policy_next_rule(const struct policy *p, enum arch arch, const struct rule *after);

/* Whether a value of the argument, truncated to its width, meets a test. */
bool test_holds(const struct test *test, uint64_t value);

/* What the policy says of one call: the meaning of a policy, written to be read, not to be fast. data->arch is
 * AUDIT_ARCH_*, data->nr the number, the arguments raw as in the registers. */
struct action policy_evaluate(const struct policy *p, const struct seccomp_data *data);

/* codec.c: the codec. ------------------------------------------------------------------------------- */

/* Reads a policy from JSON; messages as profile_parse's. */
struct policy *policy_parse(const char *bytes, size_t n, const char *name, struct error *e);

/* Appends the policy as JSON, one rule a line. Returns 0, ERR_MEMORY, or ERR_LIMIT where it would be too large to be read. */
int policy_format(const struct policy *p, struct text *out, struct error *e);

/* Appends an alternative as JSON has it, without its braces' quotes: for show and diff. */
void alternative_text(const struct alternative *a, const struct syscall_desc *call, enum arch arch, struct text *out);

/* Reads a policy from a file ("-": standard input). */
struct policy *policy_read(const char *path, struct error *e);

/* What a JSON file says it is in its "format" key, without reading it further. */
enum json_format { JSON_PROFILE, JSON_POLICY, JSON_OTHER };
enum json_format json_format_of(const char *bytes, size_t n, struct error *e);

#endif
