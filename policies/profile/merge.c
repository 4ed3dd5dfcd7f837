/* Sorts a profile into its canonical order, and unites two profiles.
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/profile/profile_parts.h"

static int order_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int order = strcmp(null_as_empty(x->started), null_as_empty(y->started));
	return order != 0 ? order : strcmp(x->id, y->id);
}

static int order_programs(const void *a, const void *b)
{
	const struct program *x = a, *y = b;
	int order = strcmp(x->path, y->path);
	return order != 0 ? order : strcmp(null_as_empty(x->build_id), null_as_empty(y->build_id));
}

static int order_facts(const void *a, const void *b)
{
	return fact_compare(a, b);
}

/* Sorts an array of `size`-byte items and returns their new positions, by old position. NULL: no
 * memory. */
static uint32_t *sort_map(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
	uint32_t *map = calloc(count + 1, sizeof(*map));
	char *tagged = malloc((count + 1) * (size + sizeof(uint64_t)));
	if (map == NULL || tagged == NULL) {
		free(map);
		free(tagged);
		return NULL;
	}
	size_t stride = size + sizeof(uint64_t);
	for (size_t i = 0; i < count; i++) {
		uint64_t old = i;
		memcpy(tagged + i * stride, (char *)items + i * size, size);
		memcpy(tagged + i * stride + size, &old, sizeof(old));
	}
	qsort(tagged, count, stride, order);
	for (size_t i = 0; i < count; i++) {
		uint64_t old;
		memcpy((char *)items + i * size, tagged + i * stride, size);
		memcpy(&old, tagged + i * stride + size, sizeof(old));
		map[old] = (uint32_t)i;
	}
	free(tagged);
	return map;
}

static int order_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static int order_fact_runs(const void *a, const void *b)
{
	const struct fact_run *x = a, *y = b;
	return x->run < y->run ? -1 : x->run > y->run;
}

static void renumber_list(position_list *list, const uint32_t *map)
{
	for (size_t i = 0; i < list->count; i++)
		list->items[i] = map[list->items[i]];
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(uint32_t), order_numbers);
}

/* A call that had not ended when the last of its runs was finished will never end. */
static void settle(struct profile *p)
{
	for (size_t i = 0; i < p->facts.count; i++) {
		struct fact *f = &p->facts.items[i];
		bool unfinished = false;
		for (size_t k = 0; !unfinished && f->outcome == OUTCOME_NONE && k < f->runs.count; k++)
			unfinished = p->runs.items[f->runs.items[k].run].unfinished;
		if (f->outcome == OUTCOME_NONE && !unfinished)
			f->outcome = OUTCOME_ANY;
	}
}

/* Gives runs and programs their new positions. */
static void renumber(struct profile *p, const uint32_t *runs, const uint32_t *programs)
{
	for (size_t i = 0; i < p->programs.count; i++)
		renumber_list(&p->programs.items[i].started_by, programs);
	for (size_t i = 0; i < p->facts.count; i++) {
		struct fact *f = &p->facts.items[i];
		for (size_t k = 0; k < f->runs.count; k++)
			f->runs.items[k].run = runs[f->runs.items[k].run];
		if (f->runs.count > 1)
			qsort(f->runs.items, f->runs.count, sizeof(f->runs.items[0]), order_fact_runs);
		renumber_list(&f->programs, programs);
	}
}

static int sort_parts(struct profile *p, struct error *e)
{
	uint32_t *runs = sort_map(p->runs.items, p->runs.count, sizeof(struct run), order_runs);
	uint32_t *programs = sort_map(p->programs.items, p->programs.count, sizeof(struct program), order_programs);
	bool fine = runs != NULL && programs != NULL;
	if (fine) {
		renumber(p, runs, programs);
		if (p->facts.count > 1)
			qsort(p->facts.items, p->facts.count, sizeof(struct fact), order_facts);
		fine = profile_reindex_parts(p) && profile_reindex(p) && profile_sort_stacks(p);
	}
	free(runs);
	free(programs);
	return fine ? 0 : error_memory(e);
}

int profile_sort(struct profile *p, struct error *e)
{
	settle(p);
	return sort_parts(p, e);
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(null_as_empty(a), null_as_empty(b)) == 0;
}

/* Whether two states may belong to one run. Only the later one tells how and when the run ended. */
static bool same_run(const struct run *a, const struct run *b)
{
	bool ended = !a->unfinished && !b->unfinished;
	bool same = same_text(a->started, b->started) && same_text(a->mode, b->mode) &&
		    same_text(a->kernel, b->kernel) && same_text(a->label, b->label) &&
		    same_text(a->phase_at, b->phase_at) &&
		    same_text(a->denied, b->denied) &&
		    a->known_told == b->known_told && a->known == b->known &&
		    (!ended || (same_text(a->exit, b->exit) && a->lasted == b->lasted)) &&
		    a->command.count == b->command.count;
	for (size_t i = 0; same && i < a->command.count; i++)
		same = same_text(a->command.items[i], b->command.items[i]);
	return same;
}

