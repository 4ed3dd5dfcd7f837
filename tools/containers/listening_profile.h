/* pinhole generate --listen. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_LISTENING_PROFILE_H
#define PINHOLE_TOOLS_LISTENING_PROFILE_H

#include "tools/command.h"

struct listening_options {
	const char *socket, *name; /* NULL: not given */
	bool crun, runtime;	   /* --runtime=crun; --runtime was given */
};

/* Parses the value of --runtime. */
int listening_parse_runtime(const char *text, struct listening_options *o, struct error *e);

/* Appends the OCI profile under which a runtime hands a container to pinhole listen. What the profile `source` knows is allowed
 * without notice; NULL: nothing is. Returns 0 or a negative code. */
int listening_profile_make(const char *source, const struct listening_options *o, struct text *out, struct emit_notes *notes,
			   struct error *e);

#endif
