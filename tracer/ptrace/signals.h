/* Signals to the recorder, which stands where the command would. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_SIGNALS_H
#define PINHOLE_TRACER_PTRACE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tracer/ptrace/tracee.h"

/* From now on what a process sends to the recorder is passed on (but without a command, 0, see signals_end_asked): to
 * the command, and once that has ended, to all that it left behind, which stand in `tracees`. A tracee's own signals
 * never come here (aimed.h), but for those to a group. The terminal's signals reach the command by themselves. The
 * kernel's others, and the C library's, do nothing. */
void signals_take(pid_t command, const struct tracee_table *tracees);

/* Without a command: whether a signal came that ends a process by default, SIGUSR1 and SIGUSR2 excepted. */
bool signals_end_asked(void);

/* Sends the command a signal; once it has ended, or for SIGKILL, all. */
void signals_terminate(int signal);

/* The command has ended, and its id is no longer its own. */
void signals_command_ended(void);

/* The end of that. The signals stay blocked, so that whoever has something to bring to safety can. */
void signals_give_back(void);

/* At a tracee's signal stop: whether it is one passed on that this process got by itself too, as a member of the group
 * to which it was sent; then it is not to be delivered again. */
bool signals_is_copy(struct tracee *tracee, int signal);

/* Waits until a child may have something to report, so many milliseconds at most. */
void signals_wait_child(int64_t ms);

#endif
