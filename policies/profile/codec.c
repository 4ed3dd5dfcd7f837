/* The profile's codec: JSON ↔ profile. fact_codec.c, run_codec.c and stacks_codec.c have its parts. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"
#include "policies/profile/profile_parts.h"

/* Writing. ------------------------------------------------------------------------------------------------- */

void positions_format(const char *key, const position_list *list, struct text *out)
{
	text_add(out, ", \"%s\": [", key);
	for (size_t i = 0; i < list->count; i++)
		text_add(out, "%s%" PRIu32, i > 0 ? ", " : "", list->items[i]);
	text_add(out, "]");
}

/* The members that a program and a module both begin with. */
static void format_file(const char *path, const char *build_id, struct text *out)
{
	text_add(out, "  {\"path\": ");
	json_add_text(out, path);
	json_add_optional(out, "build_id", build_id);
}

static void format_program(const struct program *program, struct text *out)
{
	format_file(program->path, program->build_id, out);
	if (program->started_by.count > 0)
		positions_format("started_by", &program->started_by, out);
	text_add(out, "}");
}

int profile_format(struct profile *p, struct text *out, struct error *e)
{
	int rc = profile_sort(p, e);
	if (rc < 0)
		return rc;
	size_t from = out->count;
	text_add(out, "{\"format\": \"pinhole-profile\", \"version\": 1,\n \"runs\": [");
	for (size_t i = 0; i < p->runs.count; i++) {
		text_add(out, i > 0 ? ",\n" : "\n");
		run_format(&p->runs.items[i], out);
	}
	text_add(out, "\n ],\n \"programs\": [");
	for (size_t i = 0; i < p->programs.count; i++) {
		text_add(out, i > 0 ? ",\n" : "\n");
		format_program(&p->programs.items[i], out);
	}
	text_add(out, "\n ],\n \"facts\": [");
	for (size_t i = 0; i < p->facts.count; i++) {
		text_add(out, i > 0 ? ",\n" : "\n");
		fact_format(&p->facts.items[i], out);
	}
	text_add(out, "\n ]");
	if (profile_stack_count(p) > 0) {
		stacks_format(p, out);
		frames_format(p, out);
		text_add(out, ",\n \"modules\": [");
		for (size_t i = 0; i < profile_module_count(p); i++) {
			text_add(out, i > 0 ? ",\n" : "\n");
			format_file(profile_module(p, i)->path, profile_module(p, i)->build_id, out);
			text_add(out, "}");
		}
		text_add(out, "\n ]");
	}
	text_add(out, "}\n");
	return json_readable(out, from, PROFILE_SIZE_LIMIT, "profile", e);
}

/* Reading. ------------------------------------------------------------------------------------------------- */

typedef int add_file(struct profile *p, const char *path, const char *build_id, struct error *e);

/* The position of a program or a module, added if new. */
static int place_file(const json_t *value, const char *place, struct profile *p, add_file *add, struct error *e)
{
	char *path = NULL, *build_id = NULL;
	int rc = json_optional_text(value, "path", place, &path, e);
	if (rc == 0)
		rc = json_optional_text(value, "build_id", place, &build_id, e);
	if (rc == 0)
		rc = add(p, path, build_id, e);
	free(path);
	free(build_id);
	return rc;
}

/* Parses a program or a module; count: the length of the list that it is added to. */
static int parse_file(const json_t *value, const char *place, const char *list, const char *const *keys, struct profile *p,
		      add_file *add, const size_t *count, struct error *e)
{
	if (!json_is_object(value))
		return error_set(e, ERR_INPUT, "%s: expected an object", place);
	int rc = json_only_keys(value, keys, place, e);
	if (rc < 0 || json_member(value, "path", JSON_STRING, place, e) == NULL)
		return e->code;
	size_t before = *count;
	rc = place_file(value, place, p, add, e);
	if (rc >= 0 && *count == before)
		rc = error_set(e, ERR_INPUT, "%s: is the same as %s[%d]", place, list, rc);
	return rc < 0 ? rc : 0;
}

