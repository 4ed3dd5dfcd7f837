/* Strings of JSON, for whoever writes it: nothing here needs jansson's header. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_JSON_TEXT_H
#define PINHOLE_POLICIES_JSON_TEXT_H

#include "policies/base/text.h"

/* Appends a JSON string with its quotes. Bytes that are no UTF-8 become \xNN and a backslash becomes two, before JSON's
 * own escaping: any path can be written. */
void json_add_text(struct text *out, const char *s);

/* As json_add_text for what is UTF-8 and is written as it is. */
void json_add_string(struct text *out, const char *s);

#endif
