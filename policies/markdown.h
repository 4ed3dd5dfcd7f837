/* Anybody's text in Markdown. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_MARKDOWN_H
#define PINHOLE_MARKDOWN_H

#include <stdbool.h>

#include "base/text.h"

/* Appends at most `limit` bytes of text as code, "..." where it goes on: nothing in it is markup, a link or a mention. `cell`:
 * in a table, where a bar needs a backslash. */
void markdown_code(const char *s, size_t limit, bool cell, struct text *out);

#endif
