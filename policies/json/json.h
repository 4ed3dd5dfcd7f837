/* What both codecs need of JSON: strict reading with places in messages, and text that may hold any byte.
 * Included by the codecs only. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_JSON_H
#define PINHOLE_POLICIES_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/text.h"
#include "policies/json/json_text.h"

/* json_loadb, which does not bear a lack of memory. NULL: not JSON, and *wrong (may be NULL) says where; or, with an error
 * set, no memory. The caller decrefs. */
json_t *json_parse(const char *bytes, size_t n, size_t flags, json_error_t *wrong, struct error *e);

/* Parses a whole file: strict JSON, no duplicate keys, and `format` and `version` as expected. NULL and
 * "NAME: line 3, column 7: …". The caller decrefs. */
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

/* Appends JSON with its long whole numbers as strings, which json_number reads: jansson's numbers have 63 bits, and foreign formats
 * have masks of 64. */
void json_quote_numbers(const char *bytes, size_t n, struct text *out);

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
