/* The stages of reading Kafel's language: text → tokens → an expression → alternatives; for this folder.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_KAFEL_H
#define PINHOLE_POLICIES_IMPORT_KAFEL_H

#include "policies/import/policy_builder.h"

/* words.c: words, and the names that Kafel has for things. --------------------------------------------------- */

enum kafel_token { KAFEL_END, KAFEL_NUMBER, KAFEL_WORD, KAFEL_SIGN };

struct kafel_constant {
	char *name;
	uint64_t value;
};

/* The text, and the token that comes next. */
struct kafel_words {
	const char *name; /* of the file */
	const char *at, *end;
	unsigned line;
	enum kafel_token kind;
	const char *text; /* of the token */
	size_t n;
	uint64_t number;
	VEC(struct kafel_constant) constants;
};

/* Goes to the next token. Returns 0 or ERR_INPUT. */
int kafel_next(struct kafel_words *w, struct error *e);

/* Whether the token is this one; kafel_take goes past it then. *rc becomes negative where what follows is no token. */
bool kafel_is(const struct kafel_words *w, const char *text);
bool kafel_take(struct kafel_words *w, const char *text, int *rc, struct error *e);

/* Goes past a token that must be this one. Returns 0 or ERR_INPUT. */
int kafel_expect(struct kafel_words *w, const char *text, struct error *e);

/* An error at the token. */
int kafel_wrong(const struct kafel_words *w, struct error *e, const char *what);

/* Defines a constant of the token's name. Returns 0 or a negative code. */
int kafel_define(struct kafel_words *w, struct error *e);

/* Whether the token is the name of a constant. */
bool kafel_constant(const struct kafel_words *w, uint64_t *value);
void kafel_words_free(struct kafel_words *w);

/* The call that Kafel calls so there; NULL: there is none. */
const struct syscall_desc *kafel_call(enum arch arch, const char *name, size_t n);

/* The position of the argument that Kafel calls so, which is as the kernel's own code does, or pinhole; or -1. */
int kafel_argument(const struct syscall_desc *call, const char *name, size_t n);

/* expression.c: tests of arguments. --------------------------------------------------------------------------- */

/* The names of a call's arguments, where a rule declares them. */
struct kafel_arguments {
	const char *names[6];
	size_t lengths[6];
	unsigned count;
	bool declared;
};

/* Reads an expression up to the brace that ends it, as alternatives: none is never, one without tests always. Returns 0 or a
 * negative code; foreign_alternatives_clear(out) in either case. */
int kafel_expression(struct kafel_words *w, struct foreign *f, const struct syscall_desc *call, enum arch arch,
		     const struct kafel_arguments *arguments, struct foreign_alternatives *out, struct error *e);

#endif
