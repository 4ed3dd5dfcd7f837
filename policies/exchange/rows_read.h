/* Rows as they are read, before they become a profile. Internal to policies/exchange/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_EXCHANGE_ROWS_READ_H
#define PINHOLE_POLICIES_EXCHANGE_ROWS_READ_H

#include "policies/base/index.h"
#include "policies/exchange/row_keys.h"
#include "policies/import/importers.h"
#include "policies/profile/profile_parts.h"

/* Where a row stands. */
struct row_place {
	const char *file;
	size_t line;
};

/* What a key names. Keys of all kinds are in one list, as they are hashes. A row may name a key before its own row comes. */
enum key_kind { KEY_AWAITED, KEY_PROGRAM, KEY_PROGRAM_ROW, KEY_STACK, KEY_FACT, KEY_RUN, KEY_RUN_ROW };
struct named {
	struct row_key key;
	uint8_t kind; /* enum key_kind */
	uint32_t at;  /* a program's or stack's position in the pool; a row's in its list; a run's in the profile */
};

/* Positions in the list of keys. */
typedef position_list name_list;

struct program_row {
	uint32_t program; /* position in the list of keys */
	name_list started_by;
};

struct fact_row {
	struct fact f; /* its programs and stacks are filled in when the first run needs them */
	name_list programs, stacks;
	bool filled;
};

struct run_row {
	struct run run;
	uint32_t id; /* position in the list of keys */
	uint64_t facts;
	name_list programs;
	struct row_place place;
};

struct seen_row {
	uint32_t run, fact; /* positions in the list of keys */
	uint64_t count, first;
	struct row_place place;
};

struct rows {
	VEC(struct named) keys;
	struct index index;
	struct profile *pool; /* all programs and stacks */
	VEC(struct program_row) programs;
	VEC(struct fact_row) facts;
	VEC(struct run_row) runs;
	VEC(struct seen_row) seen;
};

/* Reads one line. Returns 0 or a negative code; the message begins with file and line. */
int row_read(struct rows *r, const char *bytes, size_t n, const struct row_place *place, struct error *e);

void rows_clear(struct rows *r);

#endif
