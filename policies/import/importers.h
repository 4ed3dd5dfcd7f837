/* Functions that the importers share. Internal to policies/import/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_IMPORTERS_H
#define PINHOLE_POLICIES_IMPORT_IMPORTERS_H

#include <stdarg.h>

#include "policies/base/vector.h"
#include "policies/import/import.h"

/* The name of a program whose path a log does not have. */
#define UNKNOWN_PROGRAM "[unknown]"

/* Reads a file by lines. Begin with {.file = …}; free `text`. */
struct lines {
	const struct import_file *file;
	size_t at;	  /* where the next line begins */
	size_t number;	  /* of this line, from 1 */
	struct text text; /* this line, without its end and without NUL */
};

/* Goes to the next line. Returns false after the last one, or if out of memory (text.failed). */
bool lines_next(struct lines *l);

/* Remarks on parts that could not be read: each kind once, with its first line. Begin with all
 * zero. */
struct remark {
	char *text;
	const char *file;
	size_t line, lines;
};

struct remarks {
	VEC(struct remark) list;
	size_t others;
	bool failed;
};

void remark(struct remarks *r, const struct lines *at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends a line for each remark. */
void remarks_tell(const struct remarks *r, struct text *out);
void remarks_free(struct remarks *r);

/* Computes the id of an imported run from its content, in any order of its parts: a log that is
 * imported twice has the same id. Begin with all zero. */
struct digest {
	unsigned __int128 sum;
};

void digest_add(struct digest *d, const void *bytes, size_t n);
void digest_label(struct digest *d, const char *label); /* may be NULL; runs with different labels differ */
void digest_text(const struct digest *d, char out[33]); /* 32 hexadecimal digits */

#endif
