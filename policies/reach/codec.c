/* The codec of the calls that a program's code can reach: JSON ↔ struct reachable.
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/file.h"
#include "policies/json/json.h"
#include "policies/reach/reachable.h"

/* Writing. ------------------------------------------------------------------------------------------------- */

static void format_function(const struct reachable_function *f, struct text *out)
{
	text_add(out, "[%" PRIu32 ", \"0x%" PRIx64 "\"", f->module, f->offset);
	if (f->name != NULL) {
		text_add(out, ", ");
		json_add_text(out, f->name);
	}
	text_add(out, "]");
}

static void format_modules(const struct reachable *r, struct text *out)
{
	for (size_t i = 0; i < r->modules.count; i++) {
		const struct reachable_module *m = &r->modules.items[i];
		text_add(out, "%s\n  {\"path\": ", i > 0 ? "," : "");
		json_add_text(out, m->path);
		json_add_optional(out, "build_id", m->build_id);
		text_add(out, ", \"why\": ");
		json_add_text(out, m->why);
		text_add(out, ", \"functions\": %" PRIu64 ", \"reached\": %" PRIu64 "}", m->functions, m->reached);
	}
}

static void format_calls(const struct reachable *r, struct text *out)
{
	char buffer[32];
	for (size_t i = 0; i < r->calls.count; i++) {
		const struct reachable_call *c = &r->calls.items[i];
		text_add(out, "%s\n  {\"arch\": \"%s\", \"syscall\": \"%s\", \"nr\": %" PRIu32 ", \"path\": [",
			 i > 0 ? "," : "", arch_name((enum arch)c->arch),
			 abi_name((enum arch)c->arch, c->nr, buffer, sizeof(buffer)), c->nr);
		for (size_t k = 0; k < c->path.count; k++) {
			text_add(out, k > 0 ? ", " : "");
			format_function(&c->path.items[k], out);
		}
		text_add(out, "]}");
	}
}

int reachable_format(const struct reachable *r, struct text *out, struct error *e)
{
	size_t from = out->count;
	text_add(out, "{\"format\": \"pinhole-reach\", \"version\": 1,\n \"sites\": %" PRIu64 ",\n \"modules\": [",
		 r->sites);
	format_modules(r, out);
	text_add(out, "\n ],\n \"calls\": [");
	format_calls(r, out);
	text_add(out, "\n ],\n \"undecided\": [");
	for (size_t i = 0; i < r->undecided.count; i++) {
		text_add(out, "%s\n  {\"place\": ", i > 0 ? "," : "");
		format_function(&r->undecided.items[i].function, out);
		text_add(out, ", \"why\": ");
		json_add_text(out, r->undecided.items[i].why);
		text_add(out, "}");
	}
	text_add(out, "\n ],\n \"notes\": [");
	for (size_t i = 0; i < r->notes.count; i++) {
		text_add(out, i > 0 ? ",\n  " : "\n  ");
		json_add_text(out, r->notes.items[i]);
	}
	text_add(out, "\n ]}\n");
	return json_readable(out, from, REACHABLE_SIZE_LIMIT, "file", e);
}

/* Reading. ------------------------------------------------------------------------------------------------- */

/* Parses one item of a list; `place` names it in messages. Returns 0 or a negative code. */
typedef int parse_item(const json_t *item, const char *place, struct reachable *r, struct error *e);

static int parse_count(const json_t *object, const char *key, const char *place, uint64_t *to, struct error *e)
{
	const json_t *value = json_member(object, key, JSON_INTEGER, place, e);
	if (value == NULL)
		return e->code;
	if (json_integer_value(value) < 0)
		return error_set(e, ERR_INPUT, "%s%s%s: is below 0", place, json_join(place), key);
	*to = (uint64_t)json_integer_value(value);
	return 0;
}

