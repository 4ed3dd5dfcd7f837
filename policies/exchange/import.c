/* Makes a profile of rows: what merge makes of the profiles of the same runs. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/exchange/rows_read.h"

/* What is made of rows. */
struct builder {
	struct rows *rows;
	struct profile *narrow, *wide; /* the facts that are wide, apart: only a union joins them with others of their group */
	uint32_t *stacks;	       /* pool → profile */
};

static int at_row(const struct row_place *place, struct error *e)
{
	error_prefix(e, "%s: line %zu: ", place->file, place->line);
	return e->code;
}

/* Finds what a row refers to. NULL: its row is not among those that were read. */
static const struct named *referred(const struct rows *r, uint32_t name, enum key_kind kind, const char *what,
				    const struct row_place *place, struct error *e)
{
	char key[ROW_KEY_TEXT];
	const struct named *named = &r->keys.items[name];
	if (named->kind == kind)
		return named;
	row_key_text(&named->key, key);
	error_set(e, ERR_INPUT, "refers to the %s %s, whose row is missing; let the query return it too", what, key);
	at_row(place, e);
	return NULL;
}

/* The position of a program in the profile, added if new. */
static int add_program(struct builder *b, uint32_t name, const struct row_place *place, struct error *e)
{
	const struct named *named = referred(b->rows, name, KEY_PROGRAM, "program", place, e);
	if (named == NULL)
		return e->code;
	const struct program *program = profile_program(b->rows->pool, named->at);
	return profile_add_program(b->narrow, program->path, program->build_id, e);
}

/* The programs of a run, and which started which. */
static int add_programs(struct builder *b, const struct run_row *row, struct error *e)
{
	for (size_t i = 0; i < row->programs.count; i++) {
		const struct named *named = referred(b->rows, row->programs.items[i], KEY_PROGRAM_ROW, "program", &row->place, e);
		if (named == NULL)
			return e->code;
		const struct program_row *program = &b->rows->programs.items[named->at];
		int at = add_program(b, program->program, &row->place, e);
		for (size_t k = 0; at >= 0 && k < program->started_by.count; k++) {
			int by = add_program(b, program->started_by.items[k], &row->place, e);
			if (by < 0 || profile_program_started(b->narrow, (uint32_t)at, (uint32_t)by, e) < 0)
				return e->code;
		}
		if (at < 0)
			return at;
	}
	return 0;
}

static int add_run(struct builder *b, const struct run_row *row, struct error *e)
{
	const char *phase_at = profile_phase_at(b->narrow);
	if (profile_run_count(b->narrow) > 0 && strcmp(null_as_empty(phase_at), null_as_empty(row->run.phase_at)) != 0) {
		error_set(e, ERR_INPUT,
			  "run %.80s has %s%s, and the runs before have %s%s: a call of main in one may be a call "
			  "of serve in the other; let the query return one kind",
			  row->run.id, row->run.phase_at != NULL ? "a phase serve from " : "no phase serve", null_as_empty(row->run.phase_at),
			  phase_at != NULL ? "one from " : "none", null_as_empty(phase_at));
		return at_row(&row->place, e);
	}
	int at = profile_take_run(b->narrow, &row->run, "rows", e);
	if (at < 0)
		return at_row(&row->place, e);
	b->rows->keys.items[row->id].at = (uint32_t)at;
	return add_programs(b, row, e);
}

/* Gives a fact its programs and stacks, once. */
static int fill_fact(struct builder *b, struct fact_row *row, const struct row_place *place, struct error *e)
{
	for (size_t i = 0; i < row->programs.count; i++) {
		int at = add_program(b, row->programs.items[i], place, e);
		if (at < 0 || !positions_add(&row->f.programs, (uint32_t)at))
			return at < 0 ? at : error_memory(e);
	}
	for (size_t i = 0; i < row->stacks.count; i++) {
		const struct named *stack = referred(b->rows, row->stacks.items[i], KEY_STACK, "stack", place, e);
		if (stack == NULL)
			return e->code;
		if (!fact_add_stack(&b->narrow->stacks, &row->f, b->stacks[stack->at]))
			return error_memory(e);
	}
	row->filled = true;
	return 0;
}

static int order_seen(const void *a, const void *b)
{
	const struct seen_row *x = a, *y = b;
	int order = x->run < y->run ? -1 : x->run > y->run;
	return order != 0 ? order : x->fact < y->fact ? -1 : x->fact > y->fact;
}

/* Keeps the seen rows of the runs that are there, and puts them into the order of the profile's runs: each fact's list of runs
 * then grows at its end. */
static void choose_seen(struct rows *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->seen.count; i++) {
		struct seen_row row = r->seen.items[i];
		if (r->keys.items[row.run].kind != KEY_RUN)
			continue;
		row.run = r->keys.items[row.run].at;
		r->seen.items[kept++] = row;
	}
	r->seen.count = kept;
	if (kept > 1)
		qsort(r->seen.items, kept, sizeof(r->seen.items[0]), order_seen);
}

