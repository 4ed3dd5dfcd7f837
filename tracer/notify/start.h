/* Starting a command whose calls notify. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_START_H
#define PINHOLE_TRACER_NOTIFY_START_H

#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/notify/listener.h"
#include "tracer/tracer.h"

/* Memory that the recorder, its keeper and, until its exec, the command's process share. */
struct shared {
	int listener; /* the descriptor; -1: the filter is not installed yet */
	int alone;    /* it has descriptors of its own */
	/* The notification that the recorder has taken. Where the recorder dies before it answers, nobody else can take it again. */
	union notification taken;
};

/* A command that was started. */
struct start {
	pid_t pid;
	int pidfd;    /* readable once it has ended (pidfd_open(2)) */
	int listener; /* notifications of the command and of its descendants */
	int report;	/* the end of the file: the command was executed; else a reason why it was not */
	int report_end; /* its other end, until only the process has that */
	struct shared *shared;
};

/* Makes a process that installs the filter, which must answer SECCOMP_RET_USER_NOTIF, with a listener. It goes on to execve(2)
 * when its notifications are answered. Returns 0 or ERR_SYSTEM. */
int start_begin(struct start *s, char *const argv[], const struct watch_filter *filter, struct error *e);

/* Whether the command was executed: 1; 0: not yet; or a negative code and the reason. `command`: argv[0]. Does not wait. */
int start_executed(struct start *s, const char *command, struct error *e);

/* Closes what start_begin opened. */
void start_close(struct start *s);

#endif
