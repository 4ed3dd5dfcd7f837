/* Makes text from outside safe. SPDX-License-Identifier: MIT */
#include "policies/base/escape.h"

#include "policies/base/vector.h"

#include <string.h>

/* The characters with these Unicode properties: general category Cc (controls), Zl, Zp (line and
 * paragraph separators), Cs (surrogates), Co (private use); Bidi_Control;
 * Default_Ignorable_Code_Point (zero width, joiners, fillers, variation selectors, tags, and code
 * points reserved for more of them); Noncharacter_Code_Point; and the interlinear annotations.
 * Source: UnicodeData.txt, PropList.txt and DerivedCoreProperties.txt of Unicode 16.0
 * (https://www.unicode.org/Public/16.0.0/ucd/). Unicode's stability policy keeps them the same in
 * all versions, except for reserved code points. Sorted. tests/unit/test_escape.c compares them
 * with perl's. */
static const struct {
	uint32_t from, to;
} unsafe[] = {
    {0x0000, 0x001f},	/* Cc: C0 */
    {0x007f, 0x009f},	/* Cc: DEL, C1 */
    {0x00ad, 0x00ad},	/* soft hyphen */
    {0x034f, 0x034f},	/* combining grapheme joiner */
    {0x061c, 0x061c},	/* Bidi_Control: Arabic letter mark */
    {0x115f, 0x1160},	/* Hangul fillers */
    {0x17b4, 0x17b5},	/* Khmer inherent vowels */
    {0x180b, 0x180f},	/* Mongolian variation selectors, vowel separator */
    {0x200b, 0x200f},	/* zero width space, joiners; Bidi_Control: marks */
    {0x2028, 0x202e},	/* Zl, Zp; Bidi_Control: embeddings, overrides */
    {0x2060, 0x206f},	/* word joiner, invisible operators; Bidi_Control: isolates; deprecated format characters */
    {0x3164, 0x3164},	/* Hangul filler */
    {0xd800, 0xf8ff},	/* Cs, Co */
    {0xfdd0, 0xfdef},	/* noncharacters */
    {0xfe00, 0xfe0f},	/* variation selectors */
    {0xfeff, 0xfeff},	/* byte order mark */
    {0xffa0, 0xffa0},	/* halfwidth Hangul filler */
    {0xfff0, 0xfffb},	/* reserved; interlinear annotations */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe0fff}, /* tags, variation selectors, reserved */
    {0xf0000, 0x10ffff} /* Co */
};

size_t escape_character(const char *s, uint32_t *number)
{
	size_t n = text_utf8_length(s);
	*number = n == 1 ? (unsigned char)s[0] : (unsigned char)s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++)
		*number = *number << 6 | ((unsigned char)s[i] & 0x3f);
	return n;
}

bool escape_is_unsafe(uint32_t number)
{
	if ((number & 0xfffe) == 0xfffe || number > 0x10ffff) /* the last two of each plane are noncharacters */
		return true;
	size_t low = sorted_first(at, sizeof(unsafe) / sizeof(unsafe[0]), unsafe[at].to < number);
	return low < sizeof(unsafe) / sizeof(unsafe[0]) && number >= unsafe[low].from;
}

/* Returns the number of printable ASCII bytes at the beginning of s. */
static size_t ascii(const char *s)
{
	size_t n = 0;
	while (s[n] >= ' ' && s[n] <= '~')
		n++;
	return n;
}

/* Appends the bytes that need no change, or one character's bytes as \xNN. Returns how many bytes
 * of s it took. */
static size_t add_seen(struct text *out, const char *s)
{
	uint32_t number;
	size_t n = ascii(s);
	if (n > 0) {
		text_add_bytes(out, s, n);
		return n;
	}
	n = escape_character(s, &number);
	if (n > 0 && !escape_is_unsafe(number)) {
		text_add_bytes(out, s, n);
		return n;
	}
	n = n > 0 ? n : 1;
	for (size_t i = 0; i < n; i++)
		text_add(out, "\\x%02x", (unsigned char)s[i]);
	return n;
}

