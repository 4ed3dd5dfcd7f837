/* The name of a container's profile. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_CONTAINER_NAME_H
#define PINHOLE_TOOLS_CONTAINER_NAME_H

#include "policies/base/text.h"
#include "tracer/notify/container.h"

/* What `generate --listen` tells by words of listenerMetadata. */
struct container_told {
	bool passed_told, of_runc; /* whether `passed` is told; see policies/abi/unnoticed.h */
	uint64_t passed;	   /* how many facts the filter lets through */
	struct text name;	   /* all other words */
};
void container_told_read(const char *metadata, struct container_told *told);

/* The default of --name. */
extern const char container_name_rules[];

/* Checks the value of --name. Returns 0 or ERR_INPUT. */
int container_name_check(const char *rules, struct error *e);

/* Appends the name of a container's profile: what the first rule finds, or its id, as the name of a file without the folder. `metadata`:
 * as container_told has it. */
void container_name(const char *rules, const struct container *c, const char *metadata, struct text *out);

#endif
