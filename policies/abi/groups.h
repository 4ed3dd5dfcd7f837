/* systemd's groups of system calls ("@network-io"). Pure data. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_GROUPS_H
#define PINHOLE_POLICIES_ABI_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

struct syscall_group {
	const char *name;    /* "@network-io" */
	const char *what;    /* one line, as in systemd.exec(5) */
	const char *members; /* calls, and groups that it contains, separated by one blank */
};

/* Ordered from specific to general: a call is listed under the first group that has it. The last
 * one, "@other", has no members; it is for calls in no group. */
extern const struct syscall_group abi_groups[];
extern const size_t abi_group_count;

/* Returns the group under which a call is listed. A call newer than systemd's groups, or only of
 * i386, has the group of its sibling. "@other": calls without a sibling, and names that are no
 * calls. */
const char *abi_group(const char *syscall);

/* Returns whether a call is a member of a group, directly or through a contained group. This is
 * systemd's own answer: false for calls that abi_group lists with their siblings. */
bool abi_in_group(const char *syscall, const char *group);

#endif
