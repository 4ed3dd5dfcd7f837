/* The answer in one sentence: what the program may do, what is dangerous in it, and how complete the
 * profile is. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/report/report_parts.h"

/* Returns whether a fact meets the conditions of a row. A wide fact has no values of its own, so it
 * only meets rows without conditions. */
static bool meets(const struct fact *f, const struct capability_bits *bits, size_t n)
{
	return f->wide ? n == 0 : capability_meets(bits, n, f->key.values, f->key.args);
}

/* Notes the classes that a row shows by the facts of a call, and the first run of each. */
static void note_classes(struct report *r, const struct capability_row *row, const struct report_call *c)
{
	struct capability_bits bits[CAPABILITY_CONDITIONS];
	size_t n;
	if (!capability_row_bits(row, c->arch, c->name, bits, &n))
		return;
	for (size_t i = 0; i < c->facts.count; i++) {
		const struct fact *f = profile_fact(r->profile, c->facts.items[i]);
		size_t first = fact_first_run(f);
		if (!meets(f, bits, n))
			continue;
		for (int k = 0; k < CAPABILITY_COUNT; k++)
			if ((row->classes & CAPABILITY_BIT(k)) && (!(r->classes & CAPABILITY_BIT(k)) || first < r->class_run[k])) {
				r->classes |= CAPABILITY_BIT(k);
				r->class_run[k] = first;
			}
	}
}

static int by_level(const void *a, const void *b)
{
	const struct thing *x = a, *y = b;
	if (x->loading != y->loading)
		return x->loading - y->loading;
	if (x->danger->level != y->danger->level)
		return x->danger->level - y->danger->level;
	int order = strcmp(x->danger->syscall, y->danger->syscall);
	return order != 0 ? order : x->danger < y->danger ? -1 : x->danger > y->danger;
}

/* Adds the dangers of a call. A caution that only phase `load` shows is what every dynamic program
 * does before its own code runs: it is set apart. */
static int add_things(struct report *r, const struct report_call *c, struct error *e)
{
	size_t n;
	const struct danger *d = c->dangers != 0 ? abi_dangers(c->name, &n) : NULL;
	for (size_t i = 0; d != NULL && i < n; i++) {
		struct thing t = {.danger = &d[i], .call = c, .first_run = SIZE_MAX, .loading = d[i].level == DANGER_CAUTION};
		for (size_t k = 0; k < c->facts.count; k++) {
			const struct fact *f = profile_fact(r->profile, c->facts.items[k]);
			if (!fact_is_dangerous(f, &d[i]))
				continue;
			if (t.facts++ == 0 || (f->key.phase != PHASE_LOAD && t.loading))
				t.fact = f;
			t.loading &= f->key.phase == PHASE_LOAD;
			t.first_run = fact_first_run(f) < t.first_run ? fact_first_run(f) : t.first_run;
		}
		if (t.facts > 0 && !vec_push(&r->things, t))
			return error_memory(e);
	}
	return 0;
}

int report_judge(struct report *r, struct error *e)
{
	size_t rows;
	const struct capability_row *row = abi_capability_rows(&rows);
	for (size_t k = 0; k < r->calls.count; k++) {
		for (size_t i = 0; i < rows; i++)
			if (row[i].shows && capability_row_has(&row[i], r->calls.items[k].name))
				note_classes(r, &row[i], &r->calls.items[k]);
		if (add_things(r, &r->calls.items[k], e) < 0)
			return e->code;
	}
	for (size_t i = 0; i < r->facts; i++)
		for (int phase = PHASE_MAIN; phase < PHASE_COUNT; phase++)
			r->executes |= fact_executes(profile_fact(r->profile, i), (enum phase)phase);
	if (r->things.count > 0)
		qsort(r->things.items, r->things.count, sizeof(*r->things.items), by_level);
	while (r->to_look_at < r->things.count && !r->things.items[r->to_look_at].loading)
		r->to_look_at++;
	return 0;
}

static bool uses(const struct report *r, enum capability c)
{
	return r->classes & CAPABILITY_BIT(c);
}

