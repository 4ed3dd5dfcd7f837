/* How output looks on a terminal: colours by what they mean, and long lines broken under their own column. No other file knows
 * an escape code. A text that is not for a terminal (all zero in its members for this) stays plain.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_STYLE_H
#define PINHOLE_POLICIES_BASE_STYLE_H

#include "policies/base/text.h"

enum style {
	STYLE_HEADING, /* a heading, or the line that matters most */
	STYLE_CALLER,  /* the frame that asked for a call */
	STYLE_DANGER,  /* leads out of a sandbox, or is refused */
	STYLE_CAUTION, /* to look at */
	STYLE_GOOD,    /* a verdict that needs nothing */
	STYLE_NEW,
	STYLE_GONE,
	STYLE_CHANGED,
	STYLE_FAINT, /* explains a line, and can be skipped */
};

/* Begins a style, and ends it. They do nothing unless out->colours is set. Styles do not nest. */
void style_begin(struct text *out, enum style style);
void style_end(struct text *out);

/* Appends plain text in a style. */
void style_add(struct text *out, enum style style, const char *words);

/* Returns the style for the sign of a difference: '+', '-' or another one. */
enum style style_of_sign(char sign);

/* Appends the lines of a text. Breaks those that are longer than so many columns at blanks; what follows is indented by the
 * column where the line's own words begin, after a number and a listing's code. Escape codes of styles take no column. */
void style_fold(const char *lines, size_t columns, struct text *out);

#endif
