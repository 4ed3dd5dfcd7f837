/* A growing string for output. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_TEXT_H
#define PINHOLE_POLICIES_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty text. If memory runs out, `failed` becomes true and later additions do
 * nothing, so that a writer checks once, at its end. The bytes may contain NUL (binary output). */
struct text {
	char *bytes; /* NUL-terminated where count > 0 */
	size_t count, capacity;
	bool failed;
	/* How it is shown (style.h); all zero: plain, lines as they are, all of every list. */
	bool colours;	/* styles become escape codes */
	bool brief;	/* long lists are cut, and say how many entries they leave out */
	size_t columns; /* of the terminal that it is for */
};

/* Appends formatted text. */
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends n bytes as they are. */
void text_add_bytes(struct text *t, const void *bytes, size_t n);

/* Appends a word, quoted for a POSIX shell. */
void text_add_quoted(struct text *t, const char *word);

/* Appends words (UTF-8) in lines of so many columns. Lines after the first begin with `indent`
 * blanks. *used is the column where the first line begins, and afterwards the column where the last
 * line ends. */
void text_add_wrapped(struct text *t, const char *words, size_t indent, size_t columns, size_t *used);

/* Appends a paragraph that begins in the first column, at most so many columns wide, with a newline
 * at its end. Fails if `words` has failed. */
void text_add_paragraph(struct text *t, const struct text *words, size_t columns);

/* Returns whether a list of words, separated by one blank, contains that word. */
bool text_has_word(const char *words, const char *word);

/* The plural ending of a noun after this number: "" or "s". */
static inline const char *plural_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* The text as a C string, "" if it is empty; owned by t, valid until t changes. */
const char *text_string(const struct text *t);

/* Returns the length of the UTF-8 sequence at s, or 0 if it is invalid (RFC 3629: no surrogates, no
 * overlong forms). */
size_t text_utf8_length(const char *s);

/* Frees the bytes and leaves an empty text. */
void text_free(struct text *t);

#endif
