/* Which process a new thread belongs to. Its maker's event tells; where that does not come, /proc must.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_NEW_THREADS_H
#define PINHOLE_TRACER_PTRACE_NEW_THREADS_H

#include <stdbool.h>

#include "policies/base/error.h"
#include "tracer/ptrace/loop.h"

/* A new thread has stopped, and nobody has told whose it is: keeps it at that stop. */
void new_threads_keep(struct tracee *tracee, struct stop stop);

/* At the stop of a thread that has made a thread or process (PTRACE_EVENT_FORK and its kin): notes whose the new one
 * is, and restarts it if it has been kept. Returns 0 or a negative code. */
int new_threads_made(struct loop *l, struct tracee *maker, bool vfork, struct error *e);

/* Lets go those that have been kept for too long: /proc says whose they are. `idle`: no tracee has stopped. Returns 0
 * or a negative code. */
int new_threads_overdue(struct loop *l, bool idle, struct error *e);

#endif
