/* Makes text from outside safe: the one place that knows which characters are not what they seem, and how each language
 * writes them. Names of files and symbols, command lines, labels, notes and what messages quote come from anybody.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_ESCAPE_H
#define PINHOLE_POLICIES_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/text.h"

/* The length of the character that begins at s, and its number; 0: no UTF-8 (RFC 3629). */
size_t escape_character(const char *s, uint32_t *number);

/* Whether a character steers a terminal or a reader instead of being seen: controls, what turns the direction of text
 * around, what breaks lines, what takes no room, and what no standard gives a meaning. */
bool escape_is_unsafe(uint32_t number);

/* For a terminal, on one line: bytes of unsafe characters and bytes that are no UTF-8 become \xNN. */
void text_add_safe(struct text *out, const char *s);

/* As text_add_safe, for words of ours that have lines and quote others: newlines and tabs stay. */
void text_add_safe_lines(struct text *out, const char *s);

/* A character in a string of JSON: \uNNNN, two of them above U+FFFF. */
void json_add_escape(struct text *out, uint32_t number);

/* As HTML, in text and in quoted attributes: unsafe characters become \xNN or \u{N}, bytes that are no UTF-8 \xNN. */
void html_escape(struct text *out, const char *s);

/* As code of Markdown, at most `limit` bytes, "..." where it goes on: nothing in it is markup, a link or a mention.
 * What is not ASCII becomes \xNN. `cell`: in a table, where a bar needs a backslash. */
void markdown_code(const char *s, size_t limit, bool cell, struct text *out);

/* For a comment on one line, in any language: what is no printable ASCII becomes "?". */
void add_plain(struct text *out, const char *s);

/* As add_plain, for a comment of C: it cannot end the comment. */
void add_c_comment(struct text *out, const char *s);

#endif