static char *parse_text(const json_t *object, const char *key, const char *place, struct error *e)
{
	char where[256];
	const json_t *value = json_member(object, key, JSON_STRING, place, e);
	snprintf(where, sizeof(where), "%s%s%s", place, json_join(place), key);
	return value != NULL ? json_text(value, where, e) : NULL;
}

static int parse_function(const json_t *value, const char *place, const struct reachable *r,
			  struct reachable_function *f, struct error *e)
{
	size_t n = json_array_size(value);
	const json_t *module = json_array_get(value, 0), *offset = json_array_get(value, 1);
	if (!json_is_array(value) || n < 2 || n > 3 || !json_is_integer(module) || !json_is_string(offset))
		return error_set(e, ERR_INPUT, "%s: expected [MODULE, \"0xOFFSET\"], with \"NAME\" after it or not",
				 place);
	if (json_integer_value(module) < 0 || (uint64_t)json_integer_value(module) >= r->modules.count)
		return error_set(e, ERR_INPUT, "%s[0]: there is no module %lld", place,
				 (long long)json_integer_value(module));
	f->module = (uint32_t)json_integer_value(module);
	if (json_number(offset, place, &f->offset, e) < 0)
		return e->code;
	if (n == 3 && (f->name = json_text(json_array_get(value, 2), place, e)) == NULL)
		return e->code;
	return 0;
}

static int parse_module(const json_t *item, const char *place, struct reachable *r, struct error *e)
{
	static const char *const keys[] = {"path", "build_id", "why", "functions", "reached", NULL};
	struct reachable_module m = {0};
	if (json_only_keys(item, keys, place, e) < 0)
		return e->code;
	m.path = parse_text(item, "path", place, e);
	m.why = parse_text(item, "why", place, e);
	if (e->code == 0 && json_optional_text(item, "build_id", place, &m.build_id, e) == 0 &&
	    parse_count(item, "functions", place, &m.functions, e) == 0)
		parse_count(item, "reached", place, &m.reached, e);
	if (e->code == 0 && vec_push(&r->modules, m))
		return 0;
	free(m.path);
	free(m.why);
	free(m.build_id);
	return e->code != 0 ? e->code : error_memory(e);
}

/* The name and the number must belong to one call: an edit may have changed only one of them. */
static int parse_number(const json_t *item, const char *place, struct reachable_call *c, struct error *e)
{
	const json_t *arch = json_member(item, "arch", JSON_STRING, place, e);
	const json_t *name = json_member(item, "syscall", JSON_STRING, place, e);
	uint64_t nr;
	uint32_t known;
	if (arch == NULL || name == NULL || parse_count(item, "nr", place, &nr, e) < 0)
		return e->code;
	int a = arch_by_name(json_string_value(arch));
	if (a < 0)
		return error_set(e, ERR_INPUT, "%s.arch: unknown architecture \"%.40s\"", place,
				 json_string_value(arch));
	struct error wrong = {0};
	int rc = abi_number((enum arch)a, json_string_value(name), &known, &wrong);
	if (rc < 0)
		return error_set(e, ERR_INPUT, "%s.syscall: %s", place, wrong.text);
	if (rc > 0 || known != nr)
		return error_set(e, ERR_INPUT, "%s.nr: %" PRIu64 " is not the number of %.40s", place, nr,
				 json_string_value(name));
	c->arch = (uint8_t)a;
	c->nr = (uint32_t)nr;
	return 0;
}

