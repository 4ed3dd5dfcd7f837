/* Finds places in JSON text: the line and column that a message is about, and a file's format.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"

/* A position in text. If the text is not valid JSON, the position may be anywhere in it. */
struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && strchr(" \t\r\n,:", *c->at) != NULL)
		c->at++;
}

static void skip_string(struct cursor *c)
{
	for (c->at++; c->at < c->end && *c->at != '"'; c->at++)
		if (*c->at == '\\')
			c->at++;
	c->at = c->at < c->end ? c->at + 1 : c->end;
}

/* Moves past one value and its content. */
static void skip_value(struct cursor *c)
{
	size_t depth = 0;
	do {
		skip_blanks(c);
		if (c->at >= c->end)
			return;
		if (*c->at == '"') {
			skip_string(c);
			continue;
		}
		depth += *c->at == '{' || *c->at == '[';
		depth -= depth > 0 && (*c->at == '}' || *c->at == ']');
		c->at++;
		while (depth == 0 && c->at < c->end && strchr(" \t\r\n,:{}[]\"", *c->at) == NULL)
			c->at++;
	} while (depth > 0);
}

/* Moves into an object's member. false: the object has no such member. */
static bool enter_member(struct cursor *c, const char *key, size_t length)
{
	if (c->at >= c->end || *c->at != '{')
		return false;
	for (c->at++;;) {
		skip_blanks(c);
		if (c->at >= c->end || *c->at != '"')
			return false;
		const char *name = c->at + 1;
		skip_string(c);
		bool found = (size_t)(c->at - 1 - name) == length && memcmp(name, key, length) == 0;
		skip_blanks(c);
		if (found)
			return true;
		skip_value(c);
	}
}

/* Moves into a list's item. false: the list is shorter. */
static bool enter_item(struct cursor *c, unsigned long index)
{
	if (c->at >= c->end || *c->at != '[')
		return false;
	c->at++;
	skip_blanks(c);
	for (; index > 0 && c->at < c->end && *c->at != ']'; index--) {
		skip_value(c);
		skip_blanks(c);
	}
	return c->at < c->end && *c->at != ']';
}

/* Follows "rules[3].any[0].type" (to its end, or to ": ") as far as it leads. false: it could not
 * follow a single step. */
static bool follow(struct cursor *c, const char *path)
{
	bool moved = false;
	skip_blanks(c);
	while (*path != '\0' && *path != ':') {
		struct cursor next = *c;
		if (*path == '[') {
			char *end;
			unsigned long index = strtoul(path + 1, &end, 10);
			if (*end != ']' || !enter_item(&next, index))
				break;
			path = end + 1;
		} else {
			path += *path == '.';
			size_t length = strcspn(path, ".[:");
			if (length == 0 || !enter_member(&next, path, length))
				break;
			path += length;
		}
		*c = next;
		moved = true;
	}
	return moved;
}

void json_locate(const char *bytes, size_t n, const char *name, struct error *e)
{
	struct cursor c = {bytes, bytes + n};
	struct error located = {0};
	size_t prefix = strlen(name);
	if (strncmp(e->text, name, prefix) != 0 || strncmp(e->text + prefix, ": ", 2) != 0 ||
	    !follow(&c, e->text + prefix + 2))
		return;
	size_t line = 1, column = 1;
	for (const char *at = bytes; at < c.at; at++) {
		line += *at == '\n';
		column = *at == '\n' ? 1 : column + ((*at & 0xc0) != 0x80);
	}
	error_set(&located, e->code, "%s: line %zu, column %zu: %s", name, line, column, e->text + prefix + 2);
	*e = located;
}

bool json_member_is(const char *bytes, size_t n, const char *key, const char *value)
{
	struct cursor c = {bytes, bytes + n};
	size_t length = strlen(value);
	skip_blanks(&c);
	return enter_member(&c, key, strlen(key)) && (size_t)(c.end - c.at) >= length + 2 && *c.at == '"' &&
	       memcmp(c.at + 1, value, length) == 0 && c.at[length + 1] == '"';
}
