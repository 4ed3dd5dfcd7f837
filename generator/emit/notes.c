/* What the writers of formats share: comments and notes. SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/emit/emit.h"

void emit_note(struct emit_notes *notes, const char *format, ...)
{
	char *line = NULL;
	va_list ap;
	va_start(ap, format);
	int n = vasprintf(&line, format, ap);
	va_end(ap);
	notes->count++;
	notes->text.failed |= n < 0;
	if (n >= 0)
		text_add(&notes->text, "%s\n", line);
	free(n >= 0 ? line : NULL);
}

void note_newer(const struct emit_input *in, struct emit_notes *notes, const char *instead)
{
	const struct policy *p = in->policy;
	if (action_equal(p->newer, p->default_action))
		return;
	struct text newer = {0};
	action_text(p->newer, &newer);
	emit_note(notes, "calls newer than this pinhole knows: %s, in place of %s", instead, text_string(&newer));
	notes->text.failed |= newer.failed;
	text_free(&newer);
}

void note_archs(const struct policy *p, const char *which, struct emit_notes *notes)
{
	struct action meant = p->default_action;
	struct text answer = {0};
	if (meant.kind == ACTION_ALLOW) /* a default of allow does not hold for other architectures: they are killed */
		meant = (struct action){.kind = ACTION_KILL};
	action_text(meant, &answer);
	if (meant.kind == ACTION_KILL)
		emit_note(notes, "calls of %s: the thread alone is killed", which);
	else if (meant.kind != ACTION_KILL_THREAD)
		emit_note(notes, "calls of %s: the thread is killed, in place of %s", which, text_string(&answer));
	notes->text.failed |= answer.failed;
	text_free(&answer);
}

void add_made_by(const struct emit_input *in, const char *mark, const char *what, struct text *out)
{
	text_add(out, "%s%s, made by pinhole from ", mark, what);
	add_plain(out, in->source != NULL ? in->source : "a policy");
	text_add(out, ".\n");
}

void add_notes(const struct emit_notes *notes, const char *mark, struct text *out)
{
	const char *s = text_string(&notes->text);
	while (*s != '\0') {
		size_t n = strcspn(s, "\n");
		text_add(out, "%s%.*s\n", mark, (int)n, s);
		s += n + (s[n] == '\n');
	}
}

int one_arch(const struct emit_input *in, const char *format, struct error *e)
{
	if ((in->policy->archs & (in->policy->archs - 1)) == 0)
		return 0;
	return error_set(e, ERR_INPUT, "-f %s: is for one architecture, and the policy has several; leave all but one out of its \"arch\"",
			 format);
}
