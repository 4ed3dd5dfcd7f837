/* The keys of rows: a row's content decides its key. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_EXCHANGE_ROW_KEYS_H
#define PINHOLE_POLICIES_EXCHANGE_ROW_KEYS_H

#include "policies/exchange/rows.h"
#include "policies/profile/stacks.h"

/* The first half of a SHA-256. What a newer pinhole may word otherwise (the text of a call, its danger) is not hashed. */
struct row_key {
	uint8_t bytes[16];
};
typedef VEC(struct row_key) row_key_list;

enum { ROW_KEY_TEXT = 33 };
void row_key_text(const struct row_key *key, char out[ROW_KEY_TEXT]); /* 32 hexadecimal digits */
bool row_key_parse(const char *text, struct row_key *key);	      /* false: text is none, or NULL */

/* A program: its path and build ID. A program's row: the program and those that started it. */
struct row_key program_id(const char *path, const char *build_id);
struct row_key program_row_key(const struct row_key *id, const row_key_list *started_by);

struct row_key stack_row_key(const struct profile *p, const struct stack *s);

/* What a fact is; two facts of one call differ in how it ended, in programs or in stacks. */
struct row_key call_key(const struct fact *f);
struct row_key fact_row_key(const struct fact *f, const row_key_list *programs, const row_key_list *stacks);

struct row_key run_id_key(const char *id);
struct row_key run_row_key(const struct run *run, const struct row_source *source, uint64_t facts, const row_key_list *programs);

#endif
