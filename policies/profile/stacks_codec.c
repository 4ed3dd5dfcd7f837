/* The profile codec's part for stacks: JSON ↔ frames, stacks and the stacks of a fact.
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"
#include "policies/profile/profile_parts.h"

/* Writing. ------------------------------------------------------------------------------------------------- */

void fact_stacks_format(const struct fact *f, struct text *out)
{
	for (size_t i = 0; i < f->stacks.count; i++)
		text_add(out, "%s%" PRIu32, i > 0 ? ", " : ", \"stacks\": [", f->stacks.items[i]);
	text_add(out, f->stacks.count > 0 ? "]" : "");
}

void stacks_format(const struct profile *p, struct text *out)
{
	text_add(out, ",\n \"stacks\": [");
	for (size_t i = 0; i < profile_stack_count(p); i++) {
		const struct stack *s = profile_stack(p, i);
		text_add(out, "%s\n  {\"frames\": [", i > 0 ? "," : "");
		for (size_t k = 0; k < s->frames.count; k++)
			text_add(out, "%s%" PRIu32, k > 0 ? ", " : "", s->frames.items[k]);
		text_add(out, "]");
		if (s->end != STACK_COMPLETE)
			text_add(out, ", \"end\": \"%s\"", stack_end_name((enum stack_end)s->end));
		text_add(out, "}");
	}
	text_add(out, "\n ]");
}

void frame_format(const struct frame *f, uint32_t module, struct text *out)
{
	if (f->module == MODULE_NONE) {
		text_add(out, "[null]");
		return;
	}
	text_add(out, "[%" PRIu32 ", \"0x%" PRIx64 "\"", module, f->offset);
	if (f->symbol != NULL) {
		struct text symbol = {0};
		text_add(&symbol, "%s+0x%" PRIx64, f->symbol, f->symbol_offset);
		text_add(out, ", ");
		json_add_text(out, text_string(&symbol));
		out->failed |= symbol.failed;
		text_free(&symbol);
	}
	text_add(out, "]");
}

void frames_format(const struct profile *p, struct text *out)
{
	text_add(out, ",\n \"frames\": [");
	for (size_t i = 0; i < profile_frame_count(p); i++) {
		text_add(out, i > 0 ? ",\n" : "\n");
		text_add(out, "  ");
		frame_format(profile_frame(p, i), profile_frame(p, i)->module, out);
	}
	text_add(out, "\n ]");
}

/* Reading. ------------------------------------------------------------------------------------------------- */

/* Parses a position in a list of `count` things of that name. Negative: an error. */
static int64_t parse_position(const json_t *value, const char *place, const char *thing, size_t count, struct error *e)
{
	if (!json_is_integer(value))
		return error_set(e, ERR_INPUT, "%s: expected the position of a %s", place, thing);
	json_int_t at = json_integer_value(value);
	if (at < 0 || (uint64_t)at >= count)
		return error_set(e, ERR_INPUT, "%s: there is no %s %lld", place, thing, (long long)at);
	return at;
}

/* Returns the i-th item of a list; *where becomes its place. */
static int64_t parse_item(const json_t *list, size_t i, const char *place, char where[256], const char *thing,
			  size_t count, struct error *e)
{
	snprintf(where, 256, "%s[%zu]", place, i);
	return parse_position(json_array_get(list, i), where, thing, count, e);
}

/* Parses "0x10f8a7": each number has one spelling. false: anything else. */
static bool read_hex(const char *s, uint64_t *number)
{
	if (s == NULL || strncmp(s, "0x", 2) != 0)
		return false;
	size_t digits = strspn(s + 2, "0123456789abcdef");
	if (s[2 + digits] != '\0' || digits < 1 || digits > 16 || (s[2] == '0' && digits > 1))
		return false;
	*number = strtoull(s + 2, NULL, 16);
	return true;
}

/* Parses "openat64+0x57": the name may contain a + too. */
static int parse_symbol(const json_t *value, const char *place, struct frame *f, struct error *e)
{
	char *text = json_text(value, place, e);
	if (text == NULL)
		return e->code;
	char *plus = strrchr(text, '+');
	if (plus == NULL || plus == text || !read_hex(plus + 1, &f->symbol_offset)) {
		free(text);
		return error_set(e, ERR_INPUT, "%s: expected a name and an offset: \"main+0x1f\"", place);
	}
	if (plus - text > STACK_SYMBOL) {
		free(text);
		return error_set(e, ERR_INPUT, "%s: the name has more than %d bytes; shorten it", place, STACK_SYMBOL);
	}
	*plus = '\0';
	f->symbol = text;
	return 0;
}

