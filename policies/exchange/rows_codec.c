/* Reads rows, in any order and any number of times. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/exchange/rows_read.h"
#include "policies/json/json.h"

/* Keys. --------------------------------------------------------------------------------------------------- */

struct wanted {
	const struct rows *rows;
	const struct row_key *key;
};

static bool same_key(const void *context, size_t position)
{
	const struct wanted *w = context;
	return memcmp(&w->rows->keys.items[position].key, w->key, sizeof(*w->key)) == 0;
}

/* The position of a key in the list, added if new. Negative: no memory. */
static int64_t name_key(struct rows *r, const struct row_key *key, struct error *e)
{
	struct named new = {.key = *key};
	uint32_t hash = index_hash(0, key->bytes, sizeof(key->bytes));
	size_t at = index_find(&r->index, hash, same_key, &(struct wanted){r, key});
	if (at != SIZE_MAX)
		return (int64_t)at;
	if (!vec_push(&r->keys, new) || !index_add(&r->index, hash, r->keys.count - 1))
		return error_memory(e);
	return (int64_t)r->keys.count - 1;
}

/* Notes what a key names. Returns its position; or -1 and no error where its row was read before. */
static int64_t take_key(struct rows *r, const struct row_key *key, enum key_kind kind, size_t at, struct error *e)
{
	int64_t name = name_key(r, key, e);
	if (name < 0 || r->keys.items[name].kind != KEY_AWAITED)
		return -1;
	r->keys.items[name].kind = (uint8_t)kind;
	r->keys.items[name].at = (uint32_t)at;
	return name;
}

static int read_key(const json_t *value, const char *place, struct row_key *key, struct error *e)
{
	if (row_key_parse(json_string_value(value), key))
		return 0;
	return error_set(e, ERR_INPUT, "%s: expected a key, 32 hexadecimal digits", place);
}

static int member_key(const json_t *row, const char *name, const char *place, struct row_key *key, struct error *e)
{
	char where[256];
	snprintf(where, sizeof(where), "%s.%s", place, name);
	if (json_member(row, name, JSON_STRING, place, e) == NULL)
		return e->code;
	return read_key(json_object_get(row, name), where, key, e);
}

/* Reads a list of keys, as they are and as positions in the list of keys. One that is missing is empty. */
static int member_keys(struct rows *r, const json_t *row, const char *name, const char *place, row_key_list *keys,
		       name_list *names, struct error *e)
{
	char where[256];
	const json_t *list = json_object_get(row, name);
	if (list != NULL && json_member(row, name, JSON_ARRAY, place, e) == NULL)
		return e->code;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct row_key key;
		snprintf(where, sizeof(where), "%s.%s[%zu]", place, name, i);
		int64_t at = read_key(json_array_get(list, i), where, &key, e) == 0 ? name_key(r, &key, e) : -1;
		if (at < 0)
			return e->code;
		if (!vec_push(keys, key) || !vec_push(names, (uint32_t)at))
			return error_memory(e);
	}
	return 0;
}

/* The content of a row must be that of its key: otherwise two rows could say different things under one key. The fuzz target is
 * built with ROWS_ANY_KEY, as it could change no row otherwise: the row then has the key that it says. */
static int check_key(const json_t *row, const char *name, struct row_key *expected, const char *place, struct error *e)
{
	struct row_key key;
	if (member_key(row, name, place, &key, e) < 0)
		return e->code;
#ifdef ROWS_ANY_KEY
	*expected = key;
#endif
	if (memcmp(&key, expected, sizeof(key)) == 0)
		return 0;
	return error_set(e, ERR_INPUT, "%s.%s: is not the key of this row, so "
			 "the row was changed; store rows as text", place, name);
}

/* Rows. --------------------------------------------------------------------------------------------------- */

static void program_row_clear(struct program_row *row)
{
	vec_free(&row->started_by);
}

