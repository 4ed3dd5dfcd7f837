/* Ends the processes that a signal would have killed at once, had nobody traced them. SPDX-License-Identifier: MIT
 *
 * A signal that ends a process becomes SIGKILL when it is sent, which also ends a wait that no other signal ends: of the parent
 * in vfork(2), for a permission of fanotify(7), for a page of userfaultfd(2) within a call. A traced process gets the signal
 * itself instead, and would take it at its next stop alone (complete_signal, kernel/signal.c). */
#ifndef PINHOLE_TRACER_PTRACE_DOOMED_H
#define PINHOLE_TRACER_PTRACE_DOOMED_H

#include "tracer/ptrace/tracee.h"

/* Looks at all processes, and kills those that have had such a signal for a while and do not stop for it. To be called every now
 * and then; looks some ten times a second, and less often where there are very many processes. */
void doomed_look(struct tracee_table *t);

/* Returns the wait status that a tracee would have ended with: if this killed it, that of the signal that it had. */
int doomed_status(const struct tracee *tracee, int status);

#endif
