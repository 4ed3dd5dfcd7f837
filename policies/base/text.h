/* A growing string for output. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_TEXT_H
#define PINHOLE_POLICIES_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty text. Where memory runs out `failed` becomes true and later additions do nothing,
 * so that a writer checks once, at its end. The bytes may hold NUL (binary output). */
struct text {
	char *bytes; /* NUL-terminated where count > 0 */
	size_t count, capacity;
	bool failed;
};

/* Appends formatted text. */
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends n bytes as they are. */
void text_add_bytes(struct text *t, const void *bytes, size_t n);

/* Appends words (UTF-8) in lines of so many columns. Those after the first begin with `indent` blanks. *used is the column
 * where the first line begins, and then the one where the last ends. */
void text_add_wrapped(struct text *t, const char *words, size_t indent, size_t columns, size_t *used);

/* Appends a paragraph from the first column on, at most so many columns wide, and the end of its last line. Fails where `words` has
 * failed. */
void text_add_paragraph(struct text *t, const struct text *words, size_t columns);

/* Returns whether a list of words, with one blank between, has that word. */
bool text_has_word(const char *words, const char *word);

/* What makes a noun fit its number: "" or "s". */
static inline const char *plural_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* The text as a C string, "" where it is empty; owned by t, valid until t changes. */
const char *text_string(const struct text *t);

/* The length of the UTF-8 sequence at s, or 0 where there is none (RFC 3629: no surrogates, no overlong forms). */
size_t text_utf8_length(const char *s);

/* Frees the bytes and leaves an empty text. */
void text_free(struct text *t);

#endif
