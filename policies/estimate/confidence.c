/* Chooses the runs and facts that estimates are computed from. SPDX-License-Identifier: MIT */
#include "policies/estimate/confidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOT_COMPLETE UINT32_MAX

/* A call with its arguments. The loader, the program, or several of its phases may make it; it
 * counts once. */
struct behaviour {
	const struct fact *facts[PHASE_COUNT]; /* the first is always set */
	uint32_t earliest;		       /* the place, in the order of time, of the first run that had it */
};

struct work {
	const struct profile *profile;
	VEC(struct behaviour) seen;
	const struct run_clusters *clusters;
	uint32_t *units;    /* by cluster: its index among those with a complete run, or NOT_COMPLETE */
	uint32_t *complete; /* by run: its cluster's index, or NOT_COMPLETE if the run is not complete */
	VEC(uint32_t) runs; /* scratch space for the indices of one behaviour */
	uint32_t *taken;    /* by index: the last behaviour that took it */
	uint32_t behaviour; /* counts these */
	bool *news;
};

static int compare_behaviour(const struct fact *a, const struct fact *b)
{
	struct fact x = *a, y = *b;
	x.key.phase = y.key.phase = PHASE_MAIN;
	return fact_compare(&x, &y);
}

/* Facts are sorted by phase, and alike within each phase: so the phases are sorted lists to be
 * joined. */
static bool join_phases(struct work *w)
{
	size_t n = profile_fact_count(w->profile), at[PHASE_COUNT + 1] = {0};
	for (int phase = 0; phase < PHASE_COUNT; phase++) {
		size_t end = at[phase];
		while (end < n && profile_fact(w->profile, end)->key.phase == phase)
			end++;
		at[phase + 1] = end;
	}
	size_t ends[PHASE_COUNT];
	memcpy(ends, at + 1, sizeof(ends));
	for (;;) {
		const struct fact *next = NULL;
		for (int phase = 0; phase < PHASE_COUNT; phase++)
			if (at[phase] < ends[phase] &&
			    (next == NULL || compare_behaviour(profile_fact(w->profile, at[phase]), next) < 0))
				next = profile_fact(w->profile, at[phase]);
		if (next == NULL)
			return true;
		struct behaviour all = {.earliest = UINT32_MAX};
		size_t count = 0;
		for (int phase = 0; phase < PHASE_COUNT; phase++)
			if (at[phase] < ends[phase] && compare_behaviour(profile_fact(w->profile, at[phase]), next) == 0)
				all.facts[count++] = profile_fact(w->profile, at[phase]++);
		bool explored = true;
		for (size_t i = 0; i < count; i++)
			explored &= fact_is_explored(w->profile, all.facts[i]);
		if (!explored && !vec_push(&w->seen, all))
			return false;
	}
}

static bool place_runs(struct work *w, struct confidence *out)
{
	size_t n = profile_run_count(w->profile);
	w->complete = malloc((n + 1) * sizeof(*w->complete));
	w->units = malloc((out->clusters.all + 1) * sizeof(*w->units));
	w->taken = calloc(n + 1, sizeof(*w->taken));
	w->news = calloc(n + CONFIDENCE_SPANS, sizeof(*w->news));
	if (w->complete == NULL || w->units == NULL || w->taken == NULL || w->news == NULL)
		return false;
	memset(w->units, 0xff, (out->clusters.all + 1) * sizeof(*w->units));
	for (size_t i = 0; i < n; i++) {
		uint32_t *unit = &w->units[out->clusters.of[i]];
		bool complete = run_is_complete(profile_run(w->profile, i));
		if (complete && *unit == NOT_COMPLETE)
			*unit = (uint32_t)out->complete++;
		w->complete[i] = complete ? *unit : NOT_COMPLETE;
	}
	return true;
}