static int read_program(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e)
{
	static const char *const keys[] = {"row", "key", "program", "path", "build_id", "started_by", NULL};
	struct program_row new = {0};
	row_key_list starters = {0};
	char *path = NULL, *build_id = NULL;
	(void)at;
	int rc = json_only_keys(row, keys, place, e);
	if (rc == 0 && json_member(row, "path", JSON_STRING, place, e) == NULL)
		rc = e->code;
	if (rc == 0)
		rc = json_optional_text(row, "path", place, &path, e);
	if (rc == 0)
		rc = json_optional_text(row, "build_id", place, &build_id, e);
	if (rc == 0)
		rc = member_keys(r, row, "started_by", place, &starters, &new.started_by, e);
	if (rc == 0) {
		struct row_key id = program_id(path, build_id), key = program_row_key(&id, &starters);
		rc = check_key(row, "program", &id, place, e);
		if (rc == 0)
			rc = check_key(row, "key", &key, place, e);
		int position = rc == 0 ? profile_add_program(r->pool, path, build_id, e) : -1;
		int64_t name = position >= 0 ? name_key(r, &id, e) : -1;
		rc = e->code;
		if (rc == 0) {
			r->keys.items[name].kind = KEY_PROGRAM;
			r->keys.items[name].at = (uint32_t)position;
			new.program = (uint32_t)name;
		}
		if (rc == 0 && take_key(r, &key, KEY_PROGRAM_ROW, r->programs.count, e) >= 0) {
			rc = vec_push(&r->programs, new) ? 0 : error_memory(e);
			new.started_by = rc == 0 ? (name_list){0} : new.started_by;
		}
	}
	program_row_clear(&new);
	vec_free(&starters);
	free(path);
	free(build_id);
	return e->code;
}

/* The positions of a stack's modules in the pool. */
static int read_modules(struct rows *r, const json_t *row, const char *place, position_list *modules, struct error *e)
{
	static const char *const keys[] = {"path", "build_id", NULL};
	const json_t *list = json_member(row, "modules", JSON_ARRAY, place, e);
	for (size_t i = 0; i < json_array_size(list) && e->code == 0; i++) {
		const json_t *module = json_array_get(list, i);
		char where[256], *path = NULL, *build_id = NULL;
		snprintf(where, sizeof(where), "%s.modules[%zu]", place, i);
		if (!json_is_object(module))
			return error_set(e, ERR_INPUT, "%s: expected an object", where);
		int at = -1;
		if (json_only_keys(module, keys, where, e) == 0 && json_member(module, "path", JSON_STRING, where, e) != NULL &&
		    json_optional_text(module, "path", where, &path, e) == 0 &&
		    json_optional_text(module, "build_id", where, &build_id, e) == 0)
			at = profile_add_module(r->pool, path, build_id, e);
		free(path);
		free(build_id);
		if (at >= 0 && !vec_push(modules, (uint32_t)at))
			error_memory(e);
	}
	return e->code;
}

static int read_frames(struct rows *r, const json_t *row, const char *place, const position_list *modules, struct error *e)
{
	const json_t *list = json_member(row, "frames", JSON_ARRAY, place, e);
	uint32_t frames[STACK_FRAMES];
	uint8_t end;
	if (list == NULL || stack_end_parse(json_object_get(row, "end"), place, &end, e) < 0)
		return e->code;
	size_t n = json_array_size(list);
	if (n == 0 || n > STACK_FRAMES)
		return error_set(e, ERR_INPUT, "%s.frames: expected 1 to %d frames, found %zu", place, STACK_FRAMES, n);
	for (size_t i = 0; i < n; i++) {
		char where[256];
		snprintf(where, sizeof(where), "%s.frames[%zu]", place, i);
		int at = frame_add_parsed(json_array_get(list, i), where, r->pool, modules, e);
		if (at < 0)
			return at;
		frames[i] = (uint32_t)at;
	}
	return stack_table_add_stack(&r->pool->stacks, frames, n, end, e);
}

static int read_stack(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e)
{
	static const char *const keys[] = {"row", "key", "frames", "modules", "end", NULL};
	position_list modules = {0};
	(void)at;
	int rc = json_only_keys(row, keys, place, e);
	if (rc == 0)
		rc = read_modules(r, row, place, &modules, e);
	if (rc == 0)
		rc = read_frames(r, row, place, &modules, e);
	vec_free(&modules);
	if (rc < 0)
		return rc;
	struct row_key key = stack_row_key(r->pool, profile_stack(r->pool, (size_t)rc));
	if (check_key(row, "key", &key, place, e) == 0)
		take_key(r, &key, KEY_STACK, (size_t)rc, e);
	return e->code;
}

