/* Reads rules as libseccomp takes them (seccomp_rule_add(3)) as a policy: what libseccomp makes of
 * a rule on each architecture, of several rules for one call, and of calls that i386 also makes
 * through socketcall and ipc. Checked against libseccomp 2.5.4 and the source of 2.6 (src/db.c,
 * src/syscalls.c).
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_SCMP_H
#define PINHOLE_POLICIES_IMPORT_SCMP_H

#include "policies/import/policy_builder.h"

enum scmp_op { SCMP_NE = 1, SCMP_LT, SCMP_LE, SCMP_EQ, SCMP_GE, SCMP_GT, SCMP_MASKED };

/* One comparison of an argument's register. SCMP_MASKED: (argument & value) == second. */
struct scmp_condition {
	unsigned arg;
	enum scmp_op op;
	uint64_t value, second;
};

/* A rule of libseccomp. Its conditions are ordered by argument, each argument once. */
struct scmp_rule {
	const char *syscall; /* a name in the table of calls */
	enum arch arch;
	struct action action;
	struct scmp_condition all[6];
	size_t count;
	char *why; /* or NULL */
};

/* The rules of a file, in libseccomp's order: the first rule that holds for a call on an
 * architecture gives the answer. */
struct scmp {
	struct foreign *foreign;
	arch_set archs;
	VEC(struct scmp_rule) rules;
};

/* Adds a rule for all architectures; `why` may be NULL. If an argument is compared twice, adds a
 * rule for each comparison, as runc and crun do. Returns 0, 1 if pinhole has no architecture with
 * this call, or a negative code. */
int scmp_add(struct scmp *s, const char *syscall, struct action action, const struct scmp_condition *all, size_t n,
	     const char *why, struct error *e);

/* Makes the policy's rules from the added ones. Returns 0 or a negative code. */
int scmp_finish(struct scmp *s, struct error *e);
void scmp_clear(struct scmp *s);

#endif