static bool add_behaviour(struct work *w, const struct behaviour *b, struct incidence *x)
{
	size_t at[PHASE_COUNT] = {0};
	w->runs.count = 0;
	w->behaviour++;
	for (;;) {
		uint32_t next = UINT32_MAX;
		for (int i = 0; i < PHASE_COUNT && b->facts[i] != NULL; i++)
			if (at[i] < b->facts[i]->runs.count && b->facts[i]->runs.items[at[i]].run < next)
				next = b->facts[i]->runs.items[at[i]].run;
		if (next == UINT32_MAX)
			break;
		for (int i = 0; i < PHASE_COUNT && b->facts[i] != NULL; i++)
			at[i] += at[i] < b->facts[i]->runs.count && b->facts[i]->runs.items[at[i]].run == next;
		uint32_t unit = w->complete[next];
		if (unit == NOT_COMPLETE || w->taken[unit] == w->behaviour)
			continue;
		w->taken[unit] = w->behaviour;
		if (!vec_push(&w->runs, unit))
			return false;
	}
	return incidence_add(x, w->runs.items, w->runs.count);
}

/* The facts in total, and the curve: twenty points up to the number of runs, ten up to twice as
 * many. */
static bool estimate_all(struct work *w, struct confidence *out, struct incidence *x)
{
	enum { WITHIN = 20, BEYOND = 10 };
	bool fine = true;
	for (size_t i = 0; fine && i < w->seen.count; i++)
		fine = add_behaviour(w, &w->seen.items[i], x);
	if (!fine)
		return false;
	out->estimated = estimate(x, &out->of) && x->facts > 0;
	double all = (double)out->complete, last = 0;
	for (int i = 1; out->estimated && i <= WITHIN + BEYOND; i++) {
		struct curve_point at = {
		    .runs =
			fmax(round(all * (i <= WITHIN ? i / (double)WITHIN : 1 + (i - WITHIN) / (double)BEYOND)), 1)};
		if (at.runs == last)
			continue;
		last = at.runs;
		at.facts = estimate_curve(x, &out->of, at.runs, &at.deviation);
		if (!vec_push(&out->curve, at))
			return false;
	}
	return true;
}

/* The names of the arguments that a call's facts record. */
static char *about_text(const struct fact *f, unsigned args)
{
	struct text out = {0};
	const struct syscall_desc *call = abi_by_nr(f->key.arch, f->key.nr);
	for (unsigned i = 0; i < 6; i++)
		if ((args >> i & 1) != 0)
			text_add(&out, "%s%s", out.count > 0 ? ", " : "", syscall_arg_name(call, i));
	return out.bytes;
}

static bool push_part(struct confidence_part part, struct confidence *out, bool is_call)
{
	if (part.name != NULL && (is_call ? vec_push(&out->calls, part) : vec_push(&out->programs, part)))
		return true;
	free(part.name);
	free(part.about);
	return false;
}

static bool estimate_calls(struct work *w, struct confidence *out, struct incidence *x)
{
	for (size_t i = 0, next; i < w->seen.count; i = next) {
		const struct fact *f = w->seen.items[i].facts[0], *g = f;
		unsigned args = 0;
		incidence_clear(x);
		for (next = i; next < w->seen.count; next++) {
			g = w->seen.items[next].facts[0];
			if (g->key.arch != f->key.arch || g->key.nr != f->key.nr)
				break;
			args |= g->key.args;
			if (!add_behaviour(w, &w->seen.items[next], x))
				return false;
		}
		char buffer[32];
		struct text name = {0};
		struct confidence_part part = {.about = about_text(f, args)};
		text_add(&name, "%s%s%s", fact_name(f, buffer, sizeof(buffer)),
			 f->key.arch != ARCH_NATIVE ? " of " : "",
			 f->key.arch != ARCH_NATIVE ? arch_name(f->key.arch) : "");
		part.name = name.bytes;
		estimate(x, &part.of);
		if (x->facts == 0) { /* only warm runs have it */
			free(part.name);
			free(part.about);
		} else if (!push_part(part, out, true)) {
			return false;
		}
	}
	return true;
}

static bool is_in(const position_list *before, uint32_t program)
{
	size_t low = 0, high = before->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (before->items[middle] == program)
			return true;
		*(before->items[middle] < program ? &low : &high) =
		    before->items[middle] < program ? middle + 1 : middle;
	}
	return false;
}

