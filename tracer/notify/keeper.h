/* A process that answers notifications when the recorder is gone. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_KEEPER_H
#define PINHOLE_TRACER_NOTIFY_KEEPER_H

#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/notify/start.h"

struct keeper {
	pid_t pid;
	int life; /* -1: none; it closes when the recorder ends for any reason */
};

/* Makes the keeper: a process in a session of its own, with no descriptors but the listener and the end of a pipe. Once the
 * recorder has ended it lets every call go on, until no process with the filter is left. Without it these calls would fail with
 * ENOSYS. Returns 0 or ERR_SYSTEM. */
int keeper_start(struct keeper *k, const struct start *s, struct error *e);

/* Ends the need for the keeper: no process has the filter any more (`all_gone`), or the keeper must
 * continue alone. */
void keeper_end(struct keeper *k, bool all_gone);

#endif
