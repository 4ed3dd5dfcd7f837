/* The image a process runs: its program, and the moment it reaches its entry point. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_PROGRAM_IMAGE_H
#define PINHOLE_TRACER_RECORD_PROGRAM_IMAGE_H

#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/profile/profile.h"
#include "tracer/ptrace/tracee.h"

/* The programs seen so far, so that each is looked into once. All zero is empty. */
struct image_cache {
	VEC(struct image_file) files;
};

/* The program (position in the profile) that a thread runs, named by /proc/TID/exe, which is not opened. "(unknown)" where
 * /proc does not tell. *untouchable: what its memory has of the file is not to be read: it is unknown, or see proc_is_fuse.
 * Negative: no memory. */
int image_program(struct image_cache *cache, pid_t tid, struct profile *p, bool *untouchable, struct error *e);

/* At an exec stop: learns the program, and starts the phase `load` by a breakpoint at the entry point (AT_ENTRY,
 * getauxval(3)); a program without an interpreter is there already and starts in `main`, as does one where no
 * breakpoint can be set. Phase `serve` lasts. Returns 0 or a negative code. */
int image_exec(struct image_cache *cache, struct process *process, struct profile *p, struct error *e);

/* At a SIGTRAP: whether it is that breakpoint; then the program is as it was and the phase is `main`. */
bool image_entered(struct tracee *tracee);

/* Takes the breakpoint away, where it is set; the tracee is stopped. */
void image_disarm(struct tracee *tracee);

void image_cache_free(struct image_cache *cache);

#endif
