/* A profile's file: reads it, and adds runs to it in one transaction (lock, read, merge, replace).
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "policies/base/file.h"
#include "policies/base/lock.h"
#include "policies/base/text.h"
#include "policies/profile/profile.h"

struct profile *profile_read(const char *path, struct error *e)
{
	char *bytes;
	size_t n;
	if (file_read_existing(path, PROFILE_SIZE_LIMIT, &bytes, &n, e) < 0)
		return NULL;
	struct profile *p = profile_parse(bytes, n, path, e);
	free(bytes);
	return p;
}

static int read_merge_write(struct place *place, const char *path, struct profile *more, struct profile **result,
			    struct error *e)
{
	char *bytes = NULL;
	size_t n;
	struct text out = {0};
	bool stream = place->kind == PLACE_DESCRIPTOR || place->kind == PLACE_STREAM;
	int rc = stream ? 1 : file_read_at(place, path, PROFILE_SIZE_LIMIT, &bytes, &n, e);
	struct profile *p = rc == 0 ? profile_parse(bytes, n, path, e) : rc > 0 ? profile_new() : NULL;
	free(bytes);
	if (p == NULL)
		return rc > 0 ? error_memory(e) : e->code;
	rc = profile_merge(p, more, e);
	if (rc == 0 && (rc = profile_format(p, &out, e)) == ERR_LIMIT)
		error_prefix(e, "%s: ", path);
	if (rc == 0)
		rc = file_write_at(place, path, out.bytes, out.count, e);
	text_free(&out);
	if (rc == 0 && result != NULL)
		*result = p;
	else
		profile_free(p);
	return rc;
}

int profile_extend_file(const char *path, struct profile *more, const struct patience *patience, struct profile **result,
			struct error *e)
{
	struct place place;
	if (place_open(path, &place, e) < 0)
		return e->code;
	bool stream = place.kind == PLACE_DESCRIPTOR || place.kind == PLACE_STREAM;
	int lock = stream ? -1 : file_lock(&place, path, patience, e);
	int rc = stream || lock >= 0 ? read_merge_write(&place, path, more, result, e) : lock;
	file_unlock(lock);
	place_close(&place);
	return rc;
}
