/* The seccomp filters of a running thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_READ_FILTERS_H
#define PINHOLE_TRACER_PTRACE_READ_FILTERS_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"
#include "tracer/tracer.h"

/* In the order in which they were installed, the oldest first. All of them run at every call, the newest first, and the
 * strictest answer counts (seccomp(2)). */
struct thread_filters {
	VEC(struct thread_filter { VEC(struct sock_filter) code; }) all;
};

/* Reads what filters the thread of that id has (a process's id is that of its first thread). It is stopped while that
 * is done, and then goes on. Returns 0, ERR_INPUT where there is no such thread or it has no filters, ERR_SYSTEM where
 * reading them is not permitted or not possible (the text says what to do), or ERR_MEMORY. */
int filters_read(pid_t tid, filter_lets_through *lets_through, struct thread_filters *out, struct error *e);
void filters_clear(struct thread_filters *f);

/* Whether a filter of a thread, which is at a ptrace-stop, would deny restart_syscall(2) in place of the call that it
 * was at. So it is, too, where the thread has filters that may not be read. `lets_through`: NULL for false. */
bool filters_deny_restart(pid_t tid, filter_lets_through *lets_through);

#endif
