/* Unwinds the stacks of stopped threads. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_UNWIND_H
#define PINHOLE_TRACER_SYMBOLS_UNWIND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/process/registers.h"

/* One frame. Its address is the return address; in the innermost frame, the address after the
 * system call's instruction. */
struct unwound {
	const char *path;     /* of the module, as in /proc; NULL: it is in no module (code made at run time) */
	const char *build_id; /* hexadecimal, or NULL */
	uint64_t address;     /* in the ELF file's own terms, as addr2line takes it; 0: it is in no module */
	bool interrupted;     /* no call precedes the address: a signal arrived there, or it is the innermost frame */
};

/* Why there are no more frames. */
enum unwind_end {
	UNWIND_WHOLE,	   /* the outermost frame was reached */
	UNWIND_LIMIT,	   /* the caller's limit was reached */
	UNWIND_NO_INFO,	   /* the frame's code has no unwind information (.eh_frame), or is in no module */
	UNWIND_LOOP,	   /* the next frame would be this one again */
	UNWIND_UNREADABLE, /* memory, registers or /proc could not be read, or reading may deadlock on a traced FUSE
			      server */
	UNWIND_FOREIGN,	   /* code of another architecture: 32-bit */
};

struct unwinder; /* caches what it has read for the next stack of the process */

struct unwinder *unwinder_new(struct error *e); /* NULL: no memory */
void unwinder_free(struct unwinder *u);

/* Fills in at most n ≥ 1 frames of a thread, innermost first, and *count. The thread must be at a
 * system call and not run meanwhile; `at` reads its registers. Pointers in the frames are valid
 * until the next call. Returns enum unwind_end, or ERR_MEMORY. Memory, including .eh_frame_hdr, is
 * read by process_vm_readv(2): no file is opened. */
int unwind(struct unwinder *u, pid_t tid, read_registers *at, struct unwound *frames, size_t n, size_t *count,
	   struct error *e);

#endif