/* Prepares all facts that are needed, so that both profiles can have all runs, programs and stacks before the first fact. */
static int fill_facts(struct builder *b, struct error *e)
{
	for (size_t i = 0; i < b->rows->seen.count; i++) {
		const struct seen_row *row = &b->rows->seen.items[i];
		const struct named *named = referred(b->rows, row->fact, KEY_FACT, "fact", &row->place, e);
		if (named == NULL)
			return e->code;
		struct fact_row *fact = &b->rows->facts.items[named->at];
		if (!fact->filled && fill_fact(b, fact, &row->place, e) < 0)
			return e->code;
	}
	return 0;
}

/* Gives the profile of wide facts what the other one has: the same positions mean the same. */
static int copy_parts(struct profile *to, const struct profile *from, struct error *e)
{
	uint32_t *map = NULL;
	if (profile_copy_parts(to, from, e) == 0)
		stack_table_add_all(&to->stacks, &from->stacks, &map, e);
	free(map);
	return e->code;
}

static int add_facts(struct builder *b, struct error *e)
{
	if (copy_parts(b->wide, b->narrow, e) < 0)
		return e->code;
	for (size_t i = 0; i < b->rows->seen.count; i++) {
		const struct seen_row *row = &b->rows->seen.items[i];
		const struct fact *f = &b->rows->facts.items[b->rows->keys.items[row->fact].at].f;
		struct fact_run run = {row->run, row->count, row->first};
		if (profile_take_fact(f->wide ? b->wide : b->narrow, f, &run, e) < 0)
			return e->code;
	}
	return 0;
}

/* Each run must have as many facts as its row says: a part of them would be a profile that nobody recorded. */
static int check_counts(const struct builder *b, struct error *e)
{
	uint64_t *counts = calloc(b->narrow->runs.count + 1, sizeof(*counts));
	if (counts == NULL)
		return error_memory(e);
	for (int wide = 0; wide < 2; wide++) {
		const struct profile *p = wide ? b->wide : b->narrow;
		for (size_t i = 0; i < p->facts.count; i++)
			for (size_t k = 0; k < p->facts.items[i].runs.count; k++)
				counts[p->facts.items[i].runs.items[k].run]++;
	}
	for (size_t i = 0; i < b->rows->runs.count; i++) {
		const struct run_row *row = &b->rows->runs.items[i];
		uint64_t there = counts[b->rows->keys.items[row->id].at];
		if (there >= row->facts)
			continue;
		error_set(e, ERR_INPUT, "run %.80s has %" PRIu64 " facts, and rows of %" PRIu64 " are there; let the query return all "
			  "of them, after all are loaded", row->run.id, row->facts, there);
		at_row(&row->place, e);
		break;
	}
	free(counts);
	return e->code;
}

static int build(struct builder *b, struct error *e)
{
	for (size_t i = 0; i < b->rows->runs.count; i++)
		if (add_run(b, &b->rows->runs.items[i], e) < 0)
			return e->code;
	if (stack_table_add_all(&b->narrow->stacks, &b->rows->pool->stacks, &b->stacks, e) < 0)
		return e->code;
	choose_seen(b->rows);
	if (fill_facts(b, e) < 0 || add_facts(b, e) < 0 || check_counts(b, e) < 0)
		return e->code;
	return profile_merge(b->narrow, b->wide, e);
}

static int read_files(const struct import_file *files, size_t n, struct rows *r, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		struct lines l = {.file = &files[i]};
		while (e->code == 0 && lines_next(&l)) {
			const char *bytes = text_string(&l.text);
			if (bytes[strspn(bytes, " \t")] != '\0')
				row_read(r, bytes, l.text.count, &(struct row_place){files[i].name, l.number}, e);
		}
		if (l.text.failed)
			error_memory(e);
		text_free(&l.text);
	}
	if (e->code == 0 && r->runs.count == 0)
		error_set(e, ERR_INPUT, "%s: has no row of a run; a profile is made of runs", files[0].name);
	return e->code;
}

int import_rows(const struct import_file *files, size_t n, const struct import_options *options, struct import_result *out,
		struct text *warnings, struct error *e)
{
	struct rows rows = {0};
	struct builder b = {.rows = &rows};
	(void)warnings;
	if (options->label != NULL)
		return error_set(e, ERR_INPUT, "--label: rows have the labels of their runs; leave it out");
	if (read_files(files, n, &rows, e) == 0) {
		b.narrow = profile_new();
		b.wide = profile_new();
		if (b.narrow == NULL || b.wide == NULL)
			error_memory(e);
		else
			build(&b, e);
	}
	profile_free(b.wide);
	free(b.stacks);
	rows_clear(&rows);
	if (e->code == 0)
		out->profile = b.narrow;
	else
		profile_free(b.narrow);
	return e->code;
}
