/* What other tools wrote, read as profiles and policies. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_H
#define PINHOLE_POLICIES_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"

/* The largest file that is imported, in bytes. */
#define IMPORT_SIZE_LIMIT ((size_t)1 << 30)

/* One file, read whole. The bytes need not end with NUL, and may hold any. */
struct import_file {
	const char *name; /* for messages */
	const char *bytes;
	size_t n;
};

struct import_options {
	enum arch arch;	   /* of what says nothing of it */
	const char *label; /* of the run; may be NULL */
};

/* One of the two is set; the caller frees it. */
struct import_result {
	struct profile *profile;
	struct policy *policy;
};

/* Reads n files (at least one; where a format takes one, exactly one). What could not be told goes to `warnings`, as
 * lines that name file and line. Returns 0, or a negative code with nothing in *out. */
typedef int import_read(const struct import_file *files, size_t n, const struct import_options *options,
			struct import_result *out, struct text *warnings, struct error *e);

struct import_format {
	const char *name, *summary;
	bool policy; /* what it makes: a policy, or a profile */
	bool many;   /* whether several files make one result */
	import_read *read;
};

/* The format of that name; NULL and ERR_INPUT, which lists them, where there is none. */
const struct import_format *import_format(const char *name, struct error *e);

/* The i-th format; NULL past the last one. */
const struct import_format *import_format_at(size_t i);

/* The formats, one a file. */
int import_strace(const struct import_file *files, size_t n, const struct import_options *options,
		  struct import_result *out, struct text *warnings, struct error *e);
int import_audit(const struct import_file *files, size_t n, const struct import_options *options,
		 struct import_result *out, struct text *warnings, struct error *e);

#endif
