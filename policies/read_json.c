/* JSON (RFC 8259) read into a tree. It needs no library, for a library has state that it shares with the host program of
 * libpinhole: jansson's allocator and seed. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"
#include "json.h"

/* Deeper nesting is refused, lest the stack end: musl gives a thread 128 KiB. */
enum { DEPTH = 128 };

/* Objects of more members have their keys sorted, for looking up. */
enum { FEW = 8 };

struct json_member {
	const char *key;
	struct json_t value;
};

/* All of one text, freed together. */
struct block {
	struct block *before;
	size_t used, size;
	_Alignas(16) char bytes[];
};

struct document {
	struct json_t root; /* json_decref gets its address */
	struct block *blocks;
};

struct reader {
	struct document *document;
	const char *bytes, *at, *end;
	VEC(struct json_t) items;	    /* of the lists that are open */
	VEC(struct json_member) members; /* of the objects that are open */
	int depth;
	struct json_wrong *wrong;
	struct error *e;
};

static void *give(struct reader *r, size_t n)
{
	struct block *b = r->document->blocks;
	n = (n + 15) & ~(size_t)15;
	if (b == NULL || b->size - b->used < n) {
		size_t size = n > 65536 ? n : 65536;
		struct block *more = malloc(sizeof(*more) + size);
		if (more == NULL) {
			error_memory(r->e);
			return NULL;
		}
		*more = (struct block){.before = b, .size = size};
		r->document->blocks = b = more;
	}
	b->used += n;
	return b->bytes + b->used - n;
}

/* Says what is wrong at a place. Returns false. */
static bool fail(struct reader *r, const char *at, const char *what)
{
	struct json_wrong *w = r->wrong;
	if (w == NULL || r->e->code != 0)
		return false;
	w->line = w->column = 1;
	for (const char *c = r->bytes; c < at; c++) {
		w->line += *c == '\n';
		w->column = *c == '\n' ? 1 : w->column + ((*c & 0xc0) != 0x80);
	}
	int near = 0;
	while (at + near < r->end && near < 20 && at[near] >= ' ' && at[near] < 0x7f)
		near++;
	const char *where = at >= r->end ? "the end of the file" : near == 0 ? "here" : NULL;
	if (where != NULL)
		snprintf(w->text, sizeof(w->text), "%s near %s", what, where);
	else
		snprintf(w->text, sizeof(w->text), "%s near '%.*s'", what, near, at);
	return false;
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
		r->at++;
}

static bool is_digit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

/* The four digits after \u; -1: there are none. */
static long hex4(const char *at, const char *end)
{
	long code = 0;
	for (int i = 0; i < 4; i++) {
		if (at + i >= end || !isxdigit((unsigned char)at[i]))
			return -1;
		code = code * 16 + (at[i] <= '9' ? at[i] - '0' : (at[i] | 32) - 'a' + 10);
	}
	return code;
}

static size_t put_utf8(char *to, unsigned long code)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = n; i-- > 1; code >>= 6)
		to[i] = (char)(0x80 | (code & 0x3f));
	to[0] = (char)(first[n] | code);
	return n;
}

