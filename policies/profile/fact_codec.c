/* The codec of a fact: JSON ↔ fact. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"
#include "policies/profile/profile_parts.h"

/* Writing. ------------------------------------------------------------------------------------------------- */

static void format_wide(const struct fact *f, const struct syscall_desc *call, struct text *out)
{
	text_add(out, ", \"wide\": {");
	const char *between = "";
	bool numbers = fact_is_numbers(f);
	for (unsigned i = 0; i < 6; i++) {
		if (numbers ? i > 0 : (f->key.args >> i & 1) == 0)
			continue;
		text_add(out, "%s\"%s\": {\"bits\": ", between, numbers ? "nr" : syscall_arg_name(call, i));
		json_add_number(out, f->bits[i], 0);
		text_add(out, ", \"min\": ");
		json_add_number(out, f->min[i], 0);
		text_add(out, ", \"max\": ");
		json_add_number(out, f->max[i], 0);
		text_add(out, "}");
		between = ", ";
	}
	text_add(out, "}");
}

static void format_args(const struct fact *f, const struct syscall_desc *call, struct text *out)
{
	struct text values = {0}, value = {0};
	text_add(out, ", \"args\": {");
	const char *between = "";
	for (unsigned i = 0; i < 6; i++) {
		if ((f->key.args >> i & 1) == 0)
			continue;
		value.count = 0;
		abi_value_text(call, f->key.arch, i, f->key.values[i], &value);
		text_add(out, "%s\"%s\": ", between, syscall_arg_name(call, i));
		json_add_string(out, text_string(&value));
		text_add(&values, "%s", between);
		json_add_number(&values, f->key.values[i], call != NULL && call->args[i].is_signed);
		between = ", ";
	}
	text_add(out, "}, \"values\": [%s]", text_string(&values));
	out->failed |= values.failed || value.failed;
	text_free(&values);
	text_free(&value);
}

static void format_failed(const struct fact *f, struct text *out)
{
	text_add(out, ", \"failed\": [");
	for (size_t i = 0; i < f->failed.count; i++) {
		const char *name = errno_name(f->failed.items[i]);
		text_add(out, i > 0 ? ", " : "");
		if (name != NULL)
			text_add(out, "\"%s\"", name);
		else
			text_add(out, "%u", f->failed.items[i]);
	}
	text_add(out, "]");
}

void fact_call_format(const struct fact *f, struct text *out)
{
	char buffer[32];
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(f, &room);
	text_add(out, "\"phase\": \"%s\", \"arch\": \"%s\", \"syscall\": \"%s\", \"nr\": %" PRIu32,
		 phase_name(f->key.phase), arch_name(f->key.arch), fact_name(f, buffer, sizeof(buffer)),
		 fact_is_numbers(f) ? (uint32_t)f->min[0] : f->key.nr);
	if (f->wide)
		format_wide(f, call, out);
	else if (f->key.args != 0)
		format_args(f, call, out);
	if (f->outcome == OUTCOME_FAILED)
		format_failed(f, out);
	else if (f->outcome == OUTCOME_NONE)
		text_add(out, ", \"unended\": true");
}

/* When the fact was first seen, in the runs that say so. */
static void format_first(const struct fact *f, struct text *out)
{
	const char *before = ", \"first\": {", *end = "";
	for (size_t i = 0; i < f->runs.count; i++) {
		if (f->runs.items[i].first == 0)
			continue;
		text_add(out, "%s\"%" PRIu32 "\": %" PRIu64, before, f->runs.items[i].run, f->runs.items[i].first);
		before = ", ";
		end = "}";
	}
	text_add(out, "%s", end);
}

void fact_format(const struct fact *f, struct text *out)
{
	text_add(out, "  {");
	fact_call_format(f, out);
	positions_format("programs", &f->programs, out);
	text_add(out, ", \"runs\": {");
	for (size_t i = 0; i < f->runs.count; i++)
		text_add(out, "%s\"%" PRIu32 "\": %" PRIu64, i > 0 ? ", " : "", f->runs.items[i].run,
			 f->runs.items[i].count);
	text_add(out, "}");
	format_first(f, out);
	fact_stacks_format(f, out);
	text_add(out, "}");
}

/* Reading. ------------------------------------------------------------------------------------------------- */

/* The call's number, which must match its name. A fact of many numbers has the smallest of them;
 * parse_numbers checks its name. */
