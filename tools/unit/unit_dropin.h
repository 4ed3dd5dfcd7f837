/* The drop-in under which systemd records a service: its own commands, each started by pinhole record.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_UNIT_DROPIN_H
#define PINHOLE_TOOLS_UNIT_DROPIN_H

#include <stdbool.h>

#include "policies/base/error.h"
#include "policies/base/text.h"

struct unit_recording {
	const char *name;	/* "nginx.service", for messages */
	const char *recorder;	/* path of pinhole */
	const char *profile;	/* path */
	const char *type;	/* Type= of the unit */
	const char *directory;	/* a line that makes the folder of the profile, as "StateDirectory=pinhole-nginx", or NULL */
	const char *also;	/* further lines, each with its end, or "" */
};

/* Appends the drop-in for a unit whose files (systemctl cat) are in `files`. `notes` gets a line for each thing that differs while
 * the unit is recorded. Returns 0, ERR_INPUT if the unit has no command that could be recorded, or ERR_MEMORY. */
int unit_dropin(const struct unit_recording *r, const char *files, struct text *out, struct text *notes, struct error *e);

#endif
