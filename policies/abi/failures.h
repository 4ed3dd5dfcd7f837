/* With which errors a call can fail though the program has done nothing wrong. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_ABI_FAILURES_H
#define PINHOLE_POLICIES_ABI_FAILURES_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the errors of a call as names with blanks between ("EMFILE ENFILE ENOENT"), the likeliest first; NULL: none is
 * known. A full disk, a lack of memory or descriptors, an older kernel, an unreachable peer, a signal: errors that a correct
 * program must expect. EFAULT, EBADF, EINVAL and their like, which say that the program is wrong, are not among them. */
const char *abi_failures(const char *syscall);

/* Returns which argument, from 0, says how much a call may transfer: bytes, or the elements of a vector. With a smaller value the
 * kernel transfers less, as it may at any time (read(2), write(2)). -1: the call transfers nothing. */
int abi_transfer_size(const char *syscall);

/* Whether threads and processes meet at this call, or begin and end with it: a delay there changes their order. */
bool abi_is_meeting(const char *syscall);

/* Returns how many calls the table has. */
size_t abi_failures_count(void);

#endif
