/* Prints profiles for people. SPDX-License-Identifier: MIT */
#include "policies/show/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/estimate/confidence.h"

/* Longer lists of runs and programs are cut in the middle, longer command lines at the end. */
enum { RUNS_SHOWN = 40, PROGRAMS_SHOWN = 200, COMMAND_SHOWN = 400 };

/* Returns whether entry i is left out. Prints how many are, in place of the first of them. */
static bool is_left_out(size_t i, size_t n, size_t shown, const char *what, struct text *out)
{
	bool left_out = n > shown && i >= shown / 2 && i < n - shown / 2;
	if (left_out && i == shown / 2)
		text_add(out, "… %zu more %s (show --json has them all)\n", n - shown / 2 * 2, what);
	return left_out;
}

static void show_runs(const struct profile *p, struct text *out)
{
	for (size_t i = 0; i < profile_run_count(p); i++) {
		const struct run *run = profile_run(p, i);
		if (is_left_out(i, profile_run_count(p), RUNS_SHOWN, "runs", out))
			continue;
		text_add(out, "run %zu  ", i);
		text_add_safe(out, run->started != NULL ? run->started : "");
		text_add(out, "  ");
		text_add_safe(out, run->mode != NULL ? run->mode : "");
		text_add(out, "  ");
		if (run->denied != NULL)
			text_add(out, "denied: %s", run->denied);
		else
			text_add_safe(out, run->unfinished ? "unfinished" : run->exit != NULL ? run->exit : "did not end");
		run_command_text(run, out);
	}
	for (size_t i = 0; i < profile_program_count(p); i++) {
		if (is_left_out(i, profile_program_count(p), PROGRAMS_SHOWN, "programs", out))
			continue;
		text_add(out, "program %zu  ", i);
		text_add_safe(out, profile_program(p, i)->path);
		text_add(out, "\n");
	}
}

bool profile_any_quiet(const struct profile *p)
{
	for (size_t i = 0; i < profile_run_count(p); i++)
		if (profile_run(p, i)->mode != NULL && strcmp(profile_run(p, i)->mode, "quiet") == 0)
			return true;
	return false;
}

void profile_show_sum(const struct profile *p, struct text *out)
{
	const struct fact *last = NULL;
	uint64_t total = 0;
	size_t calls = 0, denied = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		calls += last == NULL || last->key.nr != f->key.nr || last->key.arch != f->key.arch ||
			 last->key.phase != f->key.phase;
		total += fact_total(f);
		denied += fact_is_denied(p, f);
		last = f;
	}
	text_add(out, "%zu fact%s, %zu distinct call%s by phase, %s%" PRIu64 " call%s in %zu run%s",
		 profile_fact_count(p), plural_s(profile_fact_count(p)), calls, plural_s(calls),
		 profile_any_quiet(p) ? "at least " : "", total, plural_s(total), profile_run_count(p),
		 plural_s(profile_run_count(p)));
	if (denied > 0)
		text_add(out, "; %zu fact%s only ever denied", denied, denied == 1 ? " was" : "s were");
	text_add(out, "\n");
}

void run_command_text(const struct run *run, struct text *out)
{
	if (run->label != NULL) {
		text_add(out, "  [");
		text_add_safe(out, run->label);
		text_add(out, "]");
	}
	text_add(out, "  $");
	size_t left = COMMAND_SHOWN, cut = 0;
	for (size_t k = 0; k < run->command.count; k++) {
		const char *word = run->command.items[k];
		size_t n = strlen(word), kept = n;
		if (n + 1 > left) {
			for (kept = left > 0 ? left - 1 : 0; kept > 0 && (word[kept] & 0xc0) == 0x80;)
				kept--;
			cut += n - kept + (left == 0);
		}
		if (left > 0) {
			char *part = strndup(word, kept);
			text_add(out, " ");
			if (part != NULL)
				text_add_safe(out, part);
			else
				out->failed = true;
			free(part);
		}
		left -= kept + 1 > left ? left : kept + 1;
		left = kept < n ? 0 : left;
	}
	if (cut > 0)
		text_add(out, "… (%zu more bytes)", cut);
	text_add(out, "\n");
}

/* Prints what further runs would show; nothing for a single run that tells nothing about this. */
static void show_confidence(const struct profile *p, struct text *out)
{
	struct confidence c;
	struct error e = {0};
	if (confidence_make(p, &c, &e) < 0)
		out->failed = true;
	else if (c.runs > 1 || c.spans_estimated) {
		confidence_words(&c, out);
		text_add(out, "\n");
	}
	confidence_clear(&c);
}

int profile_show(const struct profile *p, struct text *out)
{
	show_runs(p, out);
	const struct fact *last = NULL;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		if (last == NULL || last->key.phase != f->key.phase || last->key.arch != f->key.arch)
			text_add(out, "\n%s, %s\n", phase_name(f->key.phase), arch_name(f->key.arch));
		text_add(out, "%10" PRIu64 "  ", fact_total(f));
		fact_marked_text(p, f, out);
		text_add(out, "\n");
		last = f;
	}
	text_add(out, "\n");
	profile_show_sum(p, out);
	show_confidence(p, out);
	return 0;
}