/* Combines two states of one run: the later one knows more. */
static int take_later(struct run *into, const struct run *run, struct error *e)
{
	if (!into->unfinished || (run->unfinished && run->lasted <= into->lasted))
		return 0;
	char *text = run->exit != NULL ? strdup(run->exit) : NULL;
	if (run->exit != NULL && text == NULL)
		return error_memory(e);
	free(into->exit);
	into->exit = text;
	into->lasted = run->lasted;
	into->unfinished = run->unfinished;
	return 0;
}

int profile_take_run(struct profile *into, const struct run *run, const char *sources, struct error *e)
{
	size_t at = profile_find_run(into, run->id);
	if (at != SIZE_MAX && !same_run(&into->runs.items[at], run))
		return error_set(e, ERR_INPUT, "run %.80s differs between the two %s; one of them was edited", run->id, sources);
	if (at != SIZE_MAX)
		return take_later(&into->runs.items[at], run, e) < 0 ? e->code : (int)at;
	return profile_add_run(into, run, e);
}

/* All runs of one profile must begin phase `serve` at the same call. */
static int check_phase(const struct profile *into, const struct profile *from, struct error *e)
{
	const char *a = profile_phase_at(into), *b = profile_phase_at(from);
	if (into->runs.count == 0 || from->runs.count == 0 || same_text(a, b))
		return 0;
	return error_set(e, ERR_INPUT,
			 "one profile has %s%s and the other %s%s: a call of main in one may be a call of serve in the "
			 "other; record "
			 "into another file, or with the same --phase-at",
			 a != NULL ? "a phase serve from " : "no phase serve", null_as_empty(a),
			 b != NULL ? "one from " : "none", null_as_empty(b));
}

/* The end of the group that begins at `from`: facts that are widened together stand next to each
 * other after sorting. */
static size_t group_end(const struct profile *p, size_t from)
{
	const struct fact_key *a = &p->facts.items[from].key;
	size_t i = from + 1;
	while (i < p->facts.count && facts_together(a, &p->facts.items[i].key))
		i++;
	return i;
}

/* Makes one wide fact of a group in one of the profiles. */
static bool widen_side(struct stack_table *t, const struct fact *facts, size_t n, const struct fact_key *key,
		       struct fact *wide)
{
	*wide = fact_wide_new(key);
	for (size_t i = 0; i < n; i++) {
		fact_widen(wide, &facts[i]);
		if (!fact_absorb(t, wide, &facts[i], false))
			return false;
	}
	return true;
}

static bool push_copy(struct profile *out, const struct fact *f)
{
	struct fact copy = *f;
	copy.outcome = OUTCOME_NONE;
	memset(&copy.failed, 0, sizeof(copy.failed));
	memset(&copy.programs, 0, sizeof(copy.programs));
	memset(&copy.runs, 0, sizeof(copy.runs));
	copy.stacks.count = 0;
	if (fact_absorb(&out->stacks, &copy, f, false) && vec_push(&out->facts, copy))
		return true;
	fact_clear(&copy);
	return false;
}

int profile_take_fact(struct profile *p, const struct fact *f, const struct fact_run *seen, struct error *e)
{
	struct fact_run run = *seen;
	struct fact one = *f;
	one.runs.items = &run;
	one.runs.count = one.runs.capacity = 1;
	size_t at = profile_find_fact(p, &f->key);
	if (at == SIZE_MAX)
		return push_copy(p, &one) && profile_index_fact(p) ? 0 : error_memory(e);
	if (f->wide)
		fact_widen(&p->facts.items[at], f);
	return fact_absorb(&p->stacks, &p->facts.items[at], &one, true) ? 0 : error_memory(e);
}

/* Appends the union of the same group in two profiles (one may be empty) to out. */
static bool merge_group(struct profile *out, const struct fact *a, size_t na, const struct fact *b, size_t nb)
{
	size_t first = out->facts.count;
	bool wide = (na > 0 && a[na - 1].wide) || (nb > 0 && b[nb - 1].wide);
	for (size_t i = 0, j = 0; !wide && (i < na || j < nb);) {
		int order = i == na ? 1 : j == nb ? -1 : fact_compare(&a[i], &b[j]);
		if (!push_copy(out, order <= 0 ? &a[i] : &b[j]))
			return false;
		if (order == 0 && !fact_absorb(&out->stacks, &out->facts.items[out->facts.count - 1], &b[j], true))
			return false;
		i += order <= 0;
		j += order >= 0;
	}
	if (!wide && out->facts.count - first <= PROFILE_FACT_CAP)
		return true;
	while (out->facts.count > first)
		fact_clear(&out->facts.items[--out->facts.count]);
	struct fact x = {0}, y = {0};
	const struct fact_key *key = na > 0 ? &a[0].key : &b[0].key;
	bool fine = widen_side(&out->stacks, a, na, key, &x) && widen_side(&out->stacks, b, nb, key, &y) &&
		    fact_absorb(&out->stacks, &x, &y, true);
	fact_widen(&x, &y);
	fine = fine && vec_push(&out->facts, x);
	if (!fine)
		fact_clear(&x);
	fact_clear(&y);
	return fine;
}

