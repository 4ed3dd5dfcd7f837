/* The run as the profile knows it. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_RUN_RECORD_H
#define PINHOLE_TRACER_RECORD_RUN_RECORD_H

#include "tracer/tracer.h"

/* Adds the run as it begins. Returns its position among the profile's runs, or a negative code. */
int run_begin(struct profile *p, const struct record_options *options, char *const argv[], struct error *e);

/* Notes how the command ended: its wait status. Returns 0 or ERR_MEMORY. */
int run_end(struct profile *p, uint32_t run, int status, struct error *e);

#endif