/* \uXXXX, or two of them that make one character; r->at is at the backslash. Returns how many bytes were put; 0: wrong. */
static size_t read_unicode(struct reader *r, char *to)
{
	const char *from = r->at;
	long code = hex4(r->at + 2, r->end), low = -1;
	r->at += 6;
	if (code >= 0xd800 && code < 0xdc00) {
		if (r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u')
			low = hex4(r->at + 2, r->end);
		code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : -1;
		r->at += 6;
	}
	if (code < 0 || (code >= 0xdc00 && code < 0xe000))
		return fail(r, from, "no character of Unicode");
	return code == 0 ? fail(r, from, "a NUL is not allowed") : put_utf8(to, (unsigned long)code);
}

/* One escape; r->at is at the backslash. Returns how many bytes were put; 0: wrong. */
static size_t read_escape(struct reader *r, char *to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	char c = r->end - r->at >= 2 ? r->at[1] : '\0';
	const char *known = c != '\0' ? strchr(from, c) : NULL;
	if (c == 'u')
		return read_unicode(r, to);
	if (known == NULL)
		return fail(r, r->at, "no escape");
	*to = into[known - from];
	r->at += 2;
	return 1;
}

/* Bytes as they stand, up to what is special. false: some are no UTF-8. */
static bool read_plain(struct reader *r, char **to)
{
	while (r->at < r->end && *r->at != '"' && *r->at != '\\') {
		size_t n = 1;
		if ((unsigned char)*r->at < ' ')
			return fail(r, r->at, "a control character in a string");
		if ((unsigned char)*r->at >= 0x80) {
			/* A string that ends inside a character is cut off by its quote, or by the NUL past the end. */
			n = text_utf8_length(r->at);
			if (n == 0 || n > (size_t)(r->end - r->at))
				return fail(r, r->at, "bytes that are no UTF-8");
		}
		memcpy(*to, r->at, n);
		*to += n;
		r->at += n;
	}
	return true;
}

/* A string, which never grows by being read. NULL: it is wrong, or no memory. */
static const char *read_string(struct reader *r)
{
	const char *from = r->at++, *close = r->at;
	while (close < r->end && *close != '"')
		close += *close == '\\' ? 2 : 1;
	if (close >= r->end) {
		fail(r, from, "a string without an end");
		return NULL;
	}
	char *text = give(r, (size_t)(close - r->at) + 1), *to = text;
	if (text == NULL)
		return NULL;
	while (read_plain(r, &to) && r->at < r->end) {
		if (*r->at == '"') {
			r->at++;
			*to = '\0';
			return text;
		}
		size_t n = read_escape(r, to);
		if (n == 0)
			return NULL;
		to += n;
	}
	return NULL;
}

static bool read_number(struct reader *r, struct json_t *value)
{
	const char *from = r->at, *digits = from + (*from == '-');
	uint64_t n = 0, limit = (uint64_t)INT64_MAX + (*from == '-');
	bool too_large = false;
	for (r->at = digits; is_digit(r->at, r->end); r->at++) {
		unsigned digit = (unsigned)(*r->at - '0');
		too_large |= n > (limit - digit) / 10;
		n = n * 10 + digit;
	}
	if (r->at == digits || (*digits == '0' && r->at - digits > 1))
		return fail(r, from, "no number");
	*value = (struct json_t){.type = JSON_INTEGER, .integer = (json_int_t)(*from == '-' ? 0 - n : n)};
	if (r->at < r->end && *r->at == '.') {
		value->type = JSON_REAL;
		if (!is_digit(++r->at, r->end))
			return fail(r, from, "no number");
		while (is_digit(r->at, r->end))
			r->at++;
	}
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		value->type = JSON_REAL;
		r->at++;
		r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
		if (!is_digit(r->at, r->end))
			return fail(r, from, "no number");
		while (is_digit(r->at, r->end))
			r->at++;
	}
	return value->type == JSON_REAL || !too_large || fail(r, from, "too large a number");
}

static bool read_word(struct reader *r, struct json_t *value)
{
	static const struct {
		const char *word;
		json_type type;
	} words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(words[i].word);
		if ((size_t)(r->end - r->at) < n || memcmp(r->at, words[i].word, n) != 0)
			continue;
		*value = (struct json_t){.type = words[i].type};
		r->at += n;
		return true;
	}
	return fail(r, r->at, "a value expected");
}

static bool read_value(struct reader *r, struct json_t *value);

/* Past a comma, or past what closes: then *more is false. */
static bool read_comma(struct reader *r, char close, bool *more)
{
	skip_blanks(r);
	*more = r->at < r->end && *r->at == ',';
	if (*more || (r->at < r->end && *r->at == close)) {
		r->at++;
		skip_blanks(r);
		return true;
	}
	return fail(r, r->at, close == ']' ? "',' or ']' expected" : "',' or '}' expected");
}

/* Past what opens; *more is false where it closes at once. */
static void read_opening(struct reader *r, char close, bool *more)
{
	r->at++;
	skip_blanks(r);
	*more = r->at >= r->end || *r->at != close;
	r->at += !*more;
}

static bool read_list(struct reader *r, struct json_t *value)
{
	size_t first = r->items.count;
	bool more;
	for (read_opening(r, ']', &more); more;) {
		struct json_t item;
		if (!read_value(r, &item))
			return false;
		if (!vec_push(&r->items, item)) {
			error_memory(r->e);
			return false;
		}
		if (!read_comma(r, ']', &more))
			return false;
	}
	size_t n = r->items.count - first;
	*value = (struct json_t){.type = JSON_ARRAY, .count = n};
	if (n > 0 && (value->items = give(r, n * sizeof(struct json_t))) == NULL)
		return false;
	if (n > 0)
		memcpy(value->items, r->items.items + first, n * sizeof(struct json_t));
	r->items.count = first;
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct json_member *const *x = a, *const *y = b;
	int order = strcmp((*x)->key, (*y)->key);
	return order != 0 ? order : (*x > *y) - (*x < *y);
}

