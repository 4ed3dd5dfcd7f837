/* Asks systemd about a service, and has it act, by systemctl(1). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_UNIT_SYSTEMCTL_H
#define PINHOLE_TOOLS_UNIT_SYSTEMCTL_H

#include <stdbool.h>

#include "policies/base/error.h"
#include "policies/base/text.h"

/* A service as systemd has it. The strings belong to `all`; a property that this systemd does not have is "". */
struct unit_state {
	struct text all;
	const char *id, *load, *load_error, *active, *sub, *result, *type, *user, *dynamic_user, *root_directory, *root_image,
	    *state_directory, *cache_directory, *logs_directory, *protect_home, *restarts, *main_code, *main_status, *exec_start;
};

/* Fills *out, to be cleared by unit_state_clear in either case. Returns 0, or ERR_INPUT where systemd does not run here. */
int unit_state_read(bool of_user, const char *name, struct unit_state *out, struct error *e);
void unit_state_clear(struct unit_state *s);

/* Appends the unit's files, as `systemctl cat` shows them. Returns 0 or a negative code. */
int unit_cat(bool of_user, const char *name, struct text *out, struct error *e);

/* Runs `systemctl VERB [NAME]`. NAME may be NULL. Returns 0 if it succeeds, 1 with its own words in *said if not, or a negative
 * code if it cannot be run. */
int unit_do(bool of_user, const char *verb, const char *name, struct text *said, struct error *e);

/* Waits until the service has run for so many milliseconds without a failure or a restart, or has ended well. Returns 1 if so, 0 if
 * it failed, or a negative code. *s is its last state; cleared by the caller. `restarts`: its number of restarts before. */
int unit_comes_up(bool of_user, const char *name, const char *restarts, uint64_t ms, struct unit_state *s, struct error *e);

#endif