static int parse_number(const json_t *value, const char *place, bool many, struct fact_key *key, struct error *e)
{
	const json_t *name = json_member(value, "syscall", JSON_STRING, place, e);
	const json_t *nr = json_member(value, "nr", JSON_INTEGER, place, e);
	if (name == NULL || nr == NULL)
		return e->code;
	json_int_t number = json_integer_value(nr);
	if (number < 0 || number > UINT32_MAX)
		return error_set(e, ERR_INPUT, "%s.nr: not a system call number", place);
	enum arch arch = (enum arch)key->arch;
	key->nr = (uint32_t)number;
	if (many)
		return 0;
	char buffer[32];
	const char *expected = abi_name(arch, key->nr, buffer, sizeof(buffer));
	if (strcmp(expected, json_string_value(name)) == 0)
		return 0;
	if (abi_by_nr(arch, key->nr) == NULL) {
		const char *near = abi_nearest(json_string_value(name));
		return error_set(e, ERR_INPUT, "%s.syscall: unknown system call %.60s%s%s; written by a newer pinhole?", place,
				 json_string_value(name), near != NULL ? ", did you mean " : "", near != NULL ? near : "");
	}
	return error_set(e, ERR_INPUT, "%s: %s number %lld is %s, not %.60s", place, arch_name(arch), (long long)number,
			 expected, json_string_value(name));
}

static int parse_key(const json_t *value, const char *place, bool many, struct fact_key *key, struct error *e)
{
	const json_t *phase = json_member(value, "phase", JSON_STRING, place, e);
	const json_t *arch = json_member(value, "arch", JSON_STRING, place, e);
	if (phase == NULL || arch == NULL)
		return e->code;
	int which = 0;
	while (which < PHASE_COUNT && strcmp(phase_name((enum phase)which), json_string_value(phase)) != 0)
		which++;
	if (which == PHASE_COUNT)
		return error_set(e, ERR_INPUT,
				 "%s.phase: \"%.40s\" is not a phase that this pinhole knows (load, main, serve)",
				 place, json_string_value(phase));
	int known = arch_by_name(json_string_value(arch));
	if (known < 0)
		return error_set(
		    e, ERR_INPUT,
		    "%s.arch: \"%.40s\" is not an architecture that this pinhole knows (x86_64, i386, aarch64)", place,
		    json_string_value(arch));
	key->phase = (uint8_t)which;
	key->arch = (uint8_t)known;
	return parse_number(value, place, many, key, e);
}

/* Returns the position of an argument that may be named once: the names say which arguments the
 * fact recorded. */
static int parse_arg_name(const char *name, const char *place, struct fact_key *key, struct error *e)
{
	int at = syscall_arg_by_name(abi_by_nr(key->arch, key->nr), name);
	if (at < 0)
		return error_set(e, ERR_INPUT, "%s: unknown argument \"%.60s\"; written by a newer pinhole?", place,
				 name);
	if ((key->args >> at & 1) != 0)
		return error_set(e, ERR_INPUT, "%s: the argument \"%.60s\" is given twice", place, name);
	if (key->args >> at != 0)
		return error_set(e, ERR_INPUT, "%s: the argument \"%.60s\" is out of order", place, name);
	key->args |= (uint8_t)(1u << at);
	return at;
}

static int parse_values(const json_t *value, const char *place, struct fact_key *key, struct error *e)
{
	const json_t *args = json_object_get(value, "args"), *values = json_object_get(value, "values");
	if (args == NULL && values == NULL)
		return 0;
	if (!json_is_object(args) || !json_is_array(values) || json_object_size(args) != json_array_size(values))
		return error_set(e, ERR_INPUT, "%s: expected args (an object) and values (a list) of one length", place);
	const char *name;
	json_t *ignored;
	size_t i = 0;
	json_object_foreach((json_t *)args, name, ignored)
	{
		int at = parse_arg_name(name, place, key, e);
		if (at < 0)
			return at;
		char where[256];
		snprintf(where, sizeof(where), "%s.values[%zu]", place, i);
		int rc = json_number(json_array_get(values, i++), where, &key->values[at], e);
		if (rc < 0)
			return rc;
		/* Arguments stand in order; an argument that selects the meaning of others stands
		 * before them. */
		struct syscall_desc room;
		const struct syscall_desc *call =
			abi_select(abi_by_nr(key->arch, key->nr), key->arch, key->values, key->args, &room);
		if (abi_canonical(call, key->arch, (unsigned)at, key->values[at]) != key->values[at])
			return error_set(e, ERR_INPUT, "%s: does not fit the argument's width", where);
	}
	return 0;
}

