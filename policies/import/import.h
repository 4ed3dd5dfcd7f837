/* Reads files of other tools as profiles and policies. SPDX-License-Identifier: MIT */
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

/* A file, read completely. The bytes may have any value, and need not end with NUL. */
struct import_file {
	const char *name; /* for messages */
	const char *bytes;
	size_t n;
};

struct import_options {
	enum arch arch;	   /* the architecture of files that name none */
	const char *label; /* label of the run, or NULL */
};

/* One of the two is set; the caller frees it. */
struct import_result {
	struct profile *profile;
	struct policy *policy;
};

/* Reads n files (at least one; exactly one if the format takes one). Parts that have no
 * equivalent add lines to `warnings`, with file and line. Returns 0, or a negative code with
 * nothing in *out. */
typedef int import_read(const struct import_file *files, size_t n, const struct import_options *options,
			struct import_result *out, struct text *warnings, struct error *e);

struct import_format {
	const char *name, *summary;
	bool policy; /* it makes a policy; otherwise a profile */
	bool many;   /* several files make one result */
	import_read *read;
};

/* Returns the format of this name; or NULL and ERR_INPUT with a list of the formats. */
const struct import_format *import_format(const char *name, struct error *e);

/* Returns the i-th format; NULL after the last one. */
const struct import_format *import_format_at(size_t i);

/* The formats, one a file. */
int import_strace(const struct import_file *files, size_t n, const struct import_options *options,
		  struct import_result *out, struct text *warnings, struct error *e);
int import_audit(const struct import_file *files, size_t n, const struct import_options *options,
		 struct import_result *out, struct text *warnings, struct error *e);
int import_rows(const struct import_file *files, size_t n, const struct import_options *options,
		struct import_result *out, struct text *warnings, struct error *e); /* policies/exchange/ */

#endif