/* Gives an object its members. Of many, pointers in the order of their keys stand behind them. */
static bool close_object(struct reader *r, struct json_t *value, size_t first, const char *from)
{
	size_t n = r->members.count - first, sorted = n > FEW ? n : 0;
	*value = (struct json_t){.type = JSON_OBJECT, .count = n};
	if (n == 0)
		return true;
	struct json_member *members = value->members = give(r, n * sizeof(*members) + sorted * sizeof(members));
	if (members == NULL)
		return false;
	memcpy(members, r->members.items + first, n * sizeof(*members));
	r->members.count = first;
	struct json_member **keys = (struct json_member **)(members + n);
	const char *twice = NULL;
	for (size_t i = 0; i < sorted; i++)
		keys[i] = &members[i];
	if (sorted > 0)
		qsort(keys, n, sizeof(*keys), by_key);
	for (size_t i = 1; i < n && twice == NULL; i++)
		if (sorted > 0)
			twice = strcmp(keys[i - 1]->key, keys[i]->key) == 0 ? keys[i]->key : NULL;
		else
			for (size_t k = 0; k < i && twice == NULL; k++)
				twice = strcmp(members[k].key, members[i].key) == 0 ? members[i].key : NULL;
	if (twice == NULL)
		return true;
	char what[100];
	snprintf(what, sizeof(what), "the key \"%.60s\" stands twice in the object", twice);
	return fail(r, from, what);
}

static bool read_object(struct reader *r, struct json_t *value)
{
	size_t first = r->members.count;
	const char *from = r->at;
	bool more;
	for (read_opening(r, '}', &more); more;) {
		struct json_member m = {0};
		if (r->at >= r->end || *r->at != '"')
			return fail(r, r->at, "a key (a string) or '}' expected");
		if ((m.key = read_string(r)) == NULL)
			return false;
		skip_blanks(r);
		if (r->at >= r->end || *r->at != ':')
			return fail(r, r->at, "':' expected");
		r->at++;
		skip_blanks(r);
		if (!read_value(r, &m.value))
			return false;
		if (!vec_push(&r->members, m)) {
			error_memory(r->e);
			return false;
		}
		if (!read_comma(r, '}', &more))
			return false;
	}
	return close_object(r, value, first, from);
}

/* A value; blanks before it are skipped. */
static bool read_value(struct reader *r, struct json_t *value)
{
	char c = r->at < r->end ? *r->at : '\0';
	bool fine;
	if (c == '"') {
		*value = (struct json_t){.type = JSON_STRING, .text = read_string(r)};
		return value->text != NULL;
	}
	if (c == '-' || is_digit(r->at, r->end))
		return read_number(r, value);
	if (c != '{' && c != '[')
		return read_word(r, value);
	if (++r->depth > DEPTH)
		return fail(r, r->at, "nested too deeply");
	fine = c == '{' ? read_object(r, value) : read_list(r, value);
	r->depth--;
	return fine;
}

json_t *json_parse(const char *bytes, size_t n, struct json_wrong *wrong, struct error *e)
{
	struct document *document = calloc(1, sizeof(*document));
	struct reader r = {.document = document, .bytes = bytes, .at = bytes, .end = bytes + n, .wrong = wrong, .e = e};
	if (document == NULL) {
		error_memory(e);
		return NULL;
	}
	skip_blanks(&r);
	bool fine = r.at < r.end && (*r.at == '{' || *r.at == '[') ? read_value(&r, &document->root)
								   : fail(&r, r.at, "'[' or '{' expected");
	skip_blanks(&r);
	if (fine && r.at < r.end)
		fine = fail(&r, r.at, "the end of the file expected");
	vec_free(&r.items);
	vec_free(&r.members);
	if (fine)
		return &document->root;
	json_decref(&document->root);
	return NULL;
}

void json_decref(json_t *root)
{
	struct document *document = (struct document *)root; /* its first member */
	if (root == NULL)
		return;
	for (struct block *b = document->blocks, *before; b != NULL; b = before) {
		before = b->before;
		free(b);
	}
	free(document);
}

const json_t *json_object_get(const json_t *object, const char *key)
{
	if (!json_is_object(object))
		return NULL;
	if (object->count <= FEW) {
		for (size_t i = 0; i < object->count; i++)
			if (strcmp(object->members[i].key, key) == 0)
				return &object->members[i].value;
		return NULL;
	}
	struct json_member *const *keys = (struct json_member *const *)(object->members + object->count);
	for (size_t low = 0, high = object->count; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(keys[middle]->key, key);
		if (order == 0)
			return &keys[middle]->value;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool json_object_at(const json_t *object, size_t i, const char **key, const json_t **value)
{
	if (!json_is_object(object) || i >= object->count)
		return false;
	*key = object->members[i].key;
	*value = &object->members[i].value;
	return true;
}

const json_t *json_array_get(const json_t *list, size_t i)
{
	return json_is_array(list) && i < list->count ? &list->items[i] : NULL;
}
