/* record --inject: what is made to go wrong in a run. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_INJECTION_H
#define PINHOLE_TOOLS_INJECTION_H

#include "policies/base/error.h"
#include "tracer/tracer.h"

/* All zero: nothing. */
struct injection {
	struct record_fault fault; /* its `when` is 0: no call fails */
	const struct surrounding *surrounding; /* a row of injection.c; NULL: as they are */
	const char *value;	   /* for it: after "=", of the option's text */
};

/* Reads one of
 *     CALL[(ARG=VALUE,…)]:error=ERRNO[:when=N[+]]     such a call fails, the N-th (1) of the run, or with + it and all later ones
 *     CALL[(ARG=VALUE,…)]:signal=SIGNAL[:when=N[+]]   a signal meets it
 *     CALL[(ARG=VALUE,…)]:short=N[:when=N[+]]         it transfers at most N bytes, or elements of a vector
 *     CALL[(ARG=VALUE,…)]:delay=MS[:when=N[+]]        its thread waits before it
 *     NAME=VALUE                                      what the command inherits: see surroundings[] in injection.c
 * `text` must outlive the injection. Returns 0 or ERR_INPUT. */
int injection_parse(const char *text, struct injection *out, struct error *e);

/* Sets the options of a recording by it. */
void injection_use(const struct injection *i, struct record_options *options);

/* The texts of all surroundings that are worth a trial, and their number. */
extern const char *const injection_surroundings[];
extern const size_t injection_surrounding_count;

#endif
