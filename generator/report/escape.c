/* Anybody's text in HTML. SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>

#include "report.h"

/* The length of the character that begins there and its number; 0: no UTF-8. */
static size_t character(const unsigned char *s, uint32_t *number)
{
	size_t n = s[0] < 0x80			 ? 1
		   : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		   : (s[0] & 0xf0) == 0xe0	 ? 3
		   : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						 : 0;
	if (n == 0)
		return 0;
	*number = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*number = *number << 6 | (s[i] & 0x3f);
	}
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	bool fine = *number >= least[n] && *number <= 0x10ffff && (*number < 0xd800 || *number > 0xdfff);
	return fine ? n : 0;
}

/* Controls, and what is not seen and moves what is: marks and overrides of direction, line separators, no characters.
 */
static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c < 0xe1000);
}

/* Appends the next character so that it can be seen; returns its bytes, of which there is at least one. `named` is it
 * as the language must have it, NULL: as it is. */
static size_t add_character(struct text *out, const char *s, const char *named)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c = 0;
	size_t n = character(p, &c);
	if (n == 0)
		text_add(out, "\\x%02x", p[0]);
	else if (is_hidden(c))
		text_add(out, c < 0x80 ? "\\x%02x" : "\\u{%x}", c);
	else if (named != NULL)
		text_add_bytes(out, named, strlen(named));
	else
		text_add_bytes(out, s, n);
	return n > 0 ? n : 1;
}

void html_escape(struct text *out, const char *s)
{
	while (*s != '\0') {
		const char *named = *s == '&'	 ? "&amp;"
				    : *s == '<'	 ? "&lt;"
				    : *s == '>'	 ? "&gt;"
				    : *s == '"'	 ? "&quot;"
				    : *s == '\'' ? "&#39;"
						 : NULL;
		s += add_character(out, s, named);
	}
}

void html_add(struct text *out, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	for (const char *at = format; *at != '\0';) {
		size_t plain = strcspn(at, "%");
		text_add_bytes(out, at, plain);
		at += plain;
		if (*at == '\0')
			break;
		html_escape(out, va_arg(args, const char *));
		at += 2;
	}
	va_end(args);
}
