/* The place where trials of the user's test run. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_TRIAL_PLACE_H
#define PINHOLE_TOOLS_TRIAL_PLACE_H

#include "tools/trials/trial.h"

enum { TRIAL_JOBS = 256, TRIAL_LEAST_MS = 5000 };

/* The options that commands which make trials share. */
struct trial_options {
	const char *test;	  /* a command for sh(1); NULL: not given */
	long jobs;
	uint64_t timeout, within; /* milliseconds; 0: not given */
};

/* Takes an option with the key t (--test), j (--jobs), T (--timeout) or w (--within). Returns 0, ERR_INPUT, or 1 for another
 * option. */
int trial_option(int option, const char *value, struct trial_options *o, struct error *e);

/* Returns 0, or ERR_INPUT if there is no test. */
int trial_check_test(const char *test, struct error *e);

struct trial_place {
	char folder[480], self[4096]; /* a folder of its own; the path of pinhole */
	const char *test;	      /* the user's; {} in it stands before the program that is tried */
	long jobs;		      /* how many trials may run at once: 1 to TRIAL_JOBS */
	uint64_t timeout;	      /* milliseconds that a trial may take */
	struct trial_run runs[TRIAL_JOBS];
	size_t padding;		      /* of the next trial's environment, as of trial_start */
	size_t made;		      /* trials, so far */
};

/* The signal that interrupts the trials; 0: none came. */
extern volatile sig_atomic_t trial_interrupted;

/* Makes the folder, in TMPDIR, or in /tmp if the path of TMPDIR needs quoting in a shell; `name` is in its name. From now on
 * SIGINT, SIGTERM and SIGHUP set trial_interrupted, unless they are ignored, as under nohup(1). Returns 0, ERR_INPUT or
 * ERR_SYSTEM. */
int trial_place_make(struct trial_place *p, const char *name, struct error *e);

/* Kills all trials and removes the folder. A folder of the user's that a test has bound there is left. */
void trial_place_remove(struct trial_place *p);

/* Starts the test in a slot. `before`: the command, ending with NULL, that runs the program in its stead (pinhole run POLICY --).
 * It stands in place of {}, or before the whole test if that has no {}. NULL: the test runs as it is. Returns 0 or a negative
 * code. */
int trial_place_start(struct trial_place *p, int slot, char *const *before, struct error *e);

/* Sets how long a trial may take: as long as was asked for, or else ten times as long as the test took, and at least
 * TRIAL_LEAST_MS. Milliseconds; asked 0: nothing was asked for. */
void trial_place_set_timeout(struct trial_place *p, uint64_t asked, uint64_t took);

/* Returns a slot in which no trial runs, or -1. */
int trial_place_free_slot(const struct trial_place *p);

/* Waits for a trial to end. Returns its slot, or a negative code. */
int trial_place_wait(struct trial_place *p, struct trial_outcome *outcome, struct error *e);

#endif
