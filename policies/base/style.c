/* How output looks on a terminal. SPDX-License-Identifier: MIT */
#include "policies/base/style.h"

#include <string.h>

/* The eight basic colours only: a terminal's own theme keeps them legible on its background. */
static const char *const codes[] = {
	[STYLE_HEADING] = "1", [STYLE_CALLER] = "1", [STYLE_DANGER] = "1;31", [STYLE_CAUTION] = "33", [STYLE_GOOD] = "32",
	[STYLE_NEW] = "32",    [STYLE_GONE] = "31",  [STYLE_CHANGED] = "33",  [STYLE_FAINT] = "2",
};

void style_begin(struct text *out, enum style style)
{
	if (out->colours)
		text_add(out, "\033[%sm", codes[style]);
}

void style_end(struct text *out)
{
	if (out->colours)
		text_add(out, "\033[0m");
}

void style_add(struct text *out, enum style style, const char *words)
{
	style_begin(out, style);
	text_add(out, "%s", words);
	style_end(out);
}

enum style style_of_sign(char sign)
{
	return sign == '+' ? STYLE_NEW : sign == '-' ? STYLE_GONE : STYLE_CHANGED;
}

/* Returns the length of an escape code of style_begin or style_end at s, or 0. */
static size_t code_length(const char *s)
{
	return s[0] == '\033' && s[1] == '[' ? 2 + strcspn(s + 2, "m\n") + 1 : 0;
}

/* Returns the columns of n bytes. */
static size_t width(const char *s, size_t n)
{
	size_t columns = 0;
	for (size_t i = 0; i < n; i++)
		if (code_length(s + i) > 0)
			i += code_length(s + i) - 1;
		else
			columns += ((unsigned char)s[i] & 0xc0) != 0x80;
	return columns;
}

/* Returns the column under which the rest of a broken line stands. */
static size_t hang_of(const char *line, size_t n, size_t columns)
{
	enum { STEP = 2 };
	const char *note = memmem(line, n, " ; ", 3);
	size_t blanks = strspn(line, " "), digits = strspn(line + blanks, "0123456789"), after = blanks + digits;
	size_t hang = blanks + STEP;
	if (note != NULL)
		hang = width(line, (size_t)(note - line)) + 3;
	else if (blanks > 0 && digits > 0 && line[after] == ' ')
		hang = after + strspn(line + after, " ") + STEP;
	return 3 * hang < 2 * columns ? hang : 3 * blanks < 2 * columns ? blanks : 0;
}

/* Returns how much of a word stands on a line of so many columns: all of it, or the part up to a bar (flags). */
static size_t part_of(const char *word, size_t n, size_t columns)
{
	size_t part = n;
	while (part > 0 && width(word, part) > columns)
		for (part--; part > 0 && word[part - 1] != '|';)
			part--;
	return part > 0 ? part : n;
}

static void fold_line(const char *line, size_t n, size_t columns, struct text *out)
{
	size_t hang = hang_of(line, n, columns), used = 0, at = 0;
	while (at < n) {
		size_t blanks = strspn(line + at, " "), word = strcspn(line + at + blanks, " \n");
		word = part_of(line + at + blanks, word, columns - hang);
		size_t wide = width(line + at + blanks, word);
		if (used > hang && used + blanks + wide > columns) {
			text_add(out, "\n%*s", (int)hang, "");
			used = hang;
		} else {
			text_add_bytes(out, line + at, blanks);
			used += blanks;
		}
		text_add_bytes(out, line + at + blanks, word);
		used += wide;
		at += blanks + word;
	}
}

void style_fold(const char *lines, size_t columns, struct text *out)
{
	for (const char *line = lines; *line != '\0';) {
		size_t n = strcspn(line, "\n");
		if (width(line, n) <= columns)
			text_add_bytes(out, line, n);
		else
			fold_line(line, n, columns, out);
		if (line[n] == '\n')
			text_add(out, "\n");
		line += n + (line[n] == '\n');
	}
}
