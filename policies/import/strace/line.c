/* A line of strace's log: the fields before the call, and the kind of line.
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "policies/import/strace/strace.h"

/* Seconds since 1970 have this many digits from 2001 on; smaller numbers are durations (-r). */
enum { EPOCH_DIGITS = 10 };

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* "[pid  123<comm>] ", "[  59] " (-n), "[00007f4fc0a41ca3] " (-i), "[unconfined_t] " (--secontext). Returns what
 * follows, or s. */
static char *read_bracket(char *s, struct strace_line *out)
{
	char *end = strstr(s, "] ");
	if (end == NULL || begins(s, "[ Process "))
		return s;
	if (begins(s, "[pid ")) {
		out->pid = strtol(s + strlen("[pid "), NULL, 10);
		return end + 2;
	}
	char *inside = s + 1 + strspn(s + 1, " ");
	size_t width = (size_t)(end - s - 1);
	bool address = width == 16 || width == 8; /* 64 and 32 bits */
	if (!address && digits(inside) > 0 && inside + digits(inside) == end)
		out->nr = strtol(inside, NULL, 10);
	return memchr(inside, '"', (size_t)(end - inside)) == NULL ? end + 2 : s;
}

/* "123 ", "123<comm> " (-Y), "12:34:56.123456 ", "1700000000.123456 ", "0.000123 ". Returns what follows, or s. */
static char *read_number(char *s, struct strace_line *out)
{
	size_t n = digits(s);
	char *end = s + n;
	if (*end == ':' || *end == '.') {
		end += strspn(end, "0123456789:.");
		if (s[n] == '.' && n >= EPOCH_DIGITS && n < 15)
			out->epoch = strtoll(s, NULL, 10);
		return *end == ' ' || *end == '\0' ? end : s;
	}
	if (*end == '<' && strstr(end, "> ") != NULL)
		end = strstr(end, "> ") + 1;
	if (*end != ' ' || out->pid != 0 || n > 10)
		return s;
	out->pid = strtol(s, NULL, 10);
	return end;
}

/* Reads all fields before the call, in any order, and returns the text after them. */
static char *read_prefixes(char *s, struct strace_line *out)
{
	for (char *from = NULL; from != s;) {
		s += strspn(s, " \t");
		from = s;
		if (*s == '[')
			s = read_bracket(s, out);
		else if (digits(s) > 0)
			s = read_number(s, out);
		else if (begins(s, "(+") && strchr(s, ')') != NULL)
			s = strchr(s, ')') + 1;
	}
	return s;
}

/* Ends the text where `mark` begins; false: it does not contain it. The last occurrence counts,
 * because data may contain the mark too. */
static bool cut_at_last(char *s, const char *mark)
{
	char *at = NULL;
	for (char *next = s; (next = strstr(next, mark)) != NULL; next++)
		at = next;
	if (at == NULL)
		return false;
	*at = '\0';
	return true;
}

/* Removes a mark from the end of a line. false: the line does not end with it. */
static bool cut_end(char *s, const char *mark)
{
	size_t n = strlen(s), m = strlen(mark);
	while (n > 0 && s[n - 1] == ' ')
		n--;
	if (n < m || memcmp(s + n - m, mark, m) != 0)
		return false;
	s[n - m] = '\0';
	return true;
}

/* "+++ exited with 0 +++" and similar lines. */
static void read_end(char *s, struct strace_line *out)
{
	static const struct {
		const char *begin;
		enum strace_kind kind;
	} ends[] = {{"+++ exited with ", LINE_EXITED},
		    {"+++ killed by ", LINE_KILLED},
		    {"+++ superseded by execve in pid ", LINE_SUPERSEDED}};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!begins(s, ends[i].begin))
			continue;
		out->kind = ends[i].kind;
		out->text = s + strlen(ends[i].begin);
		out->other = strtol(out->text, NULL, 10);
		out->text[strcspn(out->text, " ")] = '\0';
		return;
	}
}

/* "<... openat resumed>) = 3"; before strace 5.5 with a blank before ">". */
static void read_resumed(char *s, struct strace_line *out)
{
	s += strlen("<... ");
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
	char *rest = s + n;
	if (n == 0 || !begins(rest, " resumed"))
		return;
	*rest = '\0';
	rest += strlen(" resumed");
	rest += *rest == ' ';
	if (*rest != '>')
		return;
	out->kind = LINE_RESUMED;
	out->name = s;
	out->text = rest + 1;
}

static void read_call(char *s, struct strace_line *out)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (n == 0 || s[n] != '(' || isdigit((unsigned char)s[0]))
		return;
	s[n] = '\0';
	out->name = s;
	out->text = s + n + 1;
	char *changed = strstr(out->text, "<pid changed to ");
	if (changed != NULL && cut_end(changed, " ...>")) {
		out->other = strtol(changed + strlen("<pid changed to "), NULL, 10);
		out->kind = LINE_UNFINISHED;
		*changed = '\0';
		return;
	}
	out->kind = cut_end(out->text, "<unfinished ...>") || cut_end(out->text, "<detached ...>") ? LINE_UNFINISHED
												   : LINE_CALL;
}

/* "[ Process PID=123 runs in 32 bit mode. ]" */
static void read_mode(char *s, struct strace_line *out)
{
	char *text = strstr(s, " runs in ");
	if (text == NULL || !cut_at_last(s, " mode."))
		return;
	if (begins(s, "[ Process PID="))
		out->other = strtol(s + strlen("[ Process PID="), NULL, 10);
	out->kind = LINE_MODE;
	out->text = text + strlen(" runs in ");
}

/* strace's messages; in older versions there is no "strace: " before "Process". */
static void read_message(char *s, struct strace_line *out)
{
	bool own = begins(s, "strace: ");
	s += own ? strlen("strace: ") : 0;
	bool process = begins(s, "Process ") && digits(s + strlen("Process ")) > 0;
	if (own || process || begins(s, "<detached ...>") || begins(s, "<unfinished ...>"))
		out->kind = LINE_EMPTY;
	if (process && strstr(s, " attached") != NULL) {
		out->kind = LINE_ATTACHED;
		out->other = strtol(s + strlen("Process "), NULL, 10);
	}
}

void strace_line_read(char *line, struct strace_line *out)
{
	*out = (struct strace_line){.kind = LINE_OTHER, .nr = -1};
	if (begins(line, " > ") || begins(line, " | ")) {
		out->kind = LINE_EMPTY;
		return;
	}
	char *s = line + strspn(line, " ");
	if (begins(s, "% time ")) {
		out->kind = LINE_SUMMARY;
		return;
	}
	s = read_prefixes(s, out);
	if (*s == '\0')
		out->kind = LINE_EMPTY;
	else if (begins(s, "+++ "))
		read_end(s, out);
	else if (begins(s, "--- "))
		out->kind = LINE_SIGNAL;
	else if (begins(s, "<... "))
		read_resumed(s, out);
	else if (begins(s, "[ Process "))
		read_mode(s, out);
	else
		read_call(s, out);
	if (out->kind == LINE_OTHER)
		read_message(s, out);
}
