/* The stacks of threads that do not run. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_UNWIND_H
#define PINHOLE_TRACER_SYMBOLS_UNWIND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/process/registers.h"

/* One frame: where a call returns to, or, of the innermost one, the instruction after the system call's. */
struct unwound {
	const char *path;     /* the module's, as /proc names it; NULL: in no module (code made at run time) */
	const char *build_id; /* hex, or NULL */
	uint64_t address;     /* in the module, as its ELF file counts (what addr2line takes); 0 where there is no module */
	bool interrupted;     /* the address is of the next instruction, not behind a call: a signal came, or the innermost */
};

/* Why there are no more frames. */
enum unwind_end {
	UNWIND_WHOLE,	   /* the outermost frame was reached */
	UNWIND_LIMIT,	   /* of frames */
	UNWIND_NO_INFO,	   /* the code there does not tell how to go on (.eh_frame), or it is of no module */
	UNWIND_LOOP,	   /* the next frame would have been this one again */
	UNWIND_UNREADABLE, /* memory, registers or /proc could not be read, or reading may deadlock on a traced FUSE server */
	UNWIND_FOREIGN,	   /* code of another architecture: 32-bit */
};

struct unwinder; /* keeps what it read, for the next stack of the same process */

struct unwinder *unwinder_new(struct error *e); /* NULL: no memory */
void unwinder_free(struct unwinder *u);

/* Fills in at most n ≥ 1 frames of a thread, innermost first, and *count. The thread is at a system call and must not
 * run meanwhile; `at` reads its registers. What the frames point to is valid until the next call. Returns enum
 * unwind_end, or ERR_MEMORY. Memory is read by process_vm_readv(2), .eh_frame_hdr too: no file is opened. */
int unwind(struct unwinder *u, pid_t tid, read_registers *at, struct unwound *frames, size_t n, size_t *count,
	   struct error *e);

#endif
