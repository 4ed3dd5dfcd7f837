/* What all codecs need of JSON. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/escape.h"
#include "policies/json/json.h"

static int check_header(const json_t *root, const char *name, const char *format, struct error *e)
{
	if (!json_is_object(root))
		return error_set(e, ERR_INPUT, "%s: expected an object with \"format\": \"%s\"", name, format);
	const char *found = json_string_value(json_object_get(root, "format"));
	if (found == NULL)
		return error_set(e, ERR_INPUT, "%s: no \"format\" key: not a file of pinhole; expected a %s", name,
				 format);
	if (strcmp(found, format) != 0)
		return error_set(e, ERR_INPUT, "%s: format: is \"%.40s\"; expected a %s", name, found, format);
	const json_t *version = json_object_get(root, "version");
	if (!json_is_integer(version) || json_integer_value(version) < 1)
		return error_set(e, ERR_INPUT, "%s: version: expected a positive number", name);
	if (json_integer_value(version) > 1)
		return error_set(e, ERR_INPUT,
				 "%s: version %" PRIdMAX " is newer than this pinhole reads (1); upgrade pinhole", name,
				 (intmax_t)json_integer_value(version));
	return 0;
}

/* jansson's allocator belongs to the program. While a text is parsed, `allocate` stands in front of
 * it. Another thread that uses jansson meanwhile gets its memory from the same allocator, and frees
 * it there. */
static pthread_mutex_t one_parses = PTHREAD_MUTEX_INITIALIZER;
static json_malloc_t programs_malloc;

/* The place to return to when memory runs out in jansson. */
static _Thread_local jmp_buf parsing;
static _Thread_local bool in_parser;

static void *allocate(size_t n)
{
	void *p = programs_malloc(n);
	if (p == NULL && in_parser)
		longjmp(parsing, 1);
	return p;
}

/* If memory runs out, jansson's lexer (2.14, load.c) does not check whether a byte was kept: it
 * loses parts of strings, blames the text, or aborts. So parsing is abandoned; the memory that it
 * has allocated by then is lost, once. */
static json_t *parse(const char *bytes, size_t n, size_t flags, json_error_t *wrong, struct error *e)
{
	json_t *volatile root = NULL;
	json_free_t programs_free;
	pthread_mutex_lock(&one_parses);
	json_get_alloc_funcs(&programs_malloc, &programs_free);
	json_set_alloc_funcs(allocate, programs_free);
	in_parser = true;
	if (setjmp(parsing) == 0)
		root = json_loadb(bytes, n, flags, wrong);
	else
		error_memory(e);
	in_parser = false;
	json_set_alloc_funcs(programs_malloc, programs_free);
	pthread_mutex_unlock(&one_parses);
	return root;
}

