/* What all codecs need of JSON: strict reading with places in messages, and text that may contain
 * any byte. Included by the codecs only.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_JSON_H
#define PINHOLE_POLICIES_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/json/json_text.h"

/* json_loadb, made safe against a lack of memory. NULL: either not JSON, and *wrong (may be NULL)
 * says where; or no memory, and an error is set. The caller decrefs. */
json_t *json_parse(const char *bytes, size_t n, size_t flags, json_error_t *wrong, struct error *e);

/* Parses a whole file: strict JSON, no duplicate keys, and `format` and `version` as expected. NULL
 * and "NAME: line 3, column 7: …". The caller decrefs. */
json_t *json_open(const char *bytes, size_t n, const char *name, const char *format, struct error *e);

/* Puts "line 3, column 7: " into a message that begins with the file's name and the path of a value
 * in it ("NAME: rules[3].any[0].type: …"); other messages stay unchanged. bytes: the text that
 * json_open has parsed. */
void json_locate(const char *bytes, size_t n, const char *name, struct error *e);

/* The separator between a place and a key of the object there: "." inside a file, ": " after the
 * file's name. */
const char *json_join(const char *place);

/* Checks that an object has only the listed keys (NULL-terminated). `place` is for messages: "NAME:
 * facts[3]". */
int json_only_keys(const json_t *object, const char *const *keys, const char *place, struct error *e);

/* The object's member of that type; NULL and an error if it is missing or of another type. */
const json_t *json_member(const json_t *object, const char *key, json_type type, const char *place, struct error *e);

/* Appends JSON with its long whole numbers as strings, which json_number reads: jansson's numbers have 63 bits, and foreign formats
 * have masks of 64. */
void json_quote_numbers(const char *bytes, size_t n, struct text *out);

/* An integer, or a string that holds one (decimal or 0x); the value's 64 bits. Returns 0 or ERR_INPUT. */
int json_number(const json_t *value, const char *place, uint64_t *number, struct error *e);

/* Reads back the strings that json_add_text writes (malloc'ed). NULL and an error if the escapes
 * are damaged. */
char *json_text(const json_t *string, const char *place, struct error *e);

/* Does what json_text does, for a member that may be missing or null: *to is then unchanged.
 * Returns 0 or a negative code. */
int json_optional_text(const json_t *object, const char *key, const char *place, char **to, struct error *e);

/* Appends `, "KEY": ` and the value by json_add_text; nothing if the value is NULL. */
void json_add_optional(struct text *out, const char *key, const char *value);

/* Called after a file was written into `out` from position `from`: refuses a file of more bytes
 * than pinhole reads of one. `what`: "profile". Returns 0, ERR_LIMIT or ERR_MEMORY. */
int json_readable(const struct text *out, size_t from, size_t limit, const char *what, struct error *e);

/* Appends a 64-bit number, as a string if a double could not hold it. */
void json_add_number(struct text *out, uint64_t value, int is_signed);

#endif
