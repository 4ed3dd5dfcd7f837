/* Signals to the recorder are passed on to the command: the recorder has the place that the command would have.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_SIGNALS_H
#define PINHOLE_TRACER_PTRACE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tracer/ptrace/tracee.h"

/* Begins to pass on the signals that processes send to this one: to the command, and once that has ended to all
 * processes that it left behind, the leaders in `tracees`. The table must live until signals_give_back. Not passed on
 * are signals of the terminal, which reach the command by themselves, other signals of the kernel and the C library's
 * own; and those of tracees, of which only signals to a group come here (aimed.h). `command` 0: there is none, see
 * signals_end_asked. */
void signals_take(pid_t command, const struct tracee_table *tracees);

/* Without a command: returns whether a signal has come that ends a process by default, except SIGUSR1 and SIGUSR2. */
bool signals_end_asked(void);

/* Sends a signal to the command; to all processes if it is SIGKILL, or the command has ended. */
void signals_terminate(int signal);

/* Call this when the command has ended: its id may be another process's from now on. */
void signals_command_ended(void);

/* Stops passing signals on. They stay blocked, so that the caller can save the profile undisturbed. */
void signals_give_back(void);

/* At a tracee's signal stop: returns whether we passed this signal on although the tracee had it already: it was sent
 * to their common process group. Then it must not be delivered again. */
bool signals_is_copy(struct tracee *tracee, int signal);

/* Waits until a child may have something to report, but at most that many milliseconds. */
void signals_wait_child(int64_t ms);

#endif
