/* The stages of reading minijail's policy files: a line → answers to calls → rules. Internal to this folder.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_IMPORT_MINIJAIL_H
#define PINHOLE_POLICIES_IMPORT_MINIJAIL_H

#include "policies/import/policy_builder.h"

struct atom {
	unsigned arg;
	enum foreign_op op;
	uint64_t mask, value;
};

/* Comparisons that must all hold. */
struct atoms {
	VEC(struct atom) all;
};

/* An answer: given if one of the clauses holds; without clauses, always. */
struct answer {
	VEC(struct atoms) any;
	struct action action;
	bool tested;
	bool returns; /* it is "TESTS; return ERRNO" */
};

/* Everything that the file says about one call, in its order. */
struct call_answers {
	const char *syscall;
	unsigned line;
	VEC(struct answer) answers;
};

struct policy_file {
	const char *name;
	const char *at; /* the rest of the line */
	unsigned line;
	unsigned depth; /* of nested includes */
};

struct minijail {
	struct foreign foreign;
	struct policy_file *file;
	enum arch arch;
	foreign_read *read;
	bool compiler; /* it contains words that only the compiler knows */
	bool denies;   /* @denylist */
	bool returns;  /* "TESTS; return ERRNO" */
	bool again;    /* several lines for one call */
	struct action default_action;
	VEC(struct call_answers) calls;
};

/* expressions.c: all of these read at the place in the line, and go past what they read. ---------------------------- */

/* Reports an error at the place in the line. Returns ERR_INPUT. */
int minijail_wrong(const struct minijail *m, struct error *e, const char *what);

void minijail_skip_blanks(struct minijail *m);

/* Returns whether nothing but blanks and a comment follows. */
bool minijail_at_end(struct minijail *m);

/* Takes a sign or a word if it comes next. */
bool minijail_take(struct minijail *m, const char *text);

/* Returns the length of the name at this place; 0: there is none. */
size_t minijail_name_ahead(struct minijail *m);

/* Reads an answer without tests. Returns 0 or ERR_INPUT. */
int minijail_parse_action(struct minijail *m, struct action *a, struct error *e);

/* Reads an answer and appends it. call: the call that it is for, whose constants have names; NULL: none. Returns 0 or a negative
 * code. */
int minijail_parse_answer(struct minijail *m, const struct syscall_desc *call, struct call_answers *out, struct error *e);
void minijail_answers_clear(struct call_answers *c);

/* rules.c: adds the rules to the policy. Returns 0 or a negative code. ----------------------------------------------- */
int minijail_to_policy(struct minijail *m, struct error *e);

#endif
