/* The recorder: makes facts of calls. It needs no ptrace: whoever learns of a call, by a stop (record_stops.c) or otherwise, gives
 * it the thread and the call. SPDX-License-Identifier: MIT
 *
 * A call becomes a fact in these steps:
 *     recorder_program   once per process and exec: which program it runs
 *     recorder_key       the call → the key of its fact. May read the thread's memory; nothing is noted yet
 *     recorder_count     counts the fact. The answer tells whether it is new, and whether its stack and end are wanted
 *     recorder_stack     where its stack is wanted: notes who made the call
 *     recorder_ended     where its end is wanted, or cannot be known: how the call ended
 * Between recorder_key and recorder_count the thread must still be at that call. A tracer's stop guarantees that. Without a stop
 * the caller must check it there, and drop the key where it is not so. */
#ifndef PINHOLE_TRACER_RECORD_RECORDER_H
#define PINHOLE_TRACER_RECORD_RECORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/profile/profile.h"
#include "tracer/process/call.h"
#include "tracer/record/programs.h"
#include "tracer/record/record_stacks.h"
#include "tracer/symbols/unwind.h"
#include "tracer/tracer.h"

struct recorder {
	struct profile *profile; /* of the caller of tracer_record; owned by it */
	const struct record_options *options;
	uint32_t run; /* position among the profile's runs */
	struct programs programs;
	struct callers callers;
	int64_t last_told; /* when options->progress was called; milliseconds, now_ms() */
	int64_t began, last_new; /* the run's beginning and its last new fact; milliseconds, now_ms() */
};

/* Adds a run of this command to the profile, marked as unfinished, and starts its clock. `argv` ends with NULL. Returns
 * 0 or a negative code. */
int recorder_begin(struct recorder *r, struct profile *p, const struct record_options *options, char *const argv[],
		   struct error *e);

enum { RECORDER_MERCY = 10000 }; /* milliseconds from SIGTERM, when options->until_ms have passed, to SIGKILL */

/* Returns whether it is time to tell how the recording goes: every half second, where options->progress is set. */
bool recorder_progress_due(const struct recorder *r);

/* Tells it: the stops so far, and the processes. */
void recorder_progress(struct recorder *r, uint64_t stops, unsigned processes);

/* Every now and then: shows the profile so far to options->watcher. Returns for how many milliseconds the run has lasted. */
int64_t recorder_watched(struct recorder *r);

/* At the end of the run: notes how long it lasted, and that it is finished. */
void recorder_end(struct recorder *r);

/* Releases what the recorder holds; the profile stays. */
void recorder_free(struct recorder *r);

/* Finds or adds the program that a thread runs now; see programs_find. Returns its position in the profile, PROGRAM_GONE (in a
 * listener alone), or ERR_MEMORY. */
int recorder_program(struct recorder *r, pid_t tid, bool *readable, struct error *e);

/* Returns the key of the fact that this call is. The flags that clone3's pointer leads to belong to it: `pointed` gives
 * them, or they are read from the thread's memory where it is NULL; they are left out where they cannot be read. A page
 * of memory that is not present is not read, as bringing it may need another thread that is waiting
 * (userfaultfd(2)). */
struct fact_key recorder_key(pid_t tid, enum phase phase, const struct call *call, const uint64_t *pointed);

/* Counts one occurrence of a fact, made by that program (recorder_program). Returns OBSERVED_* bits, or a negative
 * code. */
int recorder_count(struct recorder *r, const struct fact_key *key, uint32_t program, struct error *e);

/* After recorder_count said OBSERVED_EARLY: adds the stack of the thread that is at the call, if stacks are wanted and
 * more of them for this fact. `at`: where the thread is. A stack that cannot be unwound is no error: the stack notes
 * it. Returns 0 or ERR_MEMORY. */
int recorder_stack(struct recorder *r, const struct fact_key *key, pid_t tid, read_registers *at, struct error *e);

/* Notes how a call of that fact ended: with an errno value, or 0 for success, for a call that never returns, and where
 * nobody can tell. Returns 0 or ERR_MEMORY. */
int recorder_ended(struct recorder *r, const struct fact_key *key, unsigned error, struct error *e);

/* Returns whether a call of that name has no result: sigreturn(2) leaves the registers of the call that the signal
 * interrupted. */
bool recorder_has_no_result(const struct call *call);

#endif
