/* Converts a part of YAML to JSON. SPDX-License-Identifier: MIT */
#include "policies/import/yaml.h"

#include <ctype.h>
#include <string.h>

#include "policies/base/vector.h"

enum { DEPTH = 40 };

struct line {
	size_t indent, n, number;
	const char *at;
	const char *comment; /* the comment in the line before, from its "#" on; or NULL */
	size_t comment_n;
};

struct yaml {
	const char *name;
	VEC(struct line) lines;
	size_t next, written; /* the next line to read, and how many line ends were written */
	const char *comment;  /* comment of the next mapping, or NULL */
	size_t comment_n;
	struct text *out;
	struct error *e;
};

static int refuse(struct yaml *y, size_t number, const char *what)
{
	return error_set(y->e, ERR_INPUT, "%s: line %zu: %s; convert it with kubectl get -o json or yq -o json",
			 y->name, number, what);
}

/* Returns the length without a comment. "#" begins a comment after a blank, outside of quotes. */
static size_t without_comment(const char *s, size_t n)
{
	char quote = 0;
	size_t end = n;
	for (size_t i = 0; i < n && end == n; i++) {
		if (quote == '"' && s[i] == '\\')
			i++;
		else if (quote != 0)
			quote = s[i] == quote ? 0 : quote;
		else if ((s[i] == '"' || s[i] == '\'') && (i == 0 || strchr(" [{,:-", s[i - 1]) != NULL))
			quote = s[i];
		else if (s[i] == '#' && (i == 0 || isspace((unsigned char)s[i - 1])))
			end = i;
	}
	while (end > 0 && isspace((unsigned char)s[end - 1]))
		end--;
	return end;
}

static int split(struct yaml *y, const struct import_file *file)
{
	size_t number = 0;
	const char *comment = NULL;
	size_t comment_n = 0;
	for (const char *at = file->bytes, *end = at + file->n; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = stop != NULL ? (size_t)(stop - at) : (size_t)(end - at), indent = 0;
		struct line l = {.number = ++number, .comment = comment, .comment_n = comment_n};
		while (indent < n && at[indent] == ' ')
			indent++;
		l.indent = indent;
		l.at = at + indent;
		l.n = without_comment(l.at, n - indent);
		at += n + 1;
		comment = l.n == 0 && indent < n ? l.at : NULL;
		comment_n = n - indent;
		if (l.n > 0 && (l.at[0] == '\t' || l.at[0] == '%' || memchr(l.at, '\0', l.n) != NULL))
			return refuse(y, number, "tabs, directives and zeros are not supported");
		if (l.n == 3 && memcmp(l.at, "---", 3) == 0 && y->lines.count > 0)
			return refuse(y, number, "a second document is not supported");
		if (l.n == 0 || (l.n == 3 && memcmp(l.at, "---", 3) == 0))
			continue;
		if (!vec_push(&y->lines, l))
			return error_memory(y->e);
	}
	return 0;
}

/* Values in one line.
 * ------------------------------------------------------------------------------------------ */

static void add_string(struct text *out, const char *s, size_t n)
{
	text_add(out, "\"");
	for (size_t i = 0; i < n; i++)
		if (s[i] == '"' || s[i] == '\\')
			text_add(out, "\\%c", s[i]);
		else if ((unsigned char)s[i] < 32)
			text_add(out, "\\u%04x", (unsigned char)s[i]);
		else
			text_add_bytes(out, s + i, 1);
	text_add(out, "\"");
}

/* Converts a quoted scalar at *at, and moves *at past it. */
static int add_quoted(struct yaml *y, const struct line *l, size_t *at)
{
	char quote = l->at[(*at)++];
	struct text plain = {0};
	bool ended = false;
	for (; *at < l->n && !ended; (*at)++) {
		char c = l->at[*at];
		if (c == quote && quote == '\'' && *at + 1 < l->n && l->at[*at + 1] == '\'') {
			text_add(&plain, "'");
			(*at)++;
		} else if (c == quote) {
			ended = true;
		} else if (c == '\\' && quote == '"') {
			const char *escape = ++(*at) < l->n ? strchr("n\nt\t\"\"\\\\//", l->at[*at]) : NULL;
			if (escape == NULL)
				break;
			text_add_bytes(&plain, escape + 1, 1);
		} else {
			text_add_bytes(&plain, &c, 1);
		}
	}
	add_string(y->out, text_string(&plain), plain.count);
	y->out->failed |= plain.failed;
	text_free(&plain);
	return ended ? 0 : refuse(y, l->number, "this quoted text is not supported");
}

