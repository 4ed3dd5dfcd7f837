/* Rows: profiles as lines of JSON that a database keeps, and back (policies/library/FORMAT.md, "Rows").
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_EXCHANGE_ROWS_H
#define PINHOLE_POLICIES_EXCHANGE_ROWS_H

#include "policies/profile/profile.h"

/* Where a run comes from. NULL: not known. */
struct row_source {
	const char *workload, *version, *host;
};

/* Remembers rows that were written lately: what many profiles share is not written again and again. Its size is fixed. */
struct recent_rows;

struct recent_rows *recent_rows_new(void); /* NULL: no memory; free by free(3) */

/* Appends the rows of a profile: a run's own row follows all that it needs. Of a run's workload, version and host, `told` counts
 * first, then its label, then `otherwise`. Returns 0, ERR_INPUT if the profile has no run (`name` is its file), or ERR_MEMORY. */
int rows_export(const struct profile *p, const char *name, const struct row_source *told, const struct row_source *otherwise,
		struct recent_rows *recent, struct text *out, struct error *e);

#endif
