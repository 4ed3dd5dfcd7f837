/* The stages of reading Kafel's language: text → tokens → an expression → alternatives. Internal to
 * this folder.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_KAFEL_H
#define PINHOLE_POLICIES_IMPORT_KAFEL_H

#include "policies/import/policy_builder.h"

/* words.c: tokens, and Kafel's names for things.
 * ------------------------------------------------------------ */

enum kafel_token { KAFEL_END, KAFEL_NUMBER, KAFEL_WORD, KAFEL_SIGN };

struct kafel_constant {
	char *name;
	uint64_t value;
};

/* The text, and the next token. */
struct kafel_words {
	const char *name; /* the file's name */
	const char *at, *end;
	unsigned line;
	enum kafel_token kind;
	const char *text; /* the token's text */
	size_t n;
	uint64_t number;
	VEC(struct kafel_constant) constants;
};

/* Goes to the next token. Returns 0 or ERR_INPUT. */
int kafel_next(struct kafel_words *w, struct error *e);

/* Whether the token is this one; kafel_take then goes past it. *rc becomes negative if no valid
 * token follows. */
bool kafel_is(const struct kafel_words *w, const char *text);
bool kafel_take(struct kafel_words *w, const char *text, int *rc, struct error *e);

/* Goes past a token, which must be this one. Returns 0 or ERR_INPUT. */
int kafel_expect(struct kafel_words *w, const char *text, struct error *e);

/* Reports an error at the token. */
int kafel_wrong(const struct kafel_words *w, struct error *e, const char *what);

/* Defines a constant with the token's name. Returns 0 or a negative code. */
int kafel_define(struct kafel_words *w, struct error *e);

/* Whether the token is the name of a constant. */
bool kafel_constant(const struct kafel_words *w, uint64_t *value);
void kafel_words_free(struct kafel_words *w);

/* Returns the call with this name in Kafel; NULL: there is none. */
const struct syscall_desc *kafel_call(enum arch arch, const char *name, size_t n);

/* Returns the position of the argument with this name, which is the one in the kernel's code, or
 * pinhole's; or -1. */
int kafel_argument(const struct syscall_desc *call, const char *name, size_t n);

/* expression.c: tests of arguments. --------------------------------------------------------------------------- */

/* The names of a call's arguments, if a rule declares them. */
struct kafel_arguments {
	const char *names[6];
	size_t lengths[6];
	unsigned count;
	bool declared;
};

/* Reads an expression up to the closing brace, as alternatives: no alternative means never, one
 * without tests means always. Returns 0 or a negative code; call foreign_alternatives_clear(out) in
 * either case. */
int kafel_expression(struct kafel_words *w, struct foreign *f, const struct syscall_desc *call, enum arch arch,
		     const struct kafel_arguments *arguments, struct foreign_alternatives *out, struct error *e);

#endif
