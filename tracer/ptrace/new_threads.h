/* Finds the process of a new thread: from its maker's event, or from /proc if that event does not
 * come.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_NEW_THREADS_H
#define PINHOLE_TRACER_PTRACE_NEW_THREADS_H

#include <stdbool.h>

#include "policies/base/error.h"
#include "tracer/ptrace/loop.h"

/* A new thread of unknown process has stopped: keeps it stopped. */
void new_threads_keep(struct tracee *tracee, struct stop stop);

/* At the stop of a thread that made a thread or process (PTRACE_EVENT_FORK and similar): notes the
 * new one's process, and restarts it if it was kept stopped. Returns 0 or a negative code. */
int new_threads_made(struct loop *l, struct tracee *maker, bool vfork, struct error *e);

/* Restarts threads that were kept stopped for too long: /proc gives their process. `idle`: no
 * tracee has stopped. Returns 0 or a negative code. */
int new_threads_overdue(struct loop *l, bool idle, struct error *e);

#endif
