/* What the importers share, for the files of this folder. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_IMPORTERS_H
#define PINHOLE_POLICIES_IMPORT_IMPORTERS_H

#include <stdarg.h>

#include "policies/base/vector.h"
#include "policies/import/import.h"

/* What a program is called of which a log does not tell the path. */
#define UNKNOWN_PROGRAM "[unknown]"

/* A file line by line. Begin with {.file = …}; free `text`. */
struct lines {
	const struct import_file *file;
	size_t at;	  /* where the next line begins */
	size_t number;	  /* of this line, from 1 */
	struct text text; /* this line, without its end; no NUL in it */
};

/* Goes to the next line. false: that was all, or no memory (text.failed). */
bool lines_next(struct lines *l);

/* What could not be told, each kind once, with the first line of it. All zero is none. */
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

/* Appends a line for each. */
void remarks_tell(const struct remarks *r, struct text *out);
void remarks_free(struct remarks *r);

/* The id of a run that was imported: the same of the same content, in whatever order its parts were added, so that
 * importing a log twice is importing it once. All zero is empty. */
struct digest {
	unsigned __int128 sum;
};

void digest_add(struct digest *d, const void *bytes, size_t n);
void digest_label(struct digest *d, const char *label); /* which may be NULL: runs of two labels are two */
void digest_text(const struct digest *d, char out[33]); /* 32 hexadecimal digits */

#endif