static int parse_call(const json_t *item, const char *place, struct reachable *r, struct error *e)
{
	static const char *const keys[] = {"arch", "syscall", "nr", "path", NULL};
	struct reachable_call c = {0};
	if (json_only_keys(item, keys, place, e) < 0 || parse_number(item, place, &c, e) < 0)
		return e->code;
	const json_t *path = json_member(item, "path", JSON_ARRAY, place, e);
	const struct reachable_call *last = r->calls.count > 0 ? &r->calls.items[r->calls.count - 1] : NULL;
	if (path != NULL && last != NULL && (last->arch > c.arch || (last->arch == c.arch && last->nr >= c.nr)))
		error_set(e, ERR_INPUT, "%s: is not after the one before it by architecture and number", place);
	if (e->code == 0 && !vec_push(&r->calls, c))
		error_memory(e);
	for (size_t i = 0; i < json_array_size(path) && e->code == 0; i++) {
		char where[256];
		struct reachable_function f = {0};
		snprintf(where, sizeof(where), "%s.path[%zu]", place, i);
		if (parse_function(json_array_get(path, i), where, r, &f, e) == 0 &&
		    !vec_push(&r->calls.items[r->calls.count - 1].path, f)) {
			free(f.name);
			error_memory(e);
		}
	}
	return e->code;
}

static int parse_place(const json_t *item, const char *place, struct reachable *r, struct error *e)
{
	static const char *const keys[] = {"place", "why", NULL};
	struct reachable_place p = {0};
	char where[256];
	if (json_only_keys(item, keys, place, e) < 0)
		return e->code;
	const json_t *function = json_member(item, "place", JSON_ARRAY, place, e);
	snprintf(where, sizeof(where), "%s.place", place);
	if (function != NULL && parse_function(function, where, r, &p.function, e) == 0)
		p.why = parse_text(item, "why", place, e);
	if (e->code == 0 && vec_push(&r->undecided, p))
		return 0;
	free(p.function.name);
	free(p.why);
	return e->code != 0 ? e->code : error_memory(e);
}

static int parse_note(const json_t *item, const char *place, struct reachable *r, struct error *e)
{
	char *note = json_text(item, place, e);
	if (note != NULL && vec_push(&r->notes, note))
		return 0;
	free(note);
	return e->code != 0 ? e->code : error_memory(e);
}

static int parse_list(const json_t *root, const char *key, bool objects, parse_item *parse, const char *name,
		      struct reachable *r, struct error *e)
{
	const json_t *list = json_member(root, key, JSON_ARRAY, name, e);
	for (size_t i = 0; i < json_array_size(list) && e->code == 0; i++) {
		char place[256];
		snprintf(place, sizeof(place), "%.180s: %s[%zu]", name, key, i);
		if (objects && !json_is_object(json_array_get(list, i)))
			error_set(e, ERR_INPUT, "%s: expected an object", place);
		else
			parse(json_array_get(list, i), place, r, e);
	}
	return e->code;
}

struct reachable *reachable_parse(const char *bytes, size_t n, const char *name, struct error *e)
{
	static const char *const keys[] = {"format", "version",	  "sites", "modules",
					   "calls",  "undecided", "notes", NULL};
	struct reachable *r = calloc(1, sizeof(*r));
	json_t *root = r != NULL ? json_open(bytes, n, name, "pinhole-reach", e) : NULL;
	if (r == NULL)
		error_memory(e);
	else if (root != NULL && json_only_keys(root, keys, name, e) == 0 &&
		 parse_count(root, "sites", name, &r->sites, e) == 0 &&
		 parse_list(root, "modules", true, parse_module, name, r, e) == 0 &&
		 parse_list(root, "calls", true, parse_call, name, r, e) == 0 &&
		 parse_list(root, "undecided", true, parse_place, name, r, e) == 0)
		parse_list(root, "notes", false, parse_note, name, r, e);
	if (e->code == 0 && r->modules.count == 0)
		error_set(e, ERR_INPUT, "%s: modules: is empty; the first is the program", name);
	json_decref(root);
	if (e->code == 0)
		return r;
	json_locate(bytes, n, name, e);
	reachable_free(r);
	return NULL;
}

struct reachable *reachable_read(const char *path, struct error *e)
{
	char *bytes;
	size_t n;
	if (file_read_existing(path, REACHABLE_SIZE_LIMIT, &bytes, &n, e) < 0)
		return NULL;
	struct reachable *r = reachable_parse(bytes, n, path, e);
	free(bytes);
	return r;
}