/* The bits and bounds of one argument, or of the numbers. */
static int parse_bounds(const json_t *value, const char *where, struct fact *f, unsigned at, struct error *e)
{
	static const char *const keys[] = {"bits", "min", "max", NULL};
	if (!json_is_object(value) || json_object_size(value) != 3 || json_only_keys(value, keys, where, e) < 0)
		return error_set(e, ERR_INPUT, "%s: expected bits, min and max", where);
	int rc = json_number(json_object_get(value, "bits"), where, &f->bits[at], e);
	if (rc == 0)
		rc = json_number(json_object_get(value, "min"), where, &f->min[at], e);
	if (rc == 0)
		rc = json_number(json_object_get(value, "max"), where, &f->max[at], e);
	if (rc == 0 && f->min[at] > f->max[at])
		rc = error_set(e, ERR_INPUT, "%s: min is above max", where);
	return rc;
}

/* A fact that stands for many numbers has these in place of arguments. */
static int parse_numbers(const json_t *value, const char *place, struct fact *f, struct error *e)
{
	char where[256], buffer[32];
	const json_t *wide = json_object_get(value, "wide");
	snprintf(where, sizeof(where), "%s.wide.nr", place);
	int rc = parse_bounds(json_object_get(wide, "nr"), where, f, 0, e);
	if (rc < 0)
		return rc;
	if (json_object_size(wide) != 1 || f->min[0] < ABI_NR_UNUSED || f->max[0] > UINT32_MAX || f->bits[0] > UINT32_MAX)
		return error_set(e, ERR_INPUT, "%s: expected numbers from %u to %" PRIu32 ", and no arguments", where,
				 ABI_NR_UNUSED, UINT32_MAX);
	if (f->key.nr != f->min[0])
		return error_set(e, ERR_INPUT, "%s: the smallest is %" PRIu64 ", but nr is %" PRIu32, where, f->min[0],
				 f->key.nr);
	f->wide = true;
	f->key.nr = ABI_NR_UNUSED;
	const char *expected = fact_name(f, buffer, sizeof(buffer));
	if (strcmp(expected, json_string_value(json_object_get(value, "syscall"))) != 0)
		return error_set(e, ERR_INPUT, "%s.syscall: numbers from %" PRIu64 " to %" PRIu64 " are %s", place, f->min[0],
				 f->max[0], expected);
	return 0;
}

