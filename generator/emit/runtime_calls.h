/* What container runtimes themselves call under the filter that they load. Internal to generator/emit/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_RUNTIME_CALLS_H
#define PINHOLE_GENERATOR_EMIT_RUNTIME_CALLS_H

#include "generator/emit/scmp.h"

/* One runtime's calls that the policy does not let through; `policy` owns the names and reasons of `said`. */
struct runtime {
	const char *name;
	struct policy *policy;
	struct said_list said;
};

enum { RUNTIMES = 2 };

/* A filter that is loaded by a container runtime binds it as well, until it has started the program: what it needs by then,
 * and the policy does not let through. With in->strict nothing. Says so in the notes. Returns 0 or a negative code;
 * runtimes_clear in either case. */
int runtimes_express(const struct emit_input *in, struct runtime out[RUNTIMES], struct emit_notes *notes,
		     struct error *e);
/* What a profile for container runtimes says: of the policy, and of the runtimes; with all notes that these formats share. */
int runtimes_and_policy(const struct emit_input *in, struct said_list *said, struct runtime runtimes[RUNTIMES], struct emit_notes *notes,
			struct error *e);
void runtimes_clear(struct runtime all[RUNTIMES]);

/* Appends why a runtime makes a call, for a comment. */
void runtime_why(const struct runtime *r, const struct said *s, struct text *out);

#endif
