/* The inside of a profile, for the files that make up its module. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_PROFILE_PARTS_H
#define PINHOLE_POLICIES_PROFILE_PARTS_H

#include "policies/base/index.h"
#include "policies/profile/profile.h"
#include "policies/profile/stacks.h"

/* A group: the facts of one call (or of all numbers from ABI_NR_UNUSED up), phase, architecture and
 * set of recorded arguments. They are widened together. */
struct fact_group {
	struct fact_key key; /* made by group_key */
	size_t facts;        /* how many distinct ones */
	size_t wide;         /* position of the wide fact, or SIZE_MAX */
};

/* The parts of the facts' stacks, each once. */
struct stack_table {
	VEC(struct module) modules;
	VEC(struct frame) frames;
	VEC(struct stack) stacks;
	struct index module_index, frame_index, stack_index;
};

struct profile {
	VEC(struct run) runs;
	VEC(struct program) programs;
	VEC(struct fact) facts;
	VEC(struct fact_group) groups;
	struct index fact_index, group_index, run_index, program_index;
	struct stack_table stacks;
	uint64_t changes; /* see profile_changes */
};

static inline const char *null_as_empty(const char *s)
{
	return s != NULL ? s : "";
}

void run_clear(struct run *run);
void fact_clear(struct fact *f);

/* Adds a position to an ascending list. false: no memory. */
bool positions_add(position_list *list, uint32_t position);

/* The count of a run in a fact's ascending list, added as 0 if new. NULL: no memory. */
struct fact_run *fact_run_of(struct fact *f, uint32_t run);

/* Keeps the earlier of two times, each of which may be unknown: so the union does not depend on
 * order. */
void fact_run_first(struct fact_run *r, uint64_t first);

/* The key of a group: that of its wide fact. */
struct fact_key group_key(const struct fact_key *key);

/* Makes a wide fact that stands for nothing yet; adds another fact's values to a wide fact. */
struct fact fact_wide_new(const struct fact_key *key);
void fact_widen(struct fact *wide, const struct fact *f);

/* Combines an outcome (with its n errno values) with a fact's. false: no memory. */
bool fact_join_outcome(struct fact *into, uint8_t outcome, const uint16_t *failed, size_t n);

/* Adds the programs, counts, outcome and stacks of f to another fact; t: the table of the stacks of both. `larger`: f comes from
 * another profile, which holds a whole run or nothing of it. So if both hold a run, their counts are equal, or one of them is the
 * total of a group that the other has partly widened: the larger count is taken, not the sum. false: no memory. */
bool fact_absorb(struct stack_table *t, struct fact *into, const struct fact *f, bool larger);

/* Makes one wide fact of each group that has more facts than the cap, as a file may have. false: no
 * memory. */
bool profile_widen(struct profile *p);

/* Adds the last run to its index. Finds a run's position by its id; SIZE_MAX: there is none. false: no
 * memory. */
bool profile_index_run(struct profile *p);
size_t profile_find_run(const struct profile *p, const char *id);

/* Notes that the last fact was added. false: no memory. */
bool profile_index_fact(struct profile *p);

/* Where the fact of these values stands, or the wide one of its group; SIZE_MAX: nowhere. */
size_t profile_find_fact(const struct profile *p, const struct fact_key *key);

/* Rebuilds the indexes after runs and programs were moved. false: no memory. */
bool profile_reindex_parts(struct profile *p);

/* Rebuilds the indexes after the facts were moved. false: no memory. */
bool profile_reindex(struct profile *p);

/* merge.c: the union, run by run and fact by fact. `sources`: what runs are compared between, for the message. Returns the run's
 * position, or ERR_INPUT where the profile has another run of this id, or ERR_MEMORY. */
int profile_take_run(struct profile *into, const struct run *run, const char *sources, struct error *e);

/* Adds a fact, its programs and stacks (which are in p already) as it was seen in one run: of two counts the larger one is right.
 * A profile that is built so has either no wide facts or nothing else; the cap is not applied. Returns 0 or ERR_MEMORY. */
int profile_take_fact(struct profile *p, const struct fact *f, const struct fact_run *seen, struct error *e);

/* stacks.c ------------------------------------------------------------------------------------------------ */

void stack_table_free(struct stack_table *t);

/* The position of a frame, or of a stack of frames that the table has, added if new. Text is
 * copied. Negative: no memory. */
int stack_table_add_frame(struct stack_table *t, const struct frame *frame, struct error *e);
int stack_table_add_stack(struct stack_table *t, const uint32_t *frames, size_t n, uint8_t end, struct error *e);

/* Adds all of another table. map has the new positions of that table's stacks in t; the caller
 * frees it. Returns 0 or ERR_MEMORY; then *map is NULL. */
int stack_table_add_all(struct stack_table *t, const struct stack_table *from, uint32_t **map, struct error *e);

/* Adds a stack to a fact, or another fact's stacks: the first ones in order are kept; stacks that
 * differ only in symbols become one. false: no memory. */
bool fact_add_stack(struct stack_table *t, struct fact *f, uint32_t stack);
bool fact_add_stacks(struct stack_table *t, struct fact *into, const struct fact *f);

/* Drops parts that no fact refers to and sorts the rest into canonical order. false: no memory;
 * only the indexes may be lost. */
bool profile_sort_stacks(struct profile *p);

/* run_codec.c: appends "id" and "command" of a run as JSON; or a whole run, on a line of its
 * own. */
void run_head_format(const struct run *run, struct text *out);
void run_format(const struct run *run, struct text *out);

/* The codec's parts. ------------------------------------------------------------------------------------ */

struct json_t;

/* codec.c: appends ", KEY: […]", a list of positions of programs; reads the list. */
void positions_format(const char *key, const position_list *list, struct text *out);
int positions_parse(const struct json_t *list, const char *place, const char *key, const struct profile *p, position_list *out,
		    struct error *e);

/* fact_codec.c: appends a fact, on a line of its own; reads one, and adds it to the profile. */
void fact_format(const struct fact *f, struct text *out);
int fact_parse(const struct json_t *value, const char *place, struct profile *p, struct error *e);

/* Appends what a fact is and how it ended, without braces: "phase" to "failed"; and reads it back. */
void fact_call_format(const struct fact *f, struct text *out);
int fact_call_parse(const struct json_t *value, const char *place, struct fact *f, struct error *e);

/* Reads an object as a run: keys that a run does not have are passed over. The caller calls run_clear in either case. */
int run_read(const struct json_t *value, const char *place, struct run *run, struct error *e);

/* Reads a frame and returns its position, added if new. modules: the positions of its modules; NULL: they are the profile's. */
int frame_add_parsed(const struct json_t *value, const char *place, struct profile *p, const position_list *modules,
		     struct error *e);
void frame_format(const struct frame *f, uint32_t module, struct text *out);

/* Reads why a stack has no further frames; value NULL: it is complete. */
int stack_end_parse(const struct json_t *value, const char *place, uint8_t *end, struct error *e);

int run_parse(const struct json_t *value, const char *place, struct profile *p, struct error *e);
int frame_parse(const struct json_t *value, const char *place, struct profile *p, struct error *e);
int stack_parse(const struct json_t *value, const char *place, struct profile *p, struct error *e);

/* The member "stacks" of a fact, which may be missing. */
int fact_stacks_parse(const struct json_t *fact, const char *place, struct profile *p, struct fact *f, struct error *e);

/* Appends ", KEY: …" unless the value is missing. */
void fact_stacks_format(const struct fact *f, struct text *out);
void stacks_format(const struct profile *p, struct text *out);
void frames_format(const struct profile *p, struct text *out);

#endif
