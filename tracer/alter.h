/* A call that a tracee is about to make is altered. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_ALTER_H
#define PINHOLE_ALTER_H

#include <sys/types.h>

/* At the entry stop of a call, or at a filter's: the call is not made, and fails with that errno value. */
void alter_answer(pid_t tid, int error);

#endif
