/* Makes text from outside safe. No other file knows which characters deceive a reader, and how each
 * language escapes them. Anybody may choose the names of files and symbols, command lines, labels,
 * notes and the texts that messages quote.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_ESCAPE_H
#define PINHOLE_POLICIES_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/text.h"

/* Returns the length of the character at s and stores its number; 0 if s does not begin with valid
 * UTF-8 (RFC 3629). */
size_t escape_character(const char *s, uint32_t *number);

/* Whether a character controls a terminal or misleads a reader instead of being shown: controls,
 * characters that reverse the direction of text, line breaks, invisible characters, and code points
 * without a meaning in any standard. */
bool escape_is_unsafe(uint32_t number);

/* For one line of a terminal: the bytes of unsafe characters and invalid UTF-8 become \xNN. */
void text_add_safe(struct text *out, const char *s);

/* Does what text_add_safe does, but keeps newlines and tabs: for our own paragraphs that quote
 * outside text. */
void text_add_safe_lines(struct text *out, const char *s);

/* Appends a character of a JSON string: \uNNNN, or two of them above U+FFFF. */
void json_add_escape(struct text *out, uint32_t number);

/* For HTML text and quoted attributes: unsafe characters become \xNN or \u{N}, invalid UTF-8
 * becomes \xNN. */
void html_escape(struct text *out, const char *s);

/* For code in Markdown: at most `limit` bytes, then "..." if there are more. Nothing in it acts as
 * markup, a link or a mention. Bytes outside of ASCII become \xNN. `cell`: it stands in a table,
 * where a bar needs a backslash. */
void markdown_code(const char *s, size_t limit, bool cell, struct text *out);

/* For a one-line comment of any language: bytes that are not printable ASCII become "?". */
void add_plain(struct text *out, const char *s);

/* Does what add_plain does, for a comment of C: the text cannot end the comment. */
void add_c_comment(struct text *out, const char *s);

#endif
