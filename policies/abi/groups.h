/* systemd's groups of system calls ("@network-io"): what people know calls by. Pure data. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_GROUPS_H
#define PINHOLE_POLICIES_ABI_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

struct syscall_group {
	const char *name;    /* "@network-io" */
	const char *what;    /* one line, as in systemd.exec(5) */
	const char *members; /* calls, and groups that it contains, separated by one blank */
};

/* From the most specific to the most general: a call is listed under the first that has it. The last, "@other", has no
 * members: it is for calls in no group. */
extern const struct syscall_group abi_groups[];
extern const size_t abi_group_count;

/* The one group that a call is listed under. A call that is newer than systemd's groups, or that i386 alone has, goes with
 * its sibling. "@other" for those without one, and for what is no call. */
const char *abi_group(const char *syscall);

/* Whether a call is a member of a group, itself or through a group that this one contains: exactly systemd's answer, so
 * false for calls that abi_group puts beside their siblings. */
bool abi_in_group(const char *syscall, const char *group);

#endif
