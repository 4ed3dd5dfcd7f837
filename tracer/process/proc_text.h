/* What files of /proc say, as text: nothing is read here. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_PROC_TEXT_H
#define PINHOLE_TRACER_PROCESS_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A field of /proc/PID/status, whose text comes in pieces. All zero but `name` is a beginning. */
struct proc_field {
	const char *name; /* at the line's beginning, with its colon */
	char value[64];	  /* what follows, as far as there is room; ends with a zero */
	bool found;	  /* the line has come, with its end */
	/* ---- */
	size_t matched, used;
	bool other; /* in a line of another field */
};

/* Looks at the next n bytes of the text. */
void proc_field_feed(struct proc_field *f, const char *text, size_t n);

/* A thread that waits at a call, by /proc/PID/syscall (proc(5)). */
struct proc_waiting {
	uint64_t args[6];
	uint64_t stack, code; /* the stack pointer, and the address after the instruction that makes the call */
};

/* Reads the text of /proc/PID/syscall. Returns false where the thread runs, or waits outside of calls. */
bool proc_text_syscall(const char *text, struct proc_waiting *out);

/* Numbers that come in pieces, separated by spaces, as in /proc/PID/task/TID/children. All zero is a beginning. */
struct proc_ids {
	long value; /* of the number that has begun */
	bool begun;
};

/* Takes the next number from the n bytes at *text, and moves *text behind it. Returns 0 where the bytes end before a number
 * does: the next piece goes on. A piece of no bytes ends the last number. What is no id (above INT32_MAX) is left out. */
pid_t proc_ids_next(struct proc_ids *ids, const char **text, const char *end);

#endif
