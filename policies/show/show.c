/* Prints profiles for people. SPDX-License-Identifier: MIT */
#include "policies/show/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/power/danger.h"
#include "policies/base/style.h"
#include "policies/base/vector.h"
#include "policies/estimate/confidence.h"

/* Longer lists of runs and programs are cut in the middle, longer command lines at the end. */
enum { RUNS_SHOWN = 40, PROGRAMS_SHOWN = 200, COMMAND_SHOWN = 400 };

/* For a terminal: so many runs and programs, and so many facts of one call. */
enum { RUNS_BRIEF = 8, PROGRAMS_BRIEF = 10, FACTS_BRIEF = 6 };

/* Returns whether entry i is left out. Prints how many are, in place of the first of them. */
static bool is_left_out(size_t i, size_t n, size_t shown, const char *what, struct text *out)
{
	const char *how = out->brief && n <= RUNS_SHOWN ? "--all" : "show --json";
	bool left_out = n > shown && i >= shown / 2 && i < n - shown / 2;
	if (left_out && i == shown / 2)
		text_add(out, "… %zu more %s (%s has them all)\n", n - shown / 2 * 2, what, how);
	return left_out;
}

static void show_runs(const struct profile *p, struct text *out)
{
	for (size_t i = 0; i < profile_run_count(p); i++) {
		const struct run *run = profile_run(p, i);
		if (is_left_out(i, profile_run_count(p), out->brief ? RUNS_BRIEF : RUNS_SHOWN, "runs", out))
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
		if (is_left_out(i, profile_program_count(p), out->brief ? PROGRAMS_BRIEF : PROGRAMS_SHOWN, "programs", out))
			continue;
		text_add(out, "program %zu  ", i);
		text_add_safe(out, profile_program(p, i)->path);
		text_add(out, "\n");
	}
}

enum style danger_style(unsigned dangers)
{
	return (dangers & ~(1u << DANGER_CAUTION)) != 0 ? STYLE_DANGER : STYLE_CAUTION;
}

void fact_styled_text(const struct profile *p, const struct fact *f, struct text *out)
{
	unsigned dangers = fact_dangers(f);
	if (dangers != 0)
		style_begin(out, danger_style(dangers));
	fact_marked_text(p, f, out);
	if (dangers != 0)
		style_end(out);
}

/* Appends a line that names the calls with such dangers: grave ones, or those that only ask for caution. */
static void show_calls(const struct profile *p, bool grave, struct text *out)
{
	enum { NAMED = 6 };
	VEC(const char *) names = {0};
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		const struct syscall_desc *call = abi_by_nr((enum arch)f->key.arch, f->key.nr);
		unsigned dangers = fact_dangers(f);
		bool known = call == NULL || dangers == 0 || (danger_style(dangers) == STYLE_DANGER) != grave;
		for (size_t k = 0; k < names.count; k++)
			known |= call != NULL && strcmp(names.items[k], call->name) == 0;
		if (!known && !vec_push(&names, call->name))
			out->failed = true;
	}
	if (names.count > 0) {
		style_begin(out, grave ? STYLE_DANGER : STYLE_CAUTION);
		text_add(out, "%zu %s%s%s: ", names.count, grave ? "dangerous call" : "call", plural_s(names.count),
			 grave ? "" : " to look at");
		for (size_t i = 0; i < names.count && i < NAMED; i++)
			text_add(out, "%s%s", i > 0 ? ", " : "", names.items[i]);
		text_add(out, names.count > NAMED ? ", …" : "");
		style_end(out);
		text_add(out, "\n");
	}
	vec_free(&names);
}

void profile_show_dangers(const struct profile *p, struct text *out)
{
	show_calls(p, true, out);
	show_calls(p, false, out);
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

/* Returns how many facts from the i-th on are of its call. */
static size_t same_call(const struct profile *p, size_t i)
{
	const struct fact_key *key = &profile_fact(p, i)->key;
	size_t n = 1;
	while (i + n < profile_fact_count(p)) {
		const struct fact_key *next = &profile_fact(p, i + n)->key;
		if (next->phase != key->phase || next->arch != key->arch || next->nr != key->nr)
			break;
		n++;
	}
	return n;
}

static void show_facts(const struct profile *p, size_t from, size_t n, struct text *out)
{
	size_t shown = out->brief && n > FACTS_BRIEF + 1 ? FACTS_BRIEF : n;
	for (size_t i = from; i < from + n; i++) {
		const struct fact *f = profile_fact(p, i);
		/* a danger is never left out */
		if (i >= from + shown && fact_dangers(f) == 0)
			continue;
		text_add(out, "%10" PRIu64 "  ", fact_total(f));
		fact_styled_text(p, f, out);
		text_add(out, "\n");
	}
	if (shown == n)
		return;
	char buffer[32];
	style_begin(out, STYLE_FAINT);
	text_add(out, "%12s… %zu facts of %s in all (--all lists them)", "", n, fact_name(profile_fact(p, from), buffer, sizeof(buffer)));
	style_end(out);
	text_add(out, "\n");
}

int profile_show(const struct profile *p, struct text *out)
{
	if (out->columns > 0) { /* a terminal: the answer comes first, and again last */
		style_begin(out, STYLE_HEADING);
		profile_show_sum(p, out);
		style_end(out);
		profile_show_dangers(p, out);
		text_add(out, "\n");
	}
	show_runs(p, out);
	const struct fact *last = NULL;
	for (size_t i = 0, n; i < profile_fact_count(p); i += n) {
		const struct fact *f = profile_fact(p, i);
		n = same_call(p, i);
		if (last == NULL || last->key.phase != f->key.phase || last->key.arch != f->key.arch) {
			text_add(out, "\n");
			style_begin(out, STYLE_HEADING);
			text_add(out, "%s, %s", phase_name(f->key.phase), arch_name(f->key.arch));
			style_end(out);
			text_add(out, "\n");
		}
		show_facts(p, i, n, out);
		last = f;
	}
	text_add(out, "\n");
	profile_show_sum(p, out);
	if (out->columns > 0)
		profile_show_dangers(p, out);
	show_confidence(p, out);
	return 0;
}