json_t *json_parse(const char *bytes, size_t n, size_t flags, json_error_t *wrong, struct error *e)
{
	json_t *root = parse(bytes, n, flags, wrong, e);
	/* jansson quotes the place where it stopped, newlines included. */
	for (char *c = root == NULL && wrong != NULL ? wrong->text : NULL; c != NULL && *c != '\0'; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	return root;
}

/* A file that does not even begin like JSON: the user probably meant another one. */
static void refuse(const char *bytes, size_t n, const char *name, const json_error_t *wrong, struct error *e)
{
	size_t at = 0;
	while (at < n && memchr(" \t\r\n", bytes[at], 4) != NULL)
		at++;
	if (at == n || bytes[at] == '{' || bytes[at] == '[')
		error_set(e, ERR_INPUT, "%s: line %d, column %d: %s", name, wrong->line, wrong->column, wrong->text);
	else if (memchr(bytes, '\0', n) != NULL)
		error_set(e, ERR_INPUT,
			  "%s: is not text, so neither a profile nor a policy; if it is a filter, 'pinhole disasm' "
			  "lists it",
			  name);
	else
		error_set(e, ERR_INPUT, "%s: is not JSON, so neither a profile nor a policy: line %d, column %d: %s",
			  name, wrong->line, wrong->column, wrong->text);
}

json_t *json_open(const char *bytes, size_t n, const char *name, const char *format, struct error *e)
{
	if (n == 0) {
		error_set(e, ERR_INPUT, "%s: is empty; remove it, or name another file", name);
		return NULL;
	}
	json_error_t wrong;
	json_t *root = json_parse(bytes, n, JSON_REJECT_DUPLICATES, &wrong, e);
	if (root == NULL) {
		refuse(bytes, n, name, &wrong, e);
		return NULL;
	}
	if (check_header(root, name, format, e) < 0) {
		json_decref(root);
		return NULL;
	}
	return root;
}

/* The length of a number with so many digits that it may not fit; 0 for everything else. */
static size_t long_number(const char *s, size_t n)
{
	size_t digits = 0;
	while (digits < n && isdigit((unsigned char)s[digits]))
		digits++;
	return digits >= 19 && (digits == n || s[digits] == '\0' || strchr(".eE", s[digits]) == NULL) ? digits : 0;
}

void json_quote_numbers(const char *bytes, size_t n, struct text *out)
{
	bool in_string = false;
	for (size_t i = 0; i < n;) {
		size_t digits = in_string || (i > 0 && isdigit((unsigned char)bytes[i - 1])) ? 0 : long_number(bytes + i, n - i);
		if (digits > 0) {
			text_add(out, "\"%.*s\"", (int)digits, bytes + i);
			i += digits;
			continue;
		}
		size_t escaped = in_string && bytes[i] == '\\' && i + 1 < n ? 2 : 1;
		in_string ^= escaped == 1 && bytes[i] == '"';
		text_add_bytes(out, bytes + i, escaped);
		i += escaped;
	}
}

const char *json_join(const char *place)
{
	return strstr(place, ": ") != NULL ? "." : ": ";
}

int json_only_keys(const json_t *object, const char *const *keys, const char *place, struct error *e)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)object, key, value)
	{
		size_t i = 0;
		while (keys[i] != NULL && strcmp(keys[i], key) != 0)
			i++;
		if (keys[i] == NULL)
			return error_set(e, ERR_INPUT, "%s%s%.60s: unknown key \"%.60s\"; written by a newer pinhole?",
					 place, json_join(place), key, key);
	}
	return 0;
}

static const char *type_name(json_type type)
{
	static const char *const names[] = {"an object", "a list", "a string", "a whole number", "a real number"};
	return type <= JSON_REAL ? names[type] : type == JSON_NULL ? "null" : "true or false";
}

const json_t *json_member(const json_t *object, const char *key, json_type type, const char *place, struct error *e)
{
	const json_t *value = json_object_get(object, key);
	if (value == NULL)
		error_set(e, ERR_INPUT, "%s: the key \"%s\" is missing", place, key);
	else if (json_typeof(value) != type && !(type == JSON_TRUE && json_is_boolean(value)))
		error_set(e, ERR_INPUT, "%s%s%s: expected %s, found %s", place, json_join(place), key, type_name(type),
			  type_name(json_typeof(value)));
	else
		return value;
	return NULL;
}

int json_number(const json_t *value, const char *place, uint64_t *number, struct error *e)
{
	if (json_is_integer(value)) {
		*number = (uint64_t)json_integer_value(value);
		return 0;
	}
	const char *s = json_string_value(value);
	if (s != NULL && *s != '\0' && strchr("-0123456789", *s) != NULL) {
		char *end;
		errno = 0;
		*number = *s == '-' ? (uint64_t)strtoll(s, &end, 0) : strtoull(s, &end, 0);
		if (errno == 0 && *end == '\0')
			return 0;
	}
	return error_set(e, ERR_INPUT, "%s: expected a whole number, or a string that holds one", place);
}

/* Appends the characters at the beginning of s that JSON does not escape. Returns the number of
 * their bytes. */
static size_t add_as_it_is(struct text *out, const char *s)
{
	size_t n = 0;
	while (s[n] >= ' ' && s[n] <= '~' && s[n] != '"' && s[n] != '\\')
		n++;
	if (n > 0)
		text_add_bytes(out, s, n);
	return n;
}

/* Appends the next character of s, which add_as_it_is has left, escaped. Returns its bytes; 0: it
 * is not UTF-8. */
