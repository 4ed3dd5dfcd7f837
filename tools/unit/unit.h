/* A service that pinhole unit works on. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_UNIT_H
#define PINHOLE_TOOLS_UNIT_H

#include <limits.h>

#include "tools/command.h"
#include "tools/unit/unit_systemctl.h"

struct unit {
	bool of_user, discard;
	uint64_t within_ms;
	struct infer_options infer;
	char name[NAME_MAX + 1];
	struct text folder, record, filter, policy, profile; /* paths */
	struct text directory;				     /* the line that makes the profile's folder, or nothing */
	struct unit_state state;			     /* as the command found it */
};

/* unit_files.c */

/* Fills the unit's paths, from its name and state. Returns 0 or ERR_MEMORY. */
int unit_make_paths(struct unit *u, struct error *e);

/* Whether there is a file of that name. */
bool unit_has_file(const struct text *path);

/* Makes a folder and those above it. */
int unit_make_folder(const char *path, struct error *e);

/* Moves PATH to PATH.before, or back. A missing file is no error. */
int unit_put_aside(const struct text *path, bool back, struct error *e);

/* Removes PATH.before. */
void unit_remove_before(const struct text *path);

/* unit_filter.c */

/* Reads the profile. Its folder belongs to the service's user, who may have put anything there. Returns NULL and
 * sets an error if it cannot be read or has no fact. */
struct profile *unit_read_profile(const struct unit *u, struct error *e);

/* Appends the drop-in that the recorded calls need. Returns their policy, or NULL and sets an error. */
struct policy *unit_make_filter(const struct unit *u, struct text *out, struct error *e);

/* Appends the differences from the policy before; without one, the settings of the drop-in. */
void unit_show_changes(const struct unit *u, const struct policy *new, const struct text *dropin, struct text *out, struct error *e);

/* Writes the policy beside the drop-in. Returns 0 or a negative code. */
int unit_write_policy(const struct unit *u, const struct policy *policy, struct error *e);

#endif