int frame_add_parsed(const json_t *value, const char *place, struct profile *p, const position_list *modules,
		     struct error *e)
{
	size_t n = json_array_size(value);
	bool somewhere = n == 2 || n == 3, nowhere = n == 1 && json_is_null(json_array_get(value, 0));
	if (!json_is_array(value) || (!somewhere && !nowhere))
		return error_set(e, ERR_INPUT,
				 "%s: expected [null], or [MODULE, \"0xOFFSET\"] "
				 "with an optional \"SYMBOL+0xOFFSET\"",
				 place);
	struct frame f = {.module = MODULE_NONE};
	char where[256];
	int rc = 0;
	if (somewhere) {
		size_t count = modules != NULL ? modules->count : profile_module_count(p);
		int64_t module = parse_item(value, 0, place, where, "module", count, e);
		rc = module < 0 ? e->code : 0;
		f.module = rc == 0 && modules != NULL ? modules->items[module] : (uint32_t)module;
	}
	if (rc == 0 && somewhere && !read_hex(json_string_value(json_array_get(value, 1)), &f.offset))
		rc = error_set(e, ERR_INPUT,
			       "%s[1]: expected an offset: \"0x10f8a7\", in lower case and without leading zeros",
			       place);
	snprintf(where, sizeof(where), "%s[2]", place);
	if (rc == 0 && n == 3)
		rc = parse_symbol(json_array_get(value, 2), where, &f, e);
	if (rc == 0)
		rc = stack_table_add_frame(&p->stacks, &f, e);
	free(f.symbol);
	return rc;
}

int frame_parse(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	size_t before = profile_frame_count(p);
	int rc = frame_add_parsed(value, place, p, NULL, e);
	if (rc >= 0 && profile_frame_count(p) == before)
		rc = error_set(e, ERR_INPUT, "%s: is the same as frames[%d]", place, rc);
	return rc < 0 ? rc : 0;
}

/* The reason for a stack's end; missing if the stack is complete. */
int stack_end_parse(const json_t *value, const char *place, uint8_t *end, struct error *e)
{
	const char *name = json_string_value(value);
	*end = STACK_COMPLETE;
	if (value == NULL)
		return 0;
	for (int i = STACK_COMPLETE + 1; name != NULL && i < STACK_END_COUNT; i++)
		if (strcmp(stack_end_name((enum stack_end)i), name) == 0) {
			*end = (uint8_t)i;
			return 0;
		}
	return error_set(
	    e, ERR_INPUT,
	    "%s.end: \"%.40s\" is not a reason that this pinhole knows (limit, no-unwind-info, unreadable, "
	    "loop); written by a newer one?",
	    place, null_as_empty(name));
}

int stack_parse(const json_t *value, const char *place, struct profile *p, struct error *e)
{
	static const char *const keys[] = {"frames", "end", NULL};
	if (!json_is_object(value))
		return error_set(e, ERR_INPUT, "%s: expected an object", place);
	if (json_only_keys(value, keys, place, e) < 0)
		return e->code;
	const json_t *list = json_member(value, "frames", JSON_ARRAY, place, e);
	uint32_t frames[STACK_FRAMES];
	uint8_t end;
	if (list == NULL || stack_end_parse(json_object_get(value, "end"), place, &end, e) < 0)
		return e->code;
	size_t n = json_array_size(list);
	if (n == 0 || n > STACK_FRAMES)
		return error_set(e, ERR_INPUT, "%s.frames: expected 1 to %d frames, found %zu", place, STACK_FRAMES, n);
	char of_frames[256], where[256];
	snprintf(of_frames, sizeof(of_frames), "%s.frames", place);
	for (size_t i = 0; i < n; i++) {
		int64_t at = parse_item(list, i, of_frames, where, "frame", profile_frame_count(p), e);
		if (at < 0)
			return e->code;
		frames[i] = (uint32_t)at;
	}
	size_t before = profile_stack_count(p);
	int rc = stack_table_add_stack(&p->stacks, frames, n, end, e);
	if (rc >= 0 && profile_stack_count(p) == before)
		rc = error_set(e, ERR_INPUT, "%s: is the same as stacks[%d]", place, rc);
	return rc < 0 ? rc : 0;
}

int fact_stacks_parse(const json_t *fact, const char *place, struct profile *p, struct fact *f, struct error *e)
{
	const json_t *list = json_object_get(fact, "stacks");
	size_t n = json_array_size(list);
	if (list == NULL)
		return 0;
	if (!json_is_array(list) || n == 0 || n > STACKS_PER_FACT)
		return error_set(e, ERR_INPUT, "%s.stacks: expected a list of 1 to %d positions", place,
				 STACKS_PER_FACT);
	char of_stacks[256], where[256];
	snprintf(of_stacks, sizeof(of_stacks), "%s.stacks", place);
	for (size_t i = 0; i < n; i++) {
		int64_t at = parse_item(list, i, of_stacks, where, "stack", profile_stack_count(p), e);
		if (at < 0)
			return e->code;
		if (!fact_add_stack(&p->stacks, f, (uint32_t)at))
			return error_memory(e);
		if (f->stacks.count == i)
			return error_set(e, ERR_INPUT,
					 "%s: contains stack %" PRId64 " twice, or one that differs from it "
					 "only in symbols",
					 where, at);
	}
	return 0;
}