/* Adds a program of a behaviour, once even if several phases have it. */
static bool is_again(const struct behaviour *b, int phase, uint32_t program)
{
	bool again = false;
	for (int before = 0; before < phase && !again; before++)
		again = is_in(&b->facts[before]->programs, program);
	return again;
}

/* Walks the programs of all behaviours: counts them into ends[program], or stores the behaviours'
 * positions there. */
static void walk_programs(const struct work *w, size_t *ends, size_t *list)
{
	for (size_t i = 0; i < w->seen.count; i++)
		for (int phase = 0; phase < PHASE_COUNT && w->seen.items[i].facts[phase] != NULL; phase++) {
			const position_list *of = &w->seen.items[i].facts[phase]->programs;
			for (size_t k = 0; k < of->count; k++) {
				if (is_again(&w->seen.items[i], phase, of->items[k]))
					continue;
				if (list != NULL)
					list[ends[of->items[k]]] = i;
				ends[of->items[k]]++;
			}
		}
}

static bool estimate_program(struct work *w, struct confidence *out, struct incidence *x, size_t program,
			     const size_t *list, size_t n)
{
	bool fine = true;
	incidence_clear(x);
	for (size_t i = 0; fine && i < n; i++)
		fine = add_behaviour(w, &w->seen.items[list[i]], x);
	struct confidence_part part = {0};
	if (!fine || x->facts == 0)
		return fine;
	part.name = strdup(profile_program(w->profile, program)->path);
	estimate(x, &part.of);
	return push_part(part, out, false);
}

static bool estimate_programs(struct work *w, struct confidence *out, struct incidence *x)
{
	size_t n = profile_program_count(w->profile), all = 0;
	size_t *ends = calloc(n + 1, sizeof(*ends)), *list = NULL;
	if (ends == NULL)
		return false;
	walk_programs(w, ends, NULL);
	for (size_t i = 0; i < n; i++) { /* counts become beginnings; the second walk turns these into ends */
		size_t count = ends[i];
		ends[i] = all;
		all += count;
	}
	bool fine = (list = calloc(all + 1, sizeof(*list))) != NULL;
	if (fine)
		walk_programs(w, ends, list);
	for (size_t i = 0, from = 0; fine && i < n; from = ends[i++])
		fine = estimate_program(w, out, x, i, list + from, ends[i] - from);
	free(list);
	free(ends);
	return fine;
}