static int compare_groups(const struct profile *a, size_t i, const struct profile *b, size_t j)
{
	struct fact x = {.key = group_key(&a->facts.items[i].key)}, y = {.key = group_key(&b->facts.items[j].key)};
	return fact_compare(&x, &y);
}

static bool merge_facts(struct profile *out, const struct profile *a, const struct profile *b)
{
	for (size_t i = 0, j = 0; i < a->facts.count || j < b->facts.count;) {
		int order = i == a->facts.count   ? 1
			    : j == b->facts.count ? -1
						  : compare_groups(a, i, b, j);
		size_t i_end = order <= 0 ? group_end(a, i) : i, j_end = order >= 0 ? group_end(b, j) : j;
		const struct fact *x = i_end > i ? &a->facts.items[i] : NULL, *y = j_end > j ? &b->facts.items[j] : NULL;
		if (!merge_group(out, x, i_end - i, y, j_end - j))
			return false;
		i = i_end;
		j = j_end;
	}
	return true;
}

/* Replaces into's facts by the union of both. All positions are those of into's parts. */
static int unite_facts(struct profile *into, const struct profile *from, struct error *e)
{
	struct profile out = {.stacks = into->stacks}; /* joined stacks are added to it */
	bool fine = merge_facts(&out, into, from);
	into->stacks = out.stacks;
	if (fine) {
		for (size_t i = 0; i < into->facts.count; i++)
			fact_clear(&into->facts.items[i]);
		vec_free(&into->facts);
		memcpy(&into->facts, &out.facts, sizeof(out.facts));
		return profile_reindex(into) && profile_sort_stacks(into) ? 0 : error_memory(e);
	}
	for (size_t i = 0; i < out.facts.count; i++)
		fact_clear(&out.facts.items[i]);
	vec_free(&out.facts);
	return error_memory(e);
}

static void renumber_stacks(struct profile *p, const uint32_t *map)
{
	for (size_t i = 0; i < p->facts.count; i++)
		for (size_t k = 0; k < p->facts.items[i].stacks.count; k++)
			p->facts.items[i].stacks.items[k] = map[p->facts.items[i].stacks.items[k]];
}

/* Renumbers the programs that started those of `from`: their positions in `into` are in map. */
static int unite_starters(struct profile *into, const struct profile *from, const uint32_t *map, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < from->programs.count; i++) {
		const position_list *by = &from->programs.items[i].started_by;
		for (size_t k = 0; rc == 0 && k < by->count; k++)
			rc = profile_program_started(into, map[i], by->items[k], e);
	}
	return rc;
}

int profile_merge(struct profile *into, struct profile *from, struct error *e)
{
	uint32_t *runs = calloc(from->runs.count + 1, sizeof(*runs)), *stacks = NULL;
	uint32_t *programs = calloc(from->programs.count + 1, sizeof(*programs));
	int rc = runs == NULL || programs == NULL ? error_memory(e) : check_phase(into, from, e);
	settle(into); /* by its own runs, before the merge marks them finished */
	settle(from);
	for (size_t i = 0; rc >= 0 && i < from->runs.count; i++)
		if ((rc = profile_take_run(into, &from->runs.items[i], "profiles", e)) >= 0)
			runs[i] = (uint32_t)rc;
	for (size_t i = 0; rc >= 0 && i < from->programs.count; i++)
		if ((rc = profile_add_program(into, from->programs.items[i].path, from->programs.items[i].build_id,
					      e)) >= 0)
			programs[i] = (uint32_t)rc;
	if (rc < 0)
		goto out;
	if ((rc = sort_parts(into, e)) < 0)
		goto out;
	/* Sorting `into` moved its runs and programs, so those of `from` must be looked up again.
	 * It dropped stacks without a fact, so the stacks of `from` follow after sorting. */
	for (size_t i = 0; i < from->runs.count; i++)
		runs[i] = (uint32_t)profile_take_run(into, &from->runs.items[i], "profiles", e);
	for (size_t i = 0; i < from->programs.count; i++)
		programs[i] = (uint32_t)profile_add_program(into, from->programs.items[i].path,
							    from->programs.items[i].build_id, e);
	if ((rc = stack_table_add_all(&into->stacks, &from->stacks, &stacks, e)) < 0)
		goto out;
	renumber(from, runs, programs);
	renumber_stacks(from, stacks);
	if (from->facts.count > 1)
		qsort(from->facts.items, from->facts.count, sizeof(struct fact), order_facts);
	rc = unite_starters(into, from, programs, e);
	if (rc == 0)
		rc = unite_facts(into, from, e);
	settle(into);
out:
	free(runs);
	free(programs);
	free(stacks);
	return rc;
}
