/* JSON as text: these functions need no header of jansson. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_JSON_TEXT_H
#define PINHOLE_POLICIES_JSON_TEXT_H

#include <stdbool.h>

#include "policies/base/text.h"

/* Appends a JSON string with its quotes. Bytes that are not UTF-8 become \xNN and a backslash
 * becomes two, before JSON's own escaping: so any path can be written. */
void json_add_text(struct text *out, const char *s);

/* Does what json_add_text does, for UTF-8 text that is written unchanged. */
void json_add_string(struct text *out, const char *s);

/* Returns whether a text is a JSON object whose member `key` is the string `value`, which must need
 * no escapes. Reads only up to that member, of any text. */
bool json_member_is(const char *bytes, size_t n, const char *key, const char *value);

#endif
