/* A growing string for output. SPDX-License-Identifier: MIT */
#include "policies/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/base/vector.h"

static bool text_reserve(struct text *t, size_t extra)
{
	if (!t->failed && !vec_grow((void **)&t->bytes, &t->capacity, t->count, extra + 1, 1))
		t->failed = true;
	return !t->failed;
}

void text_add(struct text *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !text_reserve(t, (size_t)n)) {
		t->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf(t->bytes + t->count, (size_t)n + 1, format, args);
	va_end(args);
	t->count += (size_t)n;
}

void text_add_bytes(struct text *t, const void *bytes, size_t n)
{
	if (!text_reserve(t, n))
		return;
	memcpy(t->bytes + t->count, bytes, n);
	t->count += n;
	t->bytes[t->count] = '\0';
}

const char *text_string(const struct text *t)
{
	return t->count > 0 ? t->bytes : "";
}

void text_free(struct text *t)
{
	free(t->bytes);
	*t = (struct text){0};
}

size_t text_utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void text_add_quoted(struct text *t, const char *word)
{
	text_add(t, "'");
	for (const char *quote; (quote = strchr(word, '\'')) != NULL; word = quote + 1)
		text_add(t, "%.*s'\\''", (int)(quote - word), word);
	text_add(t, "%s'", word);
}

void text_add_wrapped(struct text *t, const char *words, size_t indent, size_t columns, size_t *used)
{
	bool first = true;
	for (size_t n, wide; *words != '\0'; words += n + strspn(words + n, " ")) {
		n = strcspn(words, " ");
		wide = 0;
		for (size_t i = 0; i < n; i++)
			wide += (words[i] & 0xc0) != 0x80;
		bool fits = first || *used <= indent || *used + 1 + wide <= columns;
		if (!fits) {
			text_add(t, "\n%*s", (int)indent, "");
			*used = indent;
		} else if (!first) {
			text_add(t, " ");
			++*used;
		}
		text_add(t, "%.*s", (int)n, words);
		*used += wide;
		first = false;
	}
}

bool text_has_word(const char *words, const char *word)
{
	size_t wanted = strlen(word);
	for (const char *s = words; *s != '\0';) {
		size_t length = strcspn(s, " ");
		if (length == wanted && strncmp(s, word, length) == 0)
			return true;
		s += length + (s[length] == ' ');
	}
	return false;
}

void text_add_paragraph(struct text *t, const struct text *words, size_t columns)
{
	size_t used = 0;
	text_add_wrapped(t, text_string(words), 0, columns, &used);
	text_add(t, "\n");
	t->failed |= words->failed;
}
