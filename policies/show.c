/* Profiles as people read them, and what two of them differ in. SPDX-License-Identifier: MIT */
#include "show.h"

#include <inttypes.h>
#include <string.h>

void text_add_safe(struct text *out, const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			text_add(out, "\\x%02x", *p);
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) { /* C1: a terminal may take the second byte alone */
			text_add(out, "\\x%02x\\x%02x", p[0], p[1]);
			p++;
		}
		else
			text_add_bytes(out, p, 1);
}

static void show_runs(const struct profile *p, struct text *out)
{
	for (size_t i = 0; i < profile_run_count(p); i++) {
		const struct run *run = profile_run(p, i);
		text_add(out, "run %zu  ", i);
		text_add_safe(out, run->started != NULL ? run->started : "");
		text_add(out, "  ");
		text_add_safe(out, run->mode != NULL ? run->mode : "");
		text_add(out, "  ");
		text_add_safe(out, run->exit != NULL ? run->exit : "did not end");
		if (run->label != NULL) {
			text_add(out, "  [");
			text_add_safe(out, run->label);
			text_add(out, "]");
		}
		text_add(out, "  $");
		for (size_t k = 0; k < run->command.count; k++) {
			text_add(out, " ");
			text_add_safe(out, run->command.items[k]);
		}
		text_add(out, "\n");
	}
	for (size_t i = 0; i < profile_program_count(p); i++) {
		text_add(out, "program %zu  ", i);
		text_add_safe(out, profile_program(p, i)->path);
		text_add(out, "\n");
	}
}

/* Whether a run's counts are lower bounds. */
static bool any_quiet(const struct profile *p)
{
	for (size_t i = 0; i < profile_run_count(p); i++)
		if (profile_run(p, i)->mode != NULL && strcmp(profile_run(p, i)->mode, "quiet") == 0)
			return true;
	return false;
}

int profile_show(const struct profile *p, struct text *out)
{
	show_runs(p, out);
	const struct fact *last = NULL;
	uint64_t total = 0;
	size_t calls = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		if (last == NULL || last->key.phase != f->key.phase || last->key.arch != f->key.arch)
			text_add(out, "\n%s, %s\n", phase_name(f->key.phase), arch_name(f->key.arch));
		calls += last == NULL || last->key.nr != f->key.nr || last->key.arch != f->key.arch ||
			 last->key.phase != f->key.phase;
		text_add(out, "%10" PRIu64 "  ", fact_total(f));
		fact_text(f, out);
		text_add(out, "\n");
		total += fact_total(f);
		last = f;
	}
	text_add(out, "\n%zu facts, %zu distinct calls by phase, %s%" PRIu64 " calls in %zu runs\n", profile_fact_count(p),
		 calls, any_quiet(p) ? "at least " : "", total, profile_run_count(p));
	return 0;
}

static void diff_line(char sign, const struct fact *f, struct text *out)
{
	text_add(out, "%c %s %s ", sign, phase_name(f->key.phase), arch_name(f->key.arch));
	fact_text(f, out);
	text_add(out, "\n");
}

int profile_diff(const struct profile *old, const struct profile *new, struct text *out, struct error *e)
{
	int differ = 0;
	for (size_t i = 0, k = 0; i < profile_fact_count(old) || k < profile_fact_count(new);) {
		const struct fact *a = i < profile_fact_count(old) ? profile_fact(old, i) : NULL;
		const struct fact *b = k < profile_fact_count(new) ? profile_fact(new, k) : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : fact_compare(a, b);
		if (order < 0)
			diff_line('-', a, out);
		else if (order > 0)
			diff_line('+', b, out);
		bool wider = order == 0 && a->wide && (memcmp(a->bits, b->bits, sizeof(a->bits)) != 0 ||
						       memcmp(a->min, b->min, sizeof(a->min)) != 0 ||
						       memcmp(a->max, b->max, sizeof(a->max)) != 0);
		if (wider)
			diff_line('~', b, out);
		differ |= order != 0 || wider;
		i += order <= 0;
		k += order >= 0;
	}
	return out->failed ? error_memory(e) : differ;
}
