/* Runs a person's test, in a world of its own as far as a test can be given one. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_TRIAL_H
#define PINHOLE_TOOLS_TRIAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"

/* One run of a test that is under way. All zero: none. */
struct trial_run {
	pid_t keeper;	  /* the process that keeps the test's processes together, a child of ours */
	int ended;	  /* a pidfd of it (pidfd_open(2), Linux 5.3) */
	int64_t deadline; /* now_ms() */
	volatile int *status;
	int slot;
};

struct trial_outcome {
	int status;	 /* wait(2)'s, of the test's shell */
	bool timed_out;	 /* killed when its time was over */
	bool lost;	 /* its keeper was killed, by itself perhaps: how it ended is not known */
	char words[160]; /* the last line that it wrote, on one line, without control characters */
};

/* Starts argv as a test: standard input is /dev/null, output goes to FOLDER/SLOT.log, TMPDIR is the new folder
 * FOLDER/SLOT.tmp, and PINHOLE_TRIAL is the slot's number, so that tests that are under way at once can keep out of each
 * other's way (ports, files). It has its own session, which the keeper is not of. ms: how long it may take. Returns 0 or ERR_SYSTEM. */
int trial_start(struct trial_run *run, const char *folder, int slot, char *const *argv, uint64_t ms, struct error *e);

/* Waits until one of n runs has ended or its time is over, and ends it with all its processes, those too that have left
 * its session (prctl(2), PR_SET_CHILD_SUBREAPER). Returns its index; or ERR_SYSTEM, also where there is none, and after a
 * signal whose handler has set *interrupted. */
int trial_wait(struct trial_run *runs, size_t n, const char *folder, const volatile sig_atomic_t *interrupted,
	       struct trial_outcome *outcome, struct error *e);

/* Ends all of them. */
void trial_kill(struct trial_run *runs, size_t n);

/* Whether the test says that the program works. */
bool trial_passed(const struct trial_outcome *outcome);

/* "exit status 1", "SIGSYS", "not done in time", with the last words after it. */
void trial_text(const struct trial_outcome *outcome, char *text, size_t size);

#endif