static const char *network_words(const struct report *r)
{
	bool internet = uses(r, CAPABILITY_STREAMS) || uses(r, CAPABILITY_DATAGRAMS);
	if (internet)
		return uses(r, CAPABILITY_ACCEPT) ? "may serve and reach the internet" : "may reach the internet as a client";
	if (uses(r, CAPABILITY_LOCAL))
		return uses(r, CAPABILITY_ACCEPT) ? "serves local sockets, opens none to the internet"
						  : "connects to local sockets, opens none to the internet";
	for (size_t i = 0; i < r->calls.count; i++)
		if (strcmp(r->calls.items[i].name, "socket") == 0 || strcmp(r->calls.items[i].name, "socketcall") == 0)
			return "opens sockets of a special kind";
	return uses(r, CAPABILITY_SOCKETS) ? "uses sockets that it is given, opens none" : "opens no sockets";
}

static const char *file_words(const struct report *r)
{
	if (uses(r, CAPABILITY_CREATE))
		return uses(r, CAPABILITY_WRITE) ? "writes, creates and removes files" : "creates and removes files";
	return uses(r, CAPABILITY_WRITE)   ? "reads and writes files"
	       : uses(r, CAPABILITY_READ)  ? "reads files but writes none"
					   : "opens no files";
}

static const char *program_words(const struct report *r)
{
	return r->executes			? "starts other programs"
	       : uses(r, CAPABILITY_PROCESSES) ? "starts processes but no other programs"
	       : uses(r, CAPABILITY_THREADS)   ? "starts threads but no other programs"
					       : "starts no programs";
}

/* Appends how complete the profile is. */
static void sureness_text(const struct report *r, struct text *out)
{
	double chance;
	size_t runs, all = runs_unprovoked(r->profile);
	if (confidence_chance(&r->confidence, &chance, &runs)) {
		double high = r->confidence.estimated ? r->confidence.of.news_within.high : r->confidence.row.news_within.high;
		if (chance > 0)
			chance_text(chance, "run", out);
		else { /* few runs that all were alike say little: then the upper end is what is known */
			text_add(out, "at most ");
			at_most_text(high, "run", out);
		}
		text_add(out, " would still show something new");
		if (chance > 0 && high <= 0.9) {
			text_add(out, " (95 %%: at most ");
			at_most_text(high, "run", out);
			text_add(out, ")");
		}
	} else {
		text_add(out, "how complete this is cannot be told from ");
		plural(out, all, "run");
		if (r->confidence.explored > 0)
			text_add(out, " (explored ones do not count)");
		text_add(out, all < ESTIMATE_RUNS ? ": record at least %d" : " that report only what was new: record %d with --fresh",
			 ESTIMATE_RUNS);
	}
}

/* Appends what the program may do. */
static void may_text(const struct report *r, struct text *out)
{
	if (r->facts == 0)
		text_add(out, "no call was seen yet");
	else
		text_add(out, "%s, %s, %s", network_words(r), file_words(r), program_words(r));
}

/* Appends how much of it is dangerous. */
static void looking_text(const struct report *r, struct text *out)
{
	size_t levels[3] = {0};
	for (size_t i = 0; i < r->to_look_at; i++)
		levels[r->things.items[i].danger->level]++;
	if (r->to_look_at == 0)
		text_add(out, "nothing to look at");
	else
		plural(out, r->to_look_at, "thing");
	text_add(out, r->to_look_at > 0 ? " to look at" : "");
	if (levels[DANGER_ESCAPE] > 0)
		text_add(out, levels[DANGER_ESCAPE] == 1 ? ", one of them a way out of the sandbox" : ", %zu of them ways out of the sandbox",
			 levels[DANGER_ESCAPE]);
	else if (levels[DANGER_SURFACE] > 0)
		text_add(out, ", %zu of them in kernel code that is often attacked", levels[DANGER_SURFACE]);
}

/* Begins a sentence with a capital letter (of ASCII: the words are ours). */
static void capital(struct text *t, size_t at)
{
	if (at < t->count && t->bytes[at] >= 'a' && t->bytes[at] <= 'z')
		t->bytes[at] = (char)(t->bytes[at] - 'a' + 'A');
}

void verdict_text(const struct report *r, struct text *out)
{
	size_t at = out->count;
	may_text(r, out);
	capital(out, at);
	if (r->facts > 0) {
		text_add(out, "; ");
		looking_text(r, out);
		text_add(out, "; ");
		sureness_text(r, out);
	}
	text_add(out, ".");
}
