/* What tightening does at the tracees' stops: which process gets which filter when, and when it is let go.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_DEPLOY_TIGHTEN_H
#define PINHOLE_TRACER_DEPLOY_TIGHTEN_H

#include "tracer/deploy/deploy.h"
#include "tracer/ptrace/loop.h"

/* A tightening that is under way. */
struct tightening {
	struct loop loop; /* its `self` is the tightening */
	const struct deployment *filters;
	int words; /* a copy of the command's standard error, until its first filter is installed; or -1 */
};

/* The loop's functions. */
extern const struct watcher tighten_watcher;

#endif