static void fact_row_clear(struct fact_row *row)
{
	fact_clear(&row->f);
	vec_free(&row->programs);
	vec_free(&row->stacks);
}

/* "text" and "danger" are for people: another version may word them otherwise. */
static int read_fact(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e)
{
	static const char *const keys[] = {"row",  "key",    "call",    "text",     "danger", "phase", "arch", "syscall", "nr", "args",
					   "values", "wide", "failed", "unended", "programs", "stacks", NULL};
	struct fact_row new = {0};
	row_key_list programs = {0}, stacks = {0};
	(void)at;
	int rc = json_only_keys(row, keys, place, e);
	if (rc == 0)
		rc = fact_call_parse(row, place, &new.f, e);
	if (rc == 0)
		rc = member_keys(r, row, "programs", place, &programs, &new.programs, e);
	if (rc == 0)
		rc = member_keys(r, row, "stacks", place, &stacks, &new.stacks, e);
	if (rc == 0 && (programs.count == 0 || stacks.count > STACKS_PER_FACT))
		rc = error_set(e, ERR_INPUT, "%s: a fact needs a program, and has at most %d stacks", place, STACKS_PER_FACT);
	if (rc == 0) {
		struct row_key call = call_key(&new.f), key = fact_row_key(&new.f, &programs, &stacks);
		rc = check_key(row, "call", &call, place, e);
		if (rc == 0)
			rc = check_key(row, "key", &key, place, e);
		if (rc == 0 && take_key(r, &key, KEY_FACT, r->facts.count, e) >= 0) {
			rc = vec_push(&r->facts, new) ? 0 : error_memory(e);
			new = rc == 0 ? (struct fact_row){0} : new;
		}
	}
	fact_row_clear(&new);
	vec_free(&programs);
	vec_free(&stacks);
	return e->code;
}

/* A whole number from `least` up. */
static int member_number(const json_t *row, const char *name, json_int_t least, const char *place, uint64_t *number,
			 struct error *e)
{
	const json_t *value = json_member(row, name, JSON_INTEGER, place, e);
	if (value == NULL)
		return e->code;
	if (json_integer_value(value) < least)
		return error_set(e, ERR_INPUT, "%s.%s: expected a number from %d up", place, name, (int)least);
	*number = (uint64_t)json_integer_value(value);
	return 0;
}

static void run_row_clear(struct run_row *row)
{
	run_clear(&row->run);
	vec_free(&row->programs);
}

static int read_source(const json_t *row, const char *place, char *texts[3], struct error *e)
{
	int rc = json_optional_text(row, "workload", place, &texts[0], e);
	if (rc == 0)
		rc = json_optional_text(row, "version", place, &texts[1], e);
	return rc == 0 ? json_optional_text(row, "host", place, &texts[2], e) : rc;
}

static int read_run(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e)
{
	static const char *const keys[] = {"row",   "key",  "workload", "version",  "host",   "arch",  "facts",	 "programs",   "id",
					   "command", "started", "mode",   "kernel", "exit", "label", "phase_at", "denied", "known",
					   "lasted", "unfinished", NULL};
	struct run_row new = {.place = *at};
	row_key_list programs = {0};
	char *texts[3] = {0};
	int rc = json_only_keys(row, keys, place, e);
	if (rc == 0)
		rc = run_read(row, place, &new.run, e);
	if (rc == 0)
		rc = read_source(row, place, texts, e);
	if (rc == 0)
		rc = member_number(row, "facts", 0, place, &new.facts, e);
	if (rc == 0)
		rc = member_keys(r, row, "programs", place, &programs, &new.programs, e);
	if (rc == 0) {
		struct row_source source = {texts[0], texts[1], texts[2]};
		struct row_key key = run_row_key(&new.run, &source, new.facts, &programs), id = run_id_key(new.run.id);
		rc = check_key(row, "key", &key, place, e);
		int64_t name = rc == 0 ? name_key(r, &id, e) : -1;
		rc = e->code;
		if (rc == 0) {
			r->keys.items[name].kind = KEY_RUN;
			new.id = (uint32_t)name;
		}
		if (rc == 0 && take_key(r, &key, KEY_RUN_ROW, r->runs.count, e) >= 0) {
			rc = vec_push(&r->runs, new) ? 0 : error_memory(e);
			new = rc == 0 ? (struct run_row){0} : new;
		}
	}
	run_row_clear(&new);
	vec_free(&programs);
	for (size_t i = 0; i < 3; i++)
		free(texts[i]);
	return e->code;
}

