/* What recording does at the tracees' stops. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_RECORD_STOPS_H
#define PINHOLE_TRACER_RECORD_RECORD_STOPS_H

#include "tracer/ptrace/launch.h"
#include "tracer/ptrace/loop.h"
#include "tracer/record/quiet.h"
#include "tracer/record/recorder.h"

/* A recording by the tracer that is under way. */
struct recording {
	struct loop loop; /* its `self` is the recording */
	struct recorder recorder;
	struct quiet quiet;
	struct launch launcher; /* of the command; unused where processes were attached to */
	struct record_result result;
	uint64_t faulted; /* calls that options->fault is about, so far */
	enum {
		TIME_LEFT,
		TIME_UP,   /* options->until_ms have passed: the command was asked to end */
		TIME_OVER, /* the loop ends */
	} time;
};

/* The loop's functions. */
extern const struct watcher record_watcher;

#endif
