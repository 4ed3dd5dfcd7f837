/* Calls by which a watched program would signal, trace or change the recorder itself. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_AIM_H
#define PINHOLE_TRACER_PROCESS_AIM_H

#include <stdbool.h>
#include <sys/types.h>

#include "tracer/process/call.h"

enum aim {
	AIM_ELSEWHERE, /* not at this process */
	AIM_TRACE,     /* attaches to it by ptrace(2) */
	AIM_OWN,       /* makes it the owner of a descriptor, who gets signals when there is something to read (fcntl(2), F_SETOWN) */
	AIM_CHANGE,    /* signals it, or changes it: abi_changes_process */
	AIM_PIDFD,     /* signals it by a descriptor (pidfd_send_signal(2)) */
};

/* Returns how a call is aimed at this process. The thread waits at the call; `name` is the call's. Calls that aim at a group of
 * processes are not meant. */
enum aim aim_of(pid_t tid, const struct call *call, const char *name);

/* Returns whether such a call, whose second argument is `how`, sets the owner of a descriptor. */
bool aim_sets_owner(const char *name, uint64_t how);

#endif
