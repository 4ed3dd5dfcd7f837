/* The drop-in under which systemd records a service. SPDX-License-Identifier: MIT */
#include "tools/unit/unit_dropin.h"

#include <stdlib.h>
#include <string.h>

#include "policies/base/vector.h"

/* All commands of systemd.service(5): each runs under the unit's filter. */
static const char *const keys[] = {"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecReloadPost",
				   "ExecStop",      "ExecStopPost"};
enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

/* The values of a key, in the order of the files. */
typedef VEC(char *) value_list;

static void clear(value_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	list->count = 0;
}

/* Takes one setting of section [Service]. An empty value drops what earlier files said. */
static bool take_setting(const char *line, value_list lists[KEYS])
{
	const char *equals = strchr(line, '=');
	size_t n = equals != NULL ? (size_t)(equals - line) : 0;
	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	for (size_t i = 0; i < KEYS && n > 0; i++) {
		if (strlen(keys[i]) != n || strncmp(keys[i], line, n) != 0)
			continue;
		const char *value = equals + 1 + strspn(equals + 1, " \t");
		if (*value == '\0') {
			clear(&lists[i]);
			return true;
		}
		char *copy = strdup(value);
		if (copy != NULL && vec_push(&lists[i], copy))
			return true;
		free(copy);
		return false;
	}
	return true;
}

/* Reads the files: sections, comments, and lines that go on after a backslash (systemd.syntax(7)). */
static bool read_files(const char *files, value_list lists[KEYS])
{
	struct text line = {0};
	bool service = false, fine = true;
	while (*files != '\0' && fine) {
		size_t n = strcspn(files, "\n"), from = strspn(files, " \t\r");
		const char *s = files;
		files += n + (files[n] == '\n');
		from = from < n ? from : n;
		while (n > from && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
			n--;
		if (s[from] == '#' || s[from] == ';')
			continue; /* also between the lines of one setting */
		bool ends = n == from || s[n - 1] != '\\';
		text_add_bytes(&line, s + from, n - from - !ends);
		if (!ends && *files != '\0') {
			text_add(&line, " ");
			continue;
		}
		if (text_string(&line)[0] == '[')
			service = strcmp(text_string(&line), "[Service]") == 0;
		else if (service)
			fine = take_setting(text_string(&line), lists);
		fine &= !line.failed;
		line.count = 0;
	}
	text_free(&line);
	return fine;
}

/* Returns the length of the word at s (not blank): quotes and backslashes as in systemd.service(5). */
static size_t word_length(const char *s)
{
	char quote = '\0';
	size_t n = 0;
	for (; s[n] != '\0' && (quote != '\0' || (s[n] != ' ' && s[n] != '\t')); n++) {
		if (s[n] == '\\' && s[n + 1] != '\0')
			n++;
		else if (quote == '\0' && (s[n] == '"' || s[n] == '\''))
			quote = s[n];
		else if (s[n] == quote)
			quote = '\0';
	}
	return n;
}

/* Appends a word of ours, quoted for a unit file. */
static void add_word(const char *word, struct text *out)
{
	text_add(out, "\"");
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			text_add(out, "\\");
		else if (*word == '%' || *word == '$')
			text_add_bytes(out, word, 1);
		text_add_bytes(out, word, 1);
	}
	text_add(out, "\"");
}

/* Appends one command, up to a lone semicolon. Returns the rest of the line. */
static const char *add_command(const struct unit_recording *r, const char *s, struct text *out, struct text *notes)
{
	size_t prefixes = strspn(s, "@-:+!|");
	bool privileged = memchr(s, '+', prefixes) != NULL, named = !privileged && memchr(s, '@', prefixes) != NULL;
	for (size_t i = 0; i < prefixes; i++)
		if (s[i] != '@' || !named)
			text_add_bytes(out, s + i, 1);
	s += prefixes;
	if (!privileged) {
		add_word(r->recorder, out);
		text_add(out, " record -q -o ");
		add_word(r->profile, out);
		text_add(out, " -- ");
	}
	for (size_t i = 0; *s != '\0'; i++) {
		size_t n = word_length(s);
		if (n == 1 && *s == ';')
			break;
		if (named && i == 1)
			text_add(notes, "%s: a command with \"@\" gets its path as its own name while it is recorded\n", r->name);
		else {
			text_add(out, "%s", i > 0 ? " " : "");
			text_add_bytes(out, s, n);
		}
		s += n + strspn(s + n, " \t");
	}
	return s;
}

static void add_value(const struct unit_recording *r, const char *key, const char *value, struct text *out, struct text *notes)
{
	text_add(out, "%s=", key);
	for (const char *s = value; *s != '\0';) {
		s = add_command(r, s, out, notes);
		if (*s == ';') {
			s += 1 + strspn(s + 1, " \t");
			text_add(out, " ; ");
		}
	}
	text_add(out, "\n");
}

/* What the unit says that would keep the recorder from its work, or the service from starting with it. */
static void add_settings(const struct unit_recording *r, struct text *out, struct text *notes)
{
	bool notifies = strncmp(r->type, "notify", 6) == 0;
	if (strcmp(r->type, "forking") == 0)
		text_add(notes, "%s: forks into the background; while it is recorded systemd cannot tell when it is ready\n", r->name);
	if (strcmp(r->type, "forking") == 0)
		text_add(out, "# the recorder stays until the last process has ended\nType=simple\nPIDFile=\n");
	if (notifies)
		text_add(out, "# the service, and not the recorder, says that it is ready\nNotifyAccess=all\n");
	text_add(out, "# the recorder, whose id is not the service's, is what the watchdog would ask\nWatchdogSec=0\n"
		      "# the recorder traces; and what an earlier filter denies would not be seen\n"
		      "SystemCallFilter=\nSystemCallArchitectures=\nSystemCallErrorNumber=\nSystemCallLog=\nNoExecPaths=\nExecPaths=\n");
	if (r->directory != NULL)
		text_add(out, "# a place where the service's user can write the profile\n%s\n", r->directory);
	text_add(out, "%s", r->also);
}

int unit_dropin(const struct unit_recording *r, const char *files, struct text *out, struct text *notes, struct error *e)
{
	value_list lists[KEYS] = {{0}};
	bool fine = read_files(files, lists);
	size_t commands = 0;
	text_add(out, "# written by pinhole unit start; pinhole unit finish %s takes it away\n[Service]\n", r->name);
	add_settings(r, out, notes);
	for (size_t k = 0; k < KEYS; k++) {
		if (lists[k].count > 0)
			text_add(out, "%s=\n", keys[k]);
		for (size_t i = 0; i < lists[k].count; i++, commands++)
			add_value(r, keys[k], lists[k].items[i], out, notes);
		clear(&lists[k]);
		vec_free(&lists[k]);
	}
	if (!fine || out->failed || notes->failed)
		return error_memory(e);
	return commands > 0 ? 0 : error_set(e, ERR_INPUT, "%s: has no command to record; name a service that starts a program", r->name);
}
