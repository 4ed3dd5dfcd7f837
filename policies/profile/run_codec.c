/* The profile codec's part for runs. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"
#include "policies/profile/profile_parts.h"

void run_head_format(const struct run *run, struct text *out)
{
	text_add(out, "\"id\": ");
	json_add_text(out, run->id);
	text_add(out, ", \"command\": [");
	for (size_t i = 0; i < run->command.count; i++) {
		text_add(out, i > 0 ? ", " : "");
		json_add_text(out, run->command.items[i]);
	}
	text_add(out, "]");
}

void run_format(const struct run *run, struct text *out)
{
	text_add(out, "  {");
	run_head_format(run, out);
	json_add_optional(out, "started", run->started);
	json_add_optional(out, "mode", run->mode);
	json_add_optional(out, "kernel", run->kernel);
	json_add_optional(out, "exit", run->exit);
	json_add_optional(out, "label", run->label);
	json_add_optional(out, "phase_at", run->phase_at);
	json_add_optional(out, "denied", run->denied);
	if (run->known_told)
		text_add(out, ", \"known\": %" PRIu64, run->known);
	if (run->lasted > 0)
		text_add(out, ", \"lasted\": %" PRIu64, run->lasted);
	if (run->unfinished)
		text_add(out, ", \"unfinished\": true");
	text_add(out, "}");
}

/* The facts known at the start, and the duration; older files do not have them. */
static int parse_numbers(const json_t *value, const char *place, struct run *run, struct error *e)
{
	static const char *const names[] = {"known", "lasted"};
	uint64_t *const numbers[] = {&run->known, &run->lasted};
	for (size_t i = 0; i < 2; i++) {
		if (json_object_get(value, names[i]) == NULL)
			continue;
		const json_t *number = json_member(value, names[i], JSON_INTEGER, place, e);
		if (number == NULL)
			return e->code;
		if (json_integer_value(number) < (i == 0 ? 0 : 1))
			return error_set(e, ERR_INPUT, "%s.%s: expected a number from %zu up", place, names[i], i);
		*numbers[i] = (uint64_t)json_integer_value(number);
	}
	run->known_told = json_object_get(value, "known") != NULL;
	const json_t *unfinished = json_object_get(value, "unfinished");
	run->unfinished = json_is_true(unfinished);
	if (unfinished != NULL && !json_is_true(unfinished))
		return error_set(e, ERR_INPUT, "%s.unfinished: expected true; a finished run does not have this key",
				 place);
	return 0;
}

int run_read(const json_t *value, const char *place, struct run *run, struct error *e)
{
	int rc = 0;
	const json_t *id = json_member(value, "id", JSON_STRING, place, e);
	const json_t *command = id != NULL ? json_member(value, "command", JSON_ARRAY, place, e) : NULL;
	if (command == NULL)
		return e->code;
	char *const *fields[] = {&run->id,   &run->started, &run->mode,	   &run->kernel,
				 &run->exit, &run->label,   &run->phase_at, &run->denied};
	static const char *const names[] = {"id", "started", "mode", "kernel", "exit", "label", "phase_at", "denied"};
	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		rc = json_optional_text(value, names[i], place, (char **)fields[i], e);
	if (rc == 0)
		rc = parse_numbers(value, place, run, e);
	for (size_t i = 0; rc == 0 && i < json_array_size(command); i++) {
		char *word = json_text(json_array_get(command, i), place, e);
		if (word == NULL)
			rc = e->code;
		else if (!vec_push(&run->command, word)) {
			free(word);
			rc = error_memory(e);
		}
	}
	if (rc == 0 && run->id[0] == '\0')
		rc = error_set(e, ERR_INPUT, "%s.id: is empty; every run needs its own id", place);
	if (rc == 0 && run->denied != NULL && !run_denied_known(run->denied))
		rc = error_set(e, ERR_INPUT, "%s.denied: \"%.40s\" is not an action of a filter; expected kill, errno, log, …",
			       place, run->denied);
	if (rc == 0 && run->phase_at != NULL && abi_by_name(run->phase_at) == NULL)
		rc = error_set(e, ERR_INPUT, "%s.phase_at: unknown system call %.60s; written by a newer pinhole?", place,
			       run->phase_at);
	return rc;
}

int run_parse(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	static const char *const keys[] = {"id",    "command",  "started", "mode",  "kernel", "exit",
					   "label", "phase_at", "denied",  "known", "lasted", "unfinished", NULL};
	struct run run = {0};
	if (!json_is_object(value))
		return error_set(e, ERR_INPUT, "%s: expected an object", place);
	int rc = json_only_keys(value, keys, place, e);
	if (rc == 0)
		rc = run_read(value, place, &run, e);
	size_t same = rc == 0 ? profile_find_run(p, run.id) : SIZE_MAX;
	if (same != SIZE_MAX)
		rc = error_set(e, ERR_INPUT, "%s.id: is the same as that of runs[%zu]", place, same);
	if (rc == 0 && p->runs.count > 0 &&
	    strcmp(null_as_empty(profile_phase_at(p)), null_as_empty(run.phase_at)) != 0)
		rc = error_set(e, ERR_INPUT, "%s.phase_at: differs from that of runs[0]", place);
	if (rc == 0 && !vec_push(&p->runs, run))
		rc = error_memory(e);
	if (rc < 0)
		run_clear(&run);
	return rc == 0 && !profile_index_run(p) ? error_memory(e) : rc;
}
