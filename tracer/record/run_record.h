/* The run in the profile: its command, time, kernel and end. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_RUN_RECORD_H
#define PINHOLE_TRACER_RECORD_RUN_RECORD_H

#include "tracer/tracer.h"

/* Adds a run of a command (argv ends with NULL) that begins now. Returns its position among the profile's runs, or a
 * negative code. */
int run_begin(struct profile *p, const struct record_options *options, char *const argv[], struct error *e);

/* Notes how the command ended; `status` is of waitpid(2). Returns 0 or ERR_MEMORY. */
int run_end(struct profile *p, uint32_t run, int status, struct error *e);

#endif
