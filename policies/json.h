/* What both codecs need of JSON: strict reading with places in messages, and text that may hold any byte.
 * Included by the codecs only. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_JSON_H
#define PINHOLE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "json_text.h"

/* A value of JSON: what is read of a text stays as it is until its root is freed. Functions take NULL for a value that is
 * not there: it has no type, and nothing in it. */
typedef enum { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_INTEGER, JSON_REAL, JSON_TRUE, JSON_FALSE, JSON_NULL } json_type;
typedef long long json_int_t;

struct json_member;
typedef struct json_t {
	json_type type;
	size_t count; /* of members or items */
	union {
		struct json_member *members;
		struct json_t *items;
		const char *text;   /* UTF-8, no NUL inside */
		json_int_t integer; /* a real number's value is not kept */
	};
} json_t;

static inline bool json_is(const json_t *value, json_type type)
{
	return value != NULL && value->type == type;
}
#define json_is_object(value) json_is(value, JSON_OBJECT)
#define json_is_array(value) json_is(value, JSON_ARRAY)
#define json_is_string(value) json_is(value, JSON_STRING)
#define json_is_integer(value) json_is(value, JSON_INTEGER)
#define json_is_null(value) json_is(value, JSON_NULL)
#define json_is_boolean(value) (json_is(value, JSON_TRUE) || json_is(value, JSON_FALSE))

/* The text of a string, or NULL; the number, or 0; how many members or items there are, or 0. */
static inline const char *json_string_value(const json_t *value)
{
	return json_is_string(value) ? value->text : NULL;
}
static inline json_int_t json_integer_value(const json_t *value)
{
	return json_is_integer(value) ? value->integer : 0;
}
static inline size_t json_object_size(const json_t *value)
{
	return json_is_object(value) ? value->count : 0;
}
static inline size_t json_array_size(const json_t *value)
{
	return json_is_array(value) ? value->count : 0;
}

/* A member by its key, or an item by its position; NULL where there is none. */
const json_t *json_object_get(const json_t *object, const char *key);
const json_t *json_array_get(const json_t *list, size_t i);

/* The member at a position, in the order of the text. false: there are no more. */
bool json_object_at(const json_t *object, size_t i, const char **key, const json_t **value);
#define json_object_foreach(object, key, value)                                                                        \
	for (size_t member_at = 0; json_object_at(object, member_at, &(key), &(value)); member_at++)

/* Frees a root and all that is in it. NULL is nothing. */
void json_decref(json_t *root);

/* Where a text stops being JSON, and how. */
struct json_wrong {
	int line, column; /* from 1 on; characters, not bytes */
	char text[160];
};

/* Reads a text whose root is an object or a list, with a NUL past its end. A key that stands twice is an error, as is a whole
 * number of more than 63 bits. NULL: not JSON, and *wrong (may be NULL) says where; or, with an error set, no memory. The
 * caller frees it by json_decref. */
json_t *json_parse(const char *bytes, size_t n, struct json_wrong *wrong, struct error *e);

/* Parses a whole file: strict JSON, no duplicate keys, and `format` and `version` as expected. NULL and
 * "NAME: line 3, column 7: …". The caller frees it by
 * json_decref. */
json_t *json_open(const char *bytes, size_t n, const char *name, const char *format, struct error *e);

/* Puts "line 3, column 7: " into a message that begins with the file's name and the path of a value in it
 * ("NAME: rules[3].any[0].type: …"); one that does not stays as it is. bytes: what json_open has parsed. */
void json_locate(const char *bytes, size_t n, const char *name, struct error *e);

/* What stands between a place and a key of the object there: "." inside a file, ": " after the file's name. */
const char *json_join(const char *place);

/* Checks that an object has no key but those listed (NULL-terminated). `place` is for messages: "NAME: facts[3]". */
int json_only_keys(const json_t *object, const char *const *keys, const char *place, struct error *e);

/* The member of an object, of that type; NULL and an error where it is missing or of another type. */
const json_t *json_member(const json_t *object, const char *key, json_type type, const char *place, struct error *e);

/* An integer, or a string that holds one (decimal or 0x); the value's 64 bits. Returns 0 or ERR_INPUT. */
int json_number(const json_t *value, const char *place, uint64_t *number, struct error *e);

/* Reads json_add_text's strings back (malloc'ed). NULL and an error where the escapes are damaged. */
char *json_text(const json_t *string, const char *place, struct error *e);

/* As json_text for a member that may be missing or null: *to stays as it is then. Returns 0 or a negative code. */
int json_optional_text(const json_t *object, const char *key, const char *place, char **to, struct error *e);

/* Appends `, "KEY": ` and json_add_text's value; nothing where that is NULL. */
void json_add_optional(struct text *out, const char *key, const char *value);

/* After a file was written into `out`, from there on: refuses one of more bytes than are read of such a file, which nobody
 * could read any more. `what`: "profile". Returns 0, ERR_LIMIT or ERR_MEMORY. */
int json_readable(const struct text *out, size_t from, size_t limit, const char *what, struct error *e);

/* Appends a 64-bit number: as a string where a double could not hold it. */
void json_add_number(struct text *out, uint64_t value, int is_signed);

#endif