static int order_parts(const void *a, const void *b)
{
	const struct confidence_part *x = a, *y = b;
	if (x->of.once != y->of.once)
		return x->of.once > y->of.once ? -1 : 1;
	if (x->of.facts != y->of.facts)
		return x->of.facts > y->of.facts ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Finds the runs, in the order of time, that had a fact that no earlier run had. */
static void estimate_runs(struct work *w, struct confidence *out)
{
	for (size_t i = 0; i < w->seen.count; i++) {
		struct behaviour *b = &w->seen.items[i];
		for (int phase = 0; phase < PHASE_COUNT && b->facts[phase] != NULL; phase++)
			for (size_t k = 0; k < b->facts[phase]->runs.count; k++) {
				uint32_t run = b->facts[phase]->runs.items[k].run, place = w->clusters->place[run];
				if (!run_is_explored(profile_run(w->profile, run)))
					b->earliest = place < b->earliest ? place : b->earliest;
			}
		w->news[b->earliest] = true;
	}
	out->row_estimated = estimate_row(w->news, out->runs, &out->row) && w->seen.count > 0;
}

/* When a run first saw a behaviour; 0: unknown. */
static uint64_t first_in(const struct behaviour *b, size_t run)
{
	uint64_t first = 0;
	for (int phase = 0; phase < PHASE_COUNT && b->facts[phase] != NULL; phase++)
		for (size_t k = 0; k < b->facts[phase]->runs.count; k++) {
			const struct fact_run *r = &b->facts[phase]->runs.items[k];
			if (r->run == run && r->first > 0 && (first == 0 || r->first < first))
				first = r->first;
		}
	return first;
}

/* Cuts the longest run into equal spans, if it says when it first saw its facts. A warm run reports
 * only new facts, perhaps none: then all its spans are without news. */
static void estimate_spans(struct work *w, struct confidence *out)
{
	size_t run = 0, told = 0, untold = 0;
	while (run < profile_run_count(w->profile) && run_is_explored(profile_run(w->profile, run)))
		run++;
	for (size_t i = run + 1; i < profile_run_count(w->profile); i++)
		if (!run_is_explored(profile_run(w->profile, i)) &&
		    profile_run(w->profile, i)->lasted > profile_run(w->profile, run)->lasted)
			run = i;
	uint64_t lasted = out->runs > 0 ? profile_run(w->profile, run)->lasted : 0;
	if (lasted < PROFILE_TIMED_MS)
		return;
	memset(w->news, 0, CONFIDENCE_SPANS * sizeof(*w->news));
	for (size_t i = 0; i < w->seen.count; i++) {
		const struct behaviour *b = &w->seen.items[i];
		uint64_t first = first_in(b, run);
		if (w->complete[run] == NOT_COMPLETE && b->earliest != w->clusters->place[run])
			continue;
		if (first == 0) {
			untold += b->earliest == w->clusters->place[run];
			continue;
		}
		double span = floor((double)(first - 1) * CONFIDENCE_SPANS / (double)lasted);
		w->news[(size_t)fmin(span, CONFIDENCE_SPANS - 1)] = true;
		told++;
	}
	if (told == 0 && (untold > 0 || w->complete[run] != NOT_COMPLETE || w->seen.count == 0))
		return;
	out->span_run = run;
	out->span_ms = lasted / CONFIDENCE_SPANS;
	out->spans_estimated = estimate_row(w->news, CONFIDENCE_SPANS, &out->spans);
}

int confidence_make(const struct profile *p, struct confidence *out, struct error *e)
{
	return confidence_make_by(p, NULL, out, e);
}

int confidence_make_by(const struct profile *p, const char *word, struct confidence *out, struct error *e)
{
	struct work w = {.profile = p, .clusters = &out->clusters};
	struct incidence x = {0};
	*out = (struct confidence){.profile = p};
	if (run_clusters_make(p, word, &out->clusters, e) < 0)
		return e->code;
	out->runs = out->clusters.count;
	out->explored = profile_run_count(p) - runs_unprovoked(p);
	bool fine = place_runs(&w, out) && join_phases(&w) && incidence_make(&x, out->complete) &&
		    estimate_all(&w, out, &x) && estimate_calls(&w, out, &x) && estimate_programs(&w, out, &x);
	if (fine) {
		estimate_runs(&w, out);
		if (word == NULL)
			estimate_spans(&w, out);
		out->facts = w.seen.count;
		for (size_t i = 0; i < w.seen.count; i++)
			out->wide += w.seen.items[i].facts[0]->wide;
		if (out->calls.count > 1)
			qsort(out->calls.items, out->calls.count, sizeof(*out->calls.items), order_parts);
		if (out->programs.count > 1)
			qsort(out->programs.items, out->programs.count, sizeof(*out->programs.items), order_parts);
	}
	incidence_free(&x);
	vec_free(&w.seen);
	vec_free(&w.runs);
	free(w.units);
	free(w.complete);
	free(w.taken);
	free(w.news);
	return fine ? 0 : error_memory(e);
}

bool confidence_chance(const struct confidence *c, double *chance, size_t *runs)
{
	*chance = c->estimated ? c->of.news : c->row.news;
	*runs = c->estimated ? c->complete : c->runs;
	return c->estimated || c->row_estimated;
}

void confidence_clear(struct confidence *c)
{
	run_clusters_clear(&c->clusters);
	for (size_t i = 0; i < c->calls.count; i++) {
		free(c->calls.items[i].name);
		free(c->calls.items[i].about);
	}
	for (size_t i = 0; i < c->programs.count; i++)
		free(c->programs.items[i].name);
	vec_free(&c->calls);
	vec_free(&c->programs);
	vec_free(&c->curve);
}
