/* Which program a process runs. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_PROGRAMS_H
#define PINHOLE_TRACER_RECORD_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"
#include "policies/profile/profile.h"

/* The position of no program: the thread is gone. */
enum { PROGRAM_GONE = INT32_MAX };

/* The programs that were seen so far, so that each is examined once. All zero is empty. */
struct programs {
	VEC(struct known_program) all;
	bool may_be_gone; /* threads are not stopped, so that one whose program /proc does not tell has ended */
};

/* Finds or adds the program that a thread runs now: its path is where /proc/TID/exe leads, its build ID comes from the
 * process's memory. No file is opened. The path is "(unknown)" where /proc does not tell, and "(others)" after 4096 programs. *readable: as
 * proc_program_is_readable. Returns the program's position in the profile, PROGRAM_GONE (only with may_be_gone), or ERR_MEMORY. */
int programs_find(struct programs *programs, pid_t tid, struct profile *p, bool *readable, struct error *e);

void programs_free(struct programs *programs);

#endif
