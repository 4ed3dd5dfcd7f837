/* Calls for which runc cannot notify a seccomp agent. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_UNNOTICED_H
#define PINHOLE_POLICIES_ABI_UNNOTICED_H

#include <stddef.h>
#include <stdint.h>

/* A call with one value of an argument, or any (arg -1). */
struct unnoticed_call {
	const char *name;
	int arg;
	uint64_t least, most; /* the argument's values */
};

/* runc installs the filter, and after that writes the number of the listener to its parent process, which sends the listener to the
 * agent (libcontainer/process_linux.go, procSeccomp). A call in between that notifies would wait for ever. runc itself refuses to
 * notify for write only. But Go's runtime makes other calls there by chance: its threads preempt each other by SIGURG, wake each other,
 * and wait (runtime/os_linux.go, runtime/sys_linux_amd64.s). In order of name and value. */
extern const struct unnoticed_call runc_unnoticed[];
extern const size_t runc_unnoticed_count;

/* Returns the first row of that name, and their number in *n; NULL: there is none. */
const struct unnoticed_call *runc_unnoticed_find(const char *name, size_t *n);

#endif