static void add_plain_scalar(struct text *out, const char *s, size_t n)
{
	size_t digits = n > 1 && s[0] == '-' ? 1 : 0, first = digits;
	while (digits < n && isdigit((unsigned char)s[digits]))
		digits++;
	bool number = digits == n && n > first && (s[first] != '0' || n == first + 1);
	bool word = (n == 4 && (memcmp(s, "true", 4) == 0 || memcmp(s, "null", 4) == 0)) || (n == 5 && memcmp(s, "false", 5) == 0);
	if (n == 0 || (n == 1 && s[0] == '~'))
		text_add(out, "null");
	else if (number || word)
		text_add_bytes(out, s, n);
	else
		add_string(out, s, n);
}

static void skip_blanks(const struct line *l, size_t *at)
{
	while (*at < l->n && l->at[*at] == ' ')
		(*at)++;
}

/* Converts a value in brackets, or (flow: false) the rest of a line. */
static int add_inline(struct yaml *y, const struct line *l, size_t *at, bool flow, int depth)
{
	char c = *at < l->n ? l->at[*at] : 0;
	if (c == '"' || c == '\'')
		return add_quoted(y, l, at);
	if (c != 0 && strchr("&*!|>@`", c) != NULL)
		return refuse(y, l->number, "anchors, tags and the like are not supported");
	if (c != '[' && c != '{') {
		size_t from = *at;
		while (*at < l->n && !(flow && strchr(",]}", l->at[*at]) != NULL) && !(flow && l->at[*at] == ':' && *at + 1 < l->n && l->at[*at + 1] == ' '))
			(*at)++;
		add_plain_scalar(y->out, l->at + from, *at - from);
		return 0;
	}
	char close = c == '[' ? ']' : '}';
	int rc = depth > DEPTH ? refuse(y, l->number, "is nested too deeply") : 0;
	bool first = true;
	text_add_bytes(y->out, &c, 1);
	for ((*at)++, skip_blanks(l, at); rc == 0 && *at < l->n && l->at[*at] != close; skip_blanks(l, at)) {
		if (!first && l->at[(*at)++] != ',')
			return refuse(y, l->number, "expected a comma");
		text_add(y->out, first ? "" : ", ");
		first = false;
		skip_blanks(l, at);
		rc = add_inline(y, l, at, true, depth + 1);
		if (rc == 0 && close == '}') {
			if (*at >= l->n || l->at[*at] != ':')
				return refuse(y, l->number, "expected a colon");
			(*at)++;
			text_add(y->out, ": ");
			skip_blanks(l, at);
			rc = add_inline(y, l, at, true, depth + 1);
		}
	}
	if (rc == 0 && *at >= l->n)
		return refuse(y, l->number, "brackets that do not end on their line are not supported");
	text_add_bytes(y->out, &close, 1);
	(*at)++;
	return rc;
}

static int add_rest(struct yaml *y, const struct line *l, size_t at)
{
	int rc = add_inline(y, l, &at, false, 0);
	skip_blanks(l, &at);
	return rc == 0 && at < l->n ? refuse(y, l->number, "text behind a value is not supported") : rc;
}

/* Blocks. --------------------------------------------------------------------------------------------------------- */

static int add_block(struct yaml *y, int depth);

static void to_line(struct yaml *y, size_t number)
{
	for (; y->written + 1 < number; y->written++)
		text_add(y->out, "\n");
}

static bool is_item(const struct line *l)
{
	return l->at[0] == '-' && (l->n == 1 || l->at[1] == ' ');
}

/* Returns the position of the colon of "key: value"; SIZE_MAX: the line has no key. */
static size_t key_end(const struct line *l)
{
	size_t i = 0;
	if (l->at[0] == '"' || l->at[0] == '\'') {
		const char *end = memchr(l->at + 1, l->at[0], l->n - 1);
		i = end != NULL ? (size_t)(end - l->at) + 1 : l->n;
	}
	for (; i < l->n; i++)
		if (l->at[i] == ':' && (i + 1 == l->n || l->at[i + 1] == ' '))
			return i;
	return SIZE_MAX;
}

