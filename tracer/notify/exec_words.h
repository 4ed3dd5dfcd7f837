/* The command line that a thread is about to execute. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_EXEC_WORDS_H
#define PINHOLE_TRACER_NOTIFY_EXEC_WORDS_H

#include <stddef.h>
#include <sys/types.h>

#include "tracer/process/call.h"

/* Copies the words of an execve(2) or execveat(2) at which a thread waits, each with its NUL: at most `room` bytes, and the last word may
 * be cut. Reads only memory that is present (memory_read_once), so it waits for nobody. Returns their length; 0: it is another call, of
 * another architecture than the machine's, or the memory cannot be read. */
size_t exec_words(pid_t tid, const struct call *call, char *out, size_t room);

#endif