void text_add_safe(struct text *out, const char *s)
{
	while (*s != '\0')
		s += add_seen(out, s);
}

void text_add_safe_lines(struct text *out, const char *s)
{
	while (*s != '\0')
		if (*s == '\n' || *s == '\t')
			text_add_bytes(out, s++, 1);
		else
			s += add_seen(out, s);
}

void json_add_escape(struct text *out, uint32_t number)
{
	if (number < 0x20)
		text_add(out, "\\u%04X", number); /* as jansson writes them, and as they stand in profiles */
	else if (number <= 0xffff)
		text_add(out, "\\u%04x", number);
	else
		text_add(out, "\\u%04x\\u%04x", 0xd800 + ((number - 0x10000) >> 10), 0xdc00 + ((number - 0x10000) & 0x3ff));
}

/* HTML and Markdown. --------------------------------------------------------------------------------------- */

void html_escape(struct text *out, const char *s)
{
	uint32_t number;
	for (size_t n; *s != '\0'; s += n > 0 ? n : 1) {
		const char *named = *s == '&'	 ? "&amp;"
				    : *s == '<'	 ? "&lt;"
				    : *s == '>'	 ? "&gt;"
				    : *s == '"'	 ? "&quot;"
				    : *s == '\'' ? "&#39;"
						 : NULL;
		n = escape_character(s, &number);
		if (n == 0)
			text_add(out, "\\x%02x", (unsigned char)*s);
		else if (escape_is_unsafe(number))
			text_add(out, number < 0x80 ? "\\x%02x" : "\\u{%x}", number);
		else if (named != NULL)
			text_add(out, "%s", named);
		else
			text_add_bytes(out, s, n);
	}
}

/* Markdown has no markup between backticks. But code there can contain no backtick, and in a table
 * no backslash before a bar. */
static bool is_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~' || s[i] == '`' || s[i] == '\\')
			return false;
	return n > 0 && s[0] != ' ' && s[n - 1] != ' ';
}

/* Text outside of ASCII need not be readable here: its bytes become \xNN, as control characters
 * do. */
static void add_entities(const char *s, size_t n, struct text *out)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ')
			text_add_bytes(out, s + i, 1);
		else if (c >= ' ' && c <= '~')
			text_add(out, "&#%u;", c);
		else
			text_add(out, "&#92;x%02x", c);
	}
}

void markdown_code(const char *s, size_t limit, bool cell, struct text *out)
{
	size_t n = strlen(s), shown = n > limit ? limit : n;
	if (!is_plain(s, shown)) {
		text_add(out, "<code>");
		add_entities(s, shown, out);
		text_add(out, "%s</code>", shown < n ? "&#46;&#46;&#46;" : "");
		return;
	}
	text_add(out, "`");
	for (size_t i = 0; i < shown; i++)
		text_add(out, cell && s[i] == '|' ? "\\|" : "%c", s[i]);
	text_add(out, "%s`", shown < n ? "..." : "");
}

/* Comments. ------------------------------------------------------------------------------------------------ */

void add_plain(struct text *out, const char *s)
{
	for (; *s != '\0'; s++)
		text_add(out, "%c", *s >= ' ' && *s <= '~' ? *s : '?');
}

void add_c_comment(struct text *out, const char *s)
{
	char before = ' ';
	for (; *s != '\0'; s++) {
		char c = *s >= ' ' && *s <= '~' ? *s : '?';
		if ((before == '*' && c == '/') || (before == '/' && c == '*'))
			text_add(out, " ");
		text_add(out, "%c", c);
		before = c;
	}
	/* The last character and the text after the comment could form "* /" too. */
	text_add(out, "%s", before == '*' || before == '/' ? " " : "");
}