static int parse_wide(const json_t *wide, const char *place, struct fact *f, struct error *e)
{
	if (!json_is_object(wide) || json_object_size(wide) == 0)
		return error_set(e, ERR_INPUT, "%s.wide: expected an object with arguments as keys", place);
	if (f->key.nr >= ABI_NR_UNUSED)
		return error_set(e, ERR_INPUT,
				 "%s.wide: only nr is recorded for numbers from %u up, which are not calls", place,
				 ABI_NR_UNUSED);
	f->wide = true;
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)wide, name, value)
	{
		char where[256];
		snprintf(where, sizeof(where), "%s.wide.%.60s", place, name);
		int at = parse_arg_name(name, place, &f->key, e);
		if (at < 0)
			return at;
		int rc = parse_bounds(value, where, f, (unsigned)at, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The members "runs" and "first": numbers by the position of a run. */
static int parse_run_numbers(const json_t *numbers, const char *place, const char *what, const struct profile *p,
			     struct fact *f, struct error *e)
{
	bool counts = strcmp(what, "runs") == 0;
	const char *key;
	json_t *number;
	json_object_foreach((json_t *)numbers, key, number)
	{
		char *end;
		unsigned long run = strtoul(key, &end, 10);
		if (key[0] < '0' || key[0] > '9' || *end != '\0' || (key[0] == '0' && key[1] != '\0') ||
		    run >= p->runs.count)
			return error_set(e, ERR_INPUT, "%s.%s: there is no run \"%.40s\"", place, what, key);
		if (!json_is_integer(number) || json_integer_value(number) < 1)
			return error_set(e, ERR_INPUT, "%s.%s.%s: expected a positive %s", place, what, key,
					 counts ? "count" : "number of milliseconds");
		size_t before = f->runs.count;
		struct fact_run *r = fact_run_of(f, (uint32_t)run);
		if (r == NULL)
			return error_memory(e);
		if (!counts && f->runs.count != before)
			return error_set(e, ERR_INPUT, "%s.first.%s: the fact was not seen in that run", place, key);
		*(counts ? &r->count : &r->first) = (uint64_t)json_integer_value(number);
	}
	return 0;
}

static int parse_uses(const json_t *value, const char *place, const struct profile *p, struct fact *f, struct error *e)
{
	const json_t *programs = json_member(value, "programs", JSON_ARRAY, place, e);
	const json_t *runs = json_member(value, "runs", JSON_OBJECT, place, e);
	if (programs == NULL || runs == NULL)
		return e->code;
	int rc = positions_parse(programs, place, "programs", p, &f->programs, e);
	if (rc < 0)
		return rc;
	if ((rc = parse_run_numbers(runs, place, "runs", p, f, e)) < 0)
		return rc;
	const json_t *first = json_object_get(value, "first");
	if (first != NULL && (json_member(value, "first", JSON_OBJECT, place, e) == NULL ||
			      parse_run_numbers(first, place, "first", p, f, e) < 0))
		return e->code;
	if (f->programs.count == 0 || f->runs.count == 0)
		return error_set(e, ERR_INPUT, "%s: a fact needs a program and a run", place);
	return 0;
}

/* The errors of a call that only ever failed; a fact without this key has OUTCOME_ANY. */
static int parse_failed(const json_t *list, const char *place, struct fact *f, struct error *e)
{
	if (list == NULL)
		return 0;
	if (!json_is_array(list) || json_array_size(list) == 0)
		return error_set(e, ERR_INPUT, "%s.failed: expected a list of errno names", place);
	f->outcome = OUTCOME_FAILED;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		json_int_t number = json_is_string(item) ? errno_by_name(json_string_value(item))
							 : json_integer_value(item);
		if (number < 1 || number > 4095)
			return error_set(e, ERR_INPUT,
					 "%s.failed[%zu]: not an errno name; expected one of errno(3), like ENOENT",
					 place, i);
		uint16_t errors[] = {(uint16_t)number};
		if (!fact_join_outcome(f, OUTCOME_FAILED, errors, 1))
			return error_memory(e);
	}
	return 0;
}

/* A fact in an unfinished run: none of its calls has ended yet. */
static int parse_unended(const json_t *value, const char *place, struct fact *f, struct error *e)
{
	if (value == NULL)
		return 0;
	if (!json_is_true(value) || f->wide || f->outcome == OUTCOME_FAILED)
		return error_set(e, ERR_INPUT, "%s.unended: expected true, without wide or failed beside it", place);
	f->outcome = OUTCOME_NONE;
	return 0;
}

int fact_call_parse(const json_t *value, const char *place, struct fact *f, struct error *e)
{
	const json_t *wide = json_object_get(value, "wide");
	bool many = json_object_get(wide, "nr") != NULL;
	int rc = parse_key(value, place, many, &f->key, e);
	if (rc == 0 && wide != NULL && json_object_get(value, "args") != NULL)
		rc = error_set(e, ERR_INPUT, "%s: has both args and wide", place);
	if (rc == 0)
		rc = many	    ? parse_numbers(value, place, f, e)
		     : wide != NULL ? parse_wide(wide, place, f, e)
				    : parse_values(value, place, &f->key, e);
	if (rc == 0 && wide != NULL && json_object_get(value, "failed") != NULL)
		rc = error_set(e, ERR_INPUT, "%s: has both wide and failed; a widened fact keeps no result", place);
	if (rc == 0)
		rc = parse_failed(json_object_get(value, "failed"), place, f, e);
	return rc == 0 ? parse_unended(json_object_get(value, "unended"), place, f, e) : rc;
}

int fact_parse(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	static const char *const keys[] = {"phase", "arch", "syscall", "nr", "args", "values", "wide", "failed",
					   "unended", "programs", "runs", "first", "stacks", NULL};
	if (!json_is_object(value))
		return error_set(e, ERR_INPUT, "%s: expected an object", place);
	struct fact f = {0};
	int rc = json_only_keys(value, keys, place, e);
	if (rc == 0)
		rc = fact_call_parse(value, place, &f, e);
	if (rc == 0)
		rc = parse_uses(value, place, p, &f, e);
	if (rc == 0)
		rc = fact_stacks_parse(value, place, p, &f, e);
	if (rc == 0 && !vec_push(&p->facts, f))
		rc = error_memory(e);
	if (rc < 0)
		fact_clear(&f);
	return rc;
}
