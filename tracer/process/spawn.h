/* What starting a command takes, traced or not. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_SPAWN_H
#define PINHOLE_TRACER_PROCESS_SPAWN_H

#include <sys/time.h>

#include "policies/base/error.h"

/* What the process that is to become the command reports: the step that failed, and why (an errno value). */
struct report {
	enum { STEP_PREPARE, STEP_FILTER, STEP_EXEC } step;
	int error;
};

/* Takes the timers of setitimer(2) and alarm(2) away from this process. */
void timers_take(struct itimerval timers[3]);

/* Gives the command the timers that it would have without us: an exec keeps timers, but our fork does not. Async-signal-safe. */
void timers_hand_on(const struct itimerval timers[3]);

/* In the process that is to become the command: a service manager that started this process names it by its id in LISTEN_PID and
 * WATCHDOG_PID (sd_listen_fds(3), sd_watchdog_enabled(3)); the command must find its own id there. */
void spawn_takes_name(void);

/* Fills *e with why the exec of a command failed: an errno value. Returns ERR_INPUT. */
int spawn_cannot_run(const char *command, int error, struct error *e);

/* Fills *e: the command was killed before its exec. Returns ERR_SYSTEM. */
int spawn_was_killed(const char *command, struct error *e);

#endif