static size_t add_character(struct text *out, const char *s)
{
	static const char letters[] = "\b\f\n\r\t\"\\", escapes[] = "bfnrt\"\\";
	uint32_t number;
	size_t n = escape_character(s, &number);
	const char *letter = n == 1 ? strchr(letters, *s) : NULL;
	if (letter != NULL)
		text_add(out, "\\%c", escapes[letter - letters]);
	else if (n > 0 && escape_is_unsafe(number))
		json_add_escape(out, number);
	else if (n > 0)
		text_add_bytes(out, s, n);
	return n;
}

void json_add_string(struct text *out, const char *s)
{
	text_add_bytes(out, "\"", 1);
	while (*(s += add_as_it_is(out, s)) != '\0') {
		size_t n = add_character(out, s);
		if (n == 0) {
			out->failed = true; /* only json_add_text can write these bytes */
			return;
		}
		s += n;
	}
	text_add_bytes(out, "\"", 1);
}

void json_add_text(struct text *out, const char *s)
{
	text_add_bytes(out, "\"", 1);
	while (*(s += add_as_it_is(out, s)) != '\0') {
		size_t n = *s == '\\' ? 0 : add_character(out, s);
		if (*s == '\\')
			text_add_bytes(out, "\\\\\\\\", 4);
		else if (n == 0)
			text_add(out, "\\\\x%02x", (unsigned char)*s);
		s += n == 0 ? 1 : n;
	}
	text_add_bytes(out, "\"", 1);
}

char *json_text(const json_t *string, const char *place, struct error *e)
{
	const char *s = json_string_value(string);
	if (s == NULL) {
		error_set(e, ERR_INPUT, "%s: expected a string", place);
		return NULL;
	}
	char *result = malloc(strlen(s) + 1), *to = result;
	if (result == NULL) {
		error_memory(e);
		return NULL;
	}
	while (*s != '\0') {
		unsigned byte = 0;
		for (int i = 2; s[0] == '\\' && s[1] == 'x' && i < 4 && isxdigit((unsigned char)s[i]); i++)
			byte = byte * 16 + (unsigned)(s[i] <= '9' ? s[i] - '0' : (s[i] | 32) - 'a' + 10);
		if (*s != '\\') {
			*to++ = *s++;
		} else if (s[1] == '\\') {
			*to++ = '\\';
			s += 2;
		} else if (byte >= 0x80) { /* not sscanf(3): it would measure the whole text each time */
			*to++ = (char)byte;
			s += 4;
		} else {
			error_set(e, ERR_INPUT,
				  "%s: a backslash is written \\\\, a byte that is not UTF-8 \\x80 to \\xff", place);
			free(result);
			return NULL;
		}
	}
	*to = '\0';
	return result;
}

int json_optional_text(const json_t *object, const char *key, const char *place, char **to, struct error *e)
{
	const json_t *value = json_object_get(object, key);
	if (value == NULL || json_is_null(value))
		return 0;
	char where[256];
	snprintf(where, sizeof(where), "%s.%s", place, key);
	char *text = json_text(value, where, e);
	if (text == NULL)
		return e->code;
	*to = text;
	return 0;
}

void json_add_optional(struct text *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	text_add(out, ", \"%s\": ", key);
	json_add_text(out, value);
}

void json_add_number(struct text *out, uint64_t value, int is_signed)
{
	const uint64_t exact = (uint64_t)1 << 53; /* doubles hold every whole number up to here */
	if (is_signed && (int64_t)value < 0 && value >= -exact)
		text_add(out, "%" PRId64, (int64_t)value);
	else if (value <= exact)
		text_add(out, "%" PRIu64, value);
	else if (is_signed)
		text_add(out, "\"%" PRId64 "\"", (int64_t)value);
	else
		text_add(out, "\"0x%" PRIx64 "\"", value);
}

int json_readable(const struct text *out, size_t from, size_t limit, const char *what, struct error *e)
{
	if (out->failed)
		return error_memory(e);
	if (out->count - from <= limit)
		return 0;
	return error_set(e, ERR_LIMIT,
			 "the %s would have %zu bytes, more than the %zu MiB that pinhole reads of one; it was not "
			 "written; put less into one file",
			 what, out->count - from, limit >> 20);
}