/* Converts the block below a line that ends with its key or dash. */
static int add_below(struct yaml *y, size_t indent, bool of_key, int depth)
{
	const struct line *l = y->next < y->lines.count ? &y->lines.items[y->next] : NULL;
	if (l == NULL || l->indent < indent || (l->indent == indent && !(of_key && is_item(l)))) {
		text_add(y->out, "null");
		return 0;
	}
	return add_block(y, depth + 1);
}

static int add_value(struct yaml *y, const struct line *l, size_t at, int depth)
{
	skip_blanks(l, &at);
	if (at == l->n)
		return add_below(y, l->indent, true, depth);
	if (l->at[at] != '|' && l->at[at] != '>')
		return add_rest(y, l, at);
	text_add(y->out, "\"\"");
	while (y->next < y->lines.count && y->lines.items[y->next].indent > l->indent)
		y->next++;
	return 0;
}

static int add_mapping(struct yaml *y, size_t indent, int depth)
{
	static const char mark[] = "# for ";
	bool first = true;
	int rc = 0;
	text_add(y->out, "{");
	/* Comments of pinhole before an entry belong to the entry. */
	if (y->comment != NULL && y->comment_n >= sizeof(mark) && memcmp(y->comment, mark, sizeof(mark) - 1) == 0) {
		text_add(y->out, "\"comment\": ");
		add_string(y->out, y->comment + 2, y->comment_n - 2);
		first = false;
	}
	y->comment = NULL;
	for (; rc == 0 && y->next < y->lines.count && y->lines.items[y->next].indent == indent; first = false) {
		struct line l = y->lines.items[y->next];
		size_t colon = key_end(&l), at = 0;
		if (is_item(&l))
			break;
		if (colon == SIZE_MAX)
			return refuse(y, l.number, "expected a key and a colon");
		y->next++;
		text_add(y->out, first ? "" : ", ");
		to_line(y, l.number);
		if (l.at[0] == '"' || l.at[0] == '\'')
			rc = add_quoted(y, &l, &at);
		else
			add_string(y->out, l.at, colon);
		text_add(y->out, ": ");
		if (rc == 0)
			rc = add_value(y, &l, colon + 1, depth);
	}
	text_add(y->out, "}");
	return rc;
}

static int add_sequence(struct yaml *y, size_t indent, int depth)
{
	int rc = 0;
	text_add(y->out, "[");
	for (bool first = true; rc == 0 && y->next < y->lines.count && y->lines.items[y->next].indent == indent; first = false) {
		struct line *l = &y->lines.items[y->next];
		size_t at = 1;
		if (!is_item(l))
			break;
		text_add(y->out, first ? "" : ", ");
		to_line(y, l->number);
		skip_blanks(l, &at);
		if (at == l->n) {
			y->next++;
			rc = add_below(y, indent, false, depth);
			continue;
		}
		/* The text after the dash is a line of its own. */
		l->at += at;
		l->n -= at;
		l->indent += at;
		y->comment = l->comment;
		y->comment_n = l->comment_n;
		rc = add_block(y, depth + 1);
	}
	text_add(y->out, "]");
	return rc;
}

static int add_block(struct yaml *y, int depth)
{
	struct line l = y->lines.items[y->next];
	if (depth > DEPTH)
		return refuse(y, l.number, "is nested too deeply");
	if (is_item(&l))
		return add_sequence(y, l.indent, depth);
	if (l.at[0] != '[' && l.at[0] != '{' && key_end(&l) != SIZE_MAX)
		return add_mapping(y, l.indent, depth);
	y->next++;
	to_line(y, l.number);
	return add_rest(y, &l, 0);
}

int yaml_to_json(const struct import_file *file, struct text *out, struct error *e)
{
	struct yaml y = {.name = file->name, .out = out, .e = e};
	int rc = split(&y, file);
	if (rc == 0 && y.lines.count == 0)
		rc = error_set(e, ERR_INPUT, "%s: is empty; name another file", file->name);
	if (rc == 0)
		rc = add_block(&y, 0);
	if (rc == 0 && y.next < y.lines.count)
		rc = refuse(&y, y.lines.items[y.next].number,
			    "this indentation, or a text of several lines, is not supported");
	vec_free(&y.lines);
	return rc == 0 && out->failed ? error_memory(e) : rc;
}
