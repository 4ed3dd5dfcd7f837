/* Reads the seccomp filters of a running thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_READ_FILTERS_H
#define PINHOLE_TRACER_PTRACE_READ_FILTERS_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"
#include "tracer/tracer.h"

/* The filters of a thread, the oldest first. At every call all of them run, and the strictest answer counts
 * (seccomp(2)). */
struct thread_filters {
	VEC(struct thread_filter { VEC(struct sock_filter) code; }) all;
};

/* Reads the filters of the thread with that id (a process's id is that of its first thread). The thread is stopped
 * meanwhile, and goes on afterwards. `lets_through` judges whether its filters allow restart_syscall(2), so that it is
 * not killed because of the stop. Fills *out, which filters_clear releases. Returns 0; ERR_INPUT where there is no such
 * thread or it has no filters; ERR_SYSTEM where reading them is not permitted or not possible (the text says what to
 * do); or ERR_MEMORY. */
int filters_read(pid_t tid, filter_lets_through *lets_through, struct thread_filters *out, struct error *e);
void filters_clear(struct thread_filters *f);

/* Returns whether the filters of a thread that is at a ptrace-stop would deny restart_syscall(2), by which the kernel
 * goes on with an interrupted call. true also where it has filters that cannot be read. `lets_through` judges them;
 * NULL: returns false. */
bool filters_deny_restart(pid_t tid, filter_lets_through *lets_through);

#endif
