/* What starting a command takes, traced or not. SPDX-License-Identifier: MIT */
#include "tracer/process/spawn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void timers_hand_on(const struct itimerval timers[3])
{
	for (int which = 0; which < 3; which++)
		if (timerisset(&timers[which].it_value))
			setitimer(which, &timers[which], NULL);
}

void timers_take(struct itimerval timers[3])
{
	static const struct itimerval never;
	for (int which = 0; which < 3; which++)
		setitimer(which, &never, &timers[which]);
}

int spawn_was_killed(const char *command, struct error *e)
{
	return error_set(e, ERR_SYSTEM, "%s: was killed before it started", command);
}

int spawn_cannot_run(const char *command, int error, struct error *e)
{
	if (error == ENOENT && strchr(command, '/') == NULL)
		return error_set(e, ERR_INPUT, "%s: command not found in PATH", command);
	return error_set(e, ERR_INPUT, "%s: cannot run it: %s", command, strerror(error));
}

void spawn_takes_name(void)
{
	static const char *const names[] = {"LISTEN_PID", "WATCHDOG_PID"};
	char parent[16], self[16];
	snprintf(parent, sizeof(parent), "%d", (int)getppid());
	snprintf(self, sizeof(self), "%d", (int)getpid());
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value == NULL || strcmp(value, parent) != 0)
			continue;
		setenv(names[i], self, 1);
		if (i == 0)
			unsetenv("LISTEN_PIDFDID"); /* newer systemd: says the same by the inode of a pidfd; optional */
	}
}
