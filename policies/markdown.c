/* Anybody's text in Markdown. SPDX-License-Identifier: MIT */
#include "markdown.h"

#include <string.h>

/* Between backticks there is no markup; but backticks, and in a table backslashes before bars, are not to be had there. */
static bool is_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~' || s[i] == '`' || s[i] == '\\')
			return false;
	return n > 0 && s[0] != ' ' && s[n - 1] != ' ';
}

/* Nothing outside of ASCII needs to be understood: its bytes become \xNN, as those do that steer. */
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
