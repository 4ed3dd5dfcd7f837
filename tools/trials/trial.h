/* Runs the user's test, isolated as far as possible. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_TRIAL_H
#define PINHOLE_TOOLS_TRIAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"

enum { TRIAL_PADDING = 16384 };

/* A running test. All zero: none. */
struct trial_run {
	pid_t keeper;	  /* the child process that keeps the test's processes together */
	int ended;	  /* pidfd of the keeper (pidfd_open(2), Linux 5.3) */
	int64_t deadline; /* as of now_ms() */
	volatile int *status;
	int slot;
};

struct trial_outcome {
	int status;	 /* wait status of the test's shell */
	bool timed_out;	 /* killed when its time was over */
	bool lost;	 /* the keeper was killed, perhaps by the test: the test's status is unknown */
	char words[160]; /* the test's last line of output, without control characters */
};

/* Starts argv as a test. Standard input is /dev/null; output goes to FOLDER/SLOT.log; TMPDIR is the
 * new folder FOLDER/SLOT.tmp. PINHOLE_TRIAL is the slot's number, so that tests that run at the
 * same time can use different ports or files. PINHOLE_PADDING has so many characters, at most TRIAL_PADDING: the size of the
 * environment decides where a program's memory lies. The test gets a session of its own. ms: its time limit. Returns 0 or
 * ERR_SYSTEM. */
int trial_start(struct trial_run *run, const char *folder, int slot, size_t padding, char *const *argv, uint64_t ms, struct error *e);

/* Waits until one of n runs has ended or its time is over, and kills all its processes, even those
 * that left its session (prctl(2), PR_SET_CHILD_SUBREAPER). Returns its index. Returns ERR_SYSTEM
 * on failure, and after a signal whose handler has set *interrupted. */
int trial_wait(struct trial_run *runs, size_t n, const char *folder, const volatile sig_atomic_t *interrupted,
	       struct trial_outcome *outcome, struct error *e);

/* Kills all runs. */
void trial_kill(struct trial_run *runs, size_t n);

/* Returns whether the test passed. */
bool trial_passed(const struct trial_outcome *outcome);

/* Writes an outcome as text: "exit status 1", "SIGSYS" or "not done in time", followed by the last
 * line of output. */
void trial_text(const struct trial_outcome *outcome, char *text, size_t size);

#endif
