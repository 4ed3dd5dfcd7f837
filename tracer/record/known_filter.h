/* A filter that lets through what is known: only news reaches the recorder. It needs no ptrace.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_KNOWN_FILTER_H
#define PINHOLE_TRACER_RECORD_KNOWN_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/profile/profile.h"
#include "tracer/tracer.h"

/* All zero, but for those above the line, is a beginning. */
struct known_filter {
	watch_compiler *compile;     /* NULL: there is never a filter */
	const struct profile *known; /* what was known before the run; or NULL */
	struct profile *seen;	     /* what this run has seen */
	/* The last phase that processes come to. Only facts of it are let through: the same call in an earlier phase is
	 * noticed once more. A process is given the filter when it has reached that phase. */
	enum phase last;
	uint32_t answer; /* to all other calls: SECCOMP_RET_TRACE or SECCOMP_RET_USER_NOTIF, with SECCOMP_RET_DATA */
	/* Returns whether the recorder must see every call of a fact, however often it was seen. */
	bool (*must_stop)(const struct fact *f);
	const struct record_fault *fault; /* or NULL: calls that must stop as well */
	/* ---- */
	struct watch_filter filter; /* of what was known when it was made */
	bool current;		    /* nothing that it could let through has become known since */
	bool impossible;	    /* the known calls exceed the filter limit (4096 instructions, linux/bpf_common.h) */
};

/* Returns the filter of what is known now; it is valid until the next call. Nobody will see how the calls end that it
 * lets through: their facts no longer say that they fail. Returns NULL where none can be made (`impossible`; *e is not
 * filled in), and after an error. */
const struct watch_filter *known_filter_get(struct known_filter *k, struct error *e);

/* Puts the facts of a profile that may pass into `out`, which must have room for all of them. Returns how many they are. p may be
 * NULL. */
size_t known_filter_facts(const struct known_filter *k, const struct profile *p, const struct fact **out);

/* Returns whether what was known before the run has anything that may pass. */
bool known_filter_is_warm(const struct known_filter *k);

/* A fact has become known, or an end of its calls. */
void known_filter_outdated(struct known_filter *k);

/* At the end of a run: forgets that calls fail, of facts that have failed so often that the next run need not stop for
 * them. Returns 0 or ERR_MEMORY. */
int known_filter_finish(struct known_filter *k, struct error *e);

void known_filter_free(struct known_filter *k);

#endif