static int parse_program(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	static const char *const keys[] = {"path", "build_id", "started_by", NULL};
	return parse_file(value, place, "programs", keys, p, profile_add_program, &p->programs.count, e);
}

int positions_parse(const json_t *list, const char *place, const char *key, const struct profile *p,
			   position_list *out, struct error *e)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *program = json_array_get(list, i);
		json_int_t at = json_is_integer(program) ? json_integer_value(program) : -1;
		if (at < 0 || (size_t)at >= p->programs.count)
			return error_set(e, ERR_INPUT, "%s.%s[%zu]: there is no such program", place, key, i);
		if (!positions_add(out, (uint32_t)at))
			return error_memory(e);
	}
	return 0;
}

/* Sets who started a program; called when all programs are parsed. */
static int parse_starters(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	if (json_object_get(value, "started_by") == NULL)
		return 0;
	const json_t *list = json_member(value, "started_by", JSON_ARRAY, place, e);
	int at = list == NULL ? e->code : place_file(value, place, p, profile_add_program, e);
	return at < 0 ? at : positions_parse(list, place, "started_by", p, &p->programs.items[at].started_by, e);
}

static int parse_module(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	static const char *const keys[] = {"path", "build_id", NULL};
	return parse_file(value, place, "modules", keys, p, profile_add_module, &p->stacks.modules.count, e);
}

/* The lists of a profile, each before the lists that refer to it. */
static const struct {
	const char *key;
	int (*parse)(const json_t *value, const char *place, struct profile *p, struct error *e);
	bool optional;
} lists[] = {
	{"runs", run_parse, false},	   {"programs", parse_program, false}, {"programs", parse_starters, false},
	{"modules", parse_module, true}, {"frames", frame_parse, true},	     {"stacks", stack_parse, true},
	{"facts", fact_parse, false},
};

static int parse_lists(const json_t *root, const char *name, struct profile *p, struct error *e)
{
	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		if (lists[k].optional && json_object_get(root, lists[k].key) == NULL)
			continue;
		const json_t *list = json_member(root, lists[k].key, JSON_ARRAY, name, e);
		if (list == NULL)
			return e->code;
		for (size_t i = 0; i < json_array_size(list); i++) {
			char place[256];
			snprintf(place, sizeof(place), "%.180s: %s[%zu]", name, lists[k].key, i);
			int rc = lists[k].parse(json_array_get(list, i), place, p, e);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* After sorting, equal facts stand next to each other, and a wide fact next to the facts that it
 * should include. */
static int check_facts(const struct profile *p, const char *name, struct error *e)
{
	for (size_t i = 1; i < p->facts.count; i++) {
		const struct fact *a = &p->facts.items[i - 1], *b = &p->facts.items[i];
		bool same = fact_compare(a, b) == 0 || ((a->wide || b->wide) && facts_together(&a->key, &b->key));
		char buffer[32];
		if (same)
			return error_set(e, ERR_INPUT, "%s: facts: contains a fact of %s twice", name,
					 fact_name(b, buffer, sizeof(buffer)));
	}
	return 0;
}

struct profile *profile_parse(const char *bytes, size_t n, const char *name, struct error *e)
{
	static const char *const keys[] = {"format", "version", "runs", "programs", "facts",
					   "stacks", "frames",  "modules", NULL};
	json_t *root = json_open(bytes, n, name, "pinhole-profile", e);
	if (root == NULL)
		return NULL;
	struct profile *p = profile_new();
	int rc = p == NULL ? error_memory(e) : json_only_keys(root, keys, name, e);
	if (rc == 0)
		rc = parse_lists(root, name, p, e);
	if (rc == 0)
		rc = profile_sort(p, e);
	if (rc == 0)
		rc = check_facts(p, name, e);
	size_t facts = rc == 0 ? p->facts.count : 0;
	if (rc == 0 && !profile_widen(p))
		rc = error_memory(e);
	if (rc == 0 && p->facts.count != facts)
		rc = profile_sort(p, e);
	json_decref(root);
	if (rc == 0)
		return p;
	json_locate(bytes, n, name, e);
	profile_free(p);
	return NULL;
}
