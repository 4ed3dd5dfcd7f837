/* The calls that container runtimes make under the filter that they load. Internal to generator/emit/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_RUNTIME_CALLS_H
#define PINHOLE_GENERATOR_EMIT_RUNTIME_CALLS_H

#include "generator/emit/scmp.h"

/* The calls of one runtime that the policy does not let through. `policy` owns the names and reasons in `said`. */
struct runtime {
	const char *name;
	struct policy *policy;
	struct said_list said;
};

enum { RUNTIMES = 2 };

/* Expresses the policy and the runtimes' calls, with all notes that formats for container runtimes share. Returns 0 or a negative
 * code. Call said_clear and runtimes_clear in either case. */
int runtimes_and_policy(const struct emit_input *in, struct said_list *said, struct runtime runtimes[RUNTIMES], struct emit_notes *notes,
			struct error *e);
/* Adds the calls of crun to a policy that does not let them through, and notes them. An emitter's `prepare`. */
int runtime_add_crun(struct policy *p, struct emit_notes *notes, struct error *e);

void runtimes_clear(struct runtime all[RUNTIMES]);

/* Appends why a runtime makes a call, for a comment. */
void runtime_why(const struct runtime *r, const struct said *s, struct text *out);

#endif