static int read_seen(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e)
{
	static const char *const keys[] = {"row", "run", "fact", "count", "first", NULL};
	struct seen_row new = {.place = *at};
	struct row_key fact;
	char *id = NULL;
	int rc = json_only_keys(row, keys, place, e);
	if (rc == 0 && json_member(row, "run", JSON_STRING, place, e) == NULL)
		rc = e->code;
	if (rc == 0)
		rc = member_key(row, "fact", place, &fact, e);
	if (rc == 0)
		rc = member_number(row, "count", 1, place, &new.count, e);
	if (rc == 0 && json_object_get(row, "first") != NULL)
		rc = member_number(row, "first", 1, place, &new.first, e);
	if (rc == 0)
		rc = json_optional_text(row, "run", place, &id, e);
	if (rc == 0) {
		struct row_key run = run_id_key(id);
		int64_t run_at = name_key(r, &run, e), fact_at = name_key(r, &fact, e);
		new.run = (uint32_t)run_at;
		new.fact = (uint32_t)fact_at;
		if (e->code == 0 && !vec_push(&r->seen, new))
			error_memory(e);
	}
	free(id);
	return e->code;
}

static const struct {
	const char *name;
	int (*read)(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e);
} kinds[] = {
	{"seen", read_seen}, {"fact", read_fact}, {"run", read_run}, {"program", read_program}, {"stack", read_stack},
};

static int read_value(struct rows *r, const json_t *row, const struct row_place *at, const char *place, struct error *e)
{
	if (!json_is_object(row))
		return error_set(e, ERR_INPUT, "%s: expected an object with \"row\"", place);
	const json_t *kind = json_member(row, "row", JSON_STRING, place, e);
	for (size_t i = 0; kind != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, json_string_value(kind)) == 0)
			return kinds[i].read(r, row, at, place, e);
	return error_set(e, ERR_INPUT, "%s.row: \"%.40s\" is no row of this pinhole (run, program, fact, seen, stack); written by a "
			 "newer one?", place, null_as_empty(json_string_value(kind)));
}

int row_read(struct rows *r, const char *bytes, size_t n, const struct row_place *at, struct error *e)
{
	json_error_t wrong;
	char place[256];
	snprintf(place, sizeof(place), "%.180s: line %zu", at->file, at->line);
	if (r->pool == NULL && (r->pool = profile_new()) == NULL)
		return error_memory(e);
	json_t *row = json_parse(bytes, n, JSON_REJECT_DUPLICATES, &wrong, e);
	if (row == NULL)
		return error_set(e, ERR_INPUT, "%s: is no row: column %d: %s", place, wrong.column, wrong.text);
	int rc = read_value(r, row, at, place, e);
	json_decref(row);
	return rc;
}

void rows_clear(struct rows *r)
{
	for (size_t i = 0; i < r->programs.count; i++)
		program_row_clear(&r->programs.items[i]);
	for (size_t i = 0; i < r->facts.count; i++)
		fact_row_clear(&r->facts.items[i]);
	for (size_t i = 0; i < r->runs.count; i++)
		run_row_clear(&r->runs.items[i]);
	vec_free(&r->programs);
	vec_free(&r->facts);
	vec_free(&r->runs);
	vec_free(&r->seen);
	vec_free(&r->keys);
	index_free(&r->index);
	profile_free(r->pool);
}
