/* The profile, and how its facts are counted. SPDX-License-Identifier: MIT */
#include "policies/profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "policies/profile/profile_parts.h"

const char *phase_name(enum phase phase)
{
	static const char *const names[PHASE_COUNT] = {"load", "main", "serve"};
	return names[phase];
}

unsigned phases_parse(const char *text)
{
	unsigned phases = 0;
	for (const char *from = text;; from++) {
		size_t n = strcspn(from, ",");
		int phase = 0;
		while (phase < PHASE_COUNT && (strlen(phase_name((enum phase)phase)) != n ||
					       strncmp(phase_name((enum phase)phase), from, n) != 0))
			phase++;
		if (phase == PHASE_COUNT)
			return 0;
		phases |= 1u << phase;
		from += n;
		if (*from == '\0')
			return phases;
	}
}

bool phase_listed(const char *phases, enum phase phase)
{
	return phases == NULL || (phases_parse(phases) >> phase & 1) != 0;
}

struct profile *profile_new(void)
{
	return calloc(1, sizeof(struct profile));
}

void profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->runs.count; i++)
		run_clear(&p->runs.items[i]);
	for (size_t i = 0; i < p->programs.count; i++) {
		free(p->programs.items[i].path);
		free(p->programs.items[i].build_id);
		vec_free(&p->programs.items[i].started_by);
	}
	for (size_t i = 0; i < p->facts.count; i++)
		fact_clear(&p->facts.items[i]);
	vec_free(&p->runs);
	vec_free(&p->programs);
	vec_free(&p->facts);
	vec_free(&p->groups);
	index_free(&p->fact_index);
	index_free(&p->group_index);
	index_free(&p->run_index);
	index_free(&p->program_index);
	stack_table_free(&p->stacks);
	free(p);
}

size_t profile_run_count(const struct profile *p)
{
	return p->runs.count;
}

const struct run *profile_run(const struct profile *p, size_t i)
{
	return &p->runs.items[i];
}

size_t profile_program_count(const struct profile *p)
{
	return p->programs.count;
}

const struct program *profile_program(const struct profile *p, size_t i)
{
	return &p->programs.items[i];
}

size_t profile_fact_count(const struct profile *p)
{
	return p->facts.count;
}

const struct fact *profile_fact(const struct profile *p, size_t i)
{
	return &p->facts.items[i];
}

uint64_t profile_changes(const struct profile *p)
{
	return p->changes;
}

/* Groups: facts that are widened together. */

static uint32_t key_hash(const struct fact_key *k)
{
	uint8_t what[] = {k->phase, k->arch, k->args};
	return index_hash(index_hash(0, what, sizeof(what)), &k->nr, sizeof(k->nr));
}

static uint32_t group_hash(const struct fact_key *k)
{
	struct fact_key group = group_key(k);
	return key_hash(&group);
}

struct lookup {
	const struct profile *profile;
	const struct fact_key *key;
};

static bool same_group(const void *context, size_t position)
{
	const struct lookup *l = context;
	return facts_together(&l->profile->groups.items[position].key, l->key);
}

static bool same_fact(const void *context, size_t position)
{
	const struct lookup *l = context;
	const struct fact *f = &l->profile->facts.items[position];
	return !f->wide && f->key.phase == l->key->phase && f->key.arch == l->key->arch &&
	       f->key.args == l->key->args && f->key.nr == l->key->nr &&
	       memcmp(f->key.values, l->key->values, sizeof(f->key.values)) == 0;
}

static uint32_t fact_hash(const struct fact_key *k)
{
	return index_hash(key_hash(k), k->values, sizeof(k->values));
}

static struct fact_group *group_of(struct profile *p, const struct fact_key *key)
{
	struct lookup l = {p, key};
	uint32_t hash = group_hash(key);
	size_t at = index_find(&p->group_index, hash, same_group, &l);
	if (at != SIZE_MAX)
		return &p->groups.items[at];
	struct fact_group group = {.key = group_key(key), .wide = SIZE_MAX};
	if (!vec_push(&p->groups, group) || !index_add(&p->group_index, hash, p->groups.count - 1))
		return NULL;
	return &p->groups.items[p->groups.count - 1];
}

bool positions_add(position_list *list, uint32_t position)
{
	size_t at = list->count;
	while (at > 0 && list->items[at - 1] > position)
		at--;
	if (at > 0 && list->items[at - 1] == position)
		return true;
	if (!vec_reserve(list, 1))
		return false;
	memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof(uint32_t));
	list->items[at] = position;
	list->count++;
	return true;
}

static bool index_fact(struct profile *p, size_t i)
{
	const struct fact *f = &p->facts.items[i];
	struct fact_group *group = group_of(p, &f->key);
	if (group == NULL)
		return false;
	if (f->wide)
		group->wide = i;
	else if (!index_add(&p->fact_index, fact_hash(&f->key), i))
		return false;
	group->facts += !f->wide;
	return true;
}

bool profile_index_fact(struct profile *p)
{
	return index_fact(p, p->facts.count - 1);
}

/* Rebuilds both indexes from the facts. */
bool profile_reindex(struct profile *p)
{
	bool fine = true;
	index_free(&p->fact_index);
	index_free(&p->group_index);
	p->groups.count = 0;
	for (size_t i = 0; fine && i < p->facts.count; i++)
		fine = index_fact(p, i);
	return fine;
}

/* Makes one wide fact of a group that has grown past the cap. false: no memory; the facts are
 * unchanged. */
static bool widen_group(struct profile *p, const struct fact_key *key)
{
	struct fact wide = fact_wide_new(key);
	size_t kept = 0;
	for (size_t i = 0; i < p->facts.count; i++) {
		if (!facts_together(&p->facts.items[i].key, key))
			continue;
		fact_widen(&wide, &p->facts.items[i]);
		if (!fact_absorb(&p->stacks, &wide, &p->facts.items[i], false)) {
			fact_clear(&wide);
			return false;
		}
	}
	for (size_t i = 0; i < p->facts.count; i++)
		if (facts_together(&p->facts.items[i].key, key))
			fact_clear(&p->facts.items[i]);
		else
			p->facts.items[kept++] = p->facts.items[i];
	p->facts.count = kept;
	return vec_push(&p->facts, wide) && profile_reindex(p); /* there is room: the group had more than one fact */
}

bool profile_widen(struct profile *p)
{
	for (size_t i = 0; i < p->groups.count; i++) {
		struct fact_key key = p->groups.items[i].key;
		if (p->groups.items[i].facts <= PROFILE_FACT_CAP)
			continue;
		if (!widen_group(p, &key))
			return false;
		i = SIZE_MAX; /* the groups were rebuilt */
	}
	return true;
}

/* Adds a value to a wide fact. Returns whether that changes the fact. */
static bool widens(struct fact *wide, const struct fact_key *key)
{
	const struct fact before = *wide, one = {.key = *key};
	fact_widen(wide, &one);
	return memcmp(before.bits, wide->bits, sizeof(wide->bits)) != 0 ||
	       memcmp(before.min, wide->min, sizeof(wide->min)) != 0 || memcmp(before.max, wide->max, sizeof(wide->max)) != 0;
}

int profile_observe(struct profile *p, const struct fact_key *key, uint32_t program, uint32_t run, uint64_t count,
		    struct error *e)
{
	struct lookup l = {p, key};
	uint32_t hash = fact_hash(key);
	size_t at = index_find(&p->fact_index, hash, same_fact, &l);
	int fresh = 0;
	if (at == SIZE_MAX) {
		struct fact_group *group = group_of(p, key);
		if (group == NULL)
			return error_memory(e);
		if (group->wide == SIZE_MAX) {
			struct fact new_fact = {.key = *key, .outcome = OUTCOME_NONE};
			if (!vec_push(&p->facts, new_fact) || !index_add(&p->fact_index, hash, p->facts.count - 1))
				return error_memory(e);
			group->facts++;
			fresh = OBSERVED_NEW;
			at = p->facts.count - 1;
		} else {
			at = group->wide;
			p->changes += widens(&p->facts.items[at], key);
		}
	}
	struct fact *f = &p->facts.items[at];
	struct fact_run *r = fact_run_of(f, run);
	size_t programs = f->programs.count;
	if (r == NULL || !positions_add(&f->programs, program))
		return error_memory(e);
	p->changes += r->count == 0 || f->programs.count > programs;
	r->count += count;
	int early = r->count <= STACKS_PER_FACT ? OBSERVED_EARLY : 0;
	int unended = f->outcome != OUTCOME_ANY ? OBSERVED_UNENDED : 0;
	if (fresh && group_of(p, key)->facts > PROFILE_FACT_CAP && !widen_group(p, key))
		return error_memory(e);
	return fresh | early | unended;
}

int profile_ended(struct profile *p, const struct fact_key *key, unsigned error, struct error *e)
{
	struct lookup l = {p, key};
	size_t at = index_find(&p->fact_index, fact_hash(key), same_fact, &l);
	uint16_t number = (uint16_t)error;
	if (at == SIZE_MAX) /* the group was widened meanwhile */
		return 0;
	struct fact *f = &p->facts.items[at];
	uint8_t outcome = f->outcome;
	size_t failed = f->failed.count;
	bool fine = fact_join_outcome(f, error != 0 ? OUTCOME_FAILED : OUTCOME_ANY, &number, 1);
	p->changes += f->outcome != outcome || f->failed.count != failed;
	return fine ? 0 : error_memory(e);
}

size_t profile_find_fact(const struct profile *p, const struct fact_key *key)
{
	struct lookup l = {p, key};
	size_t at = index_find(&p->fact_index, fact_hash(key), same_fact, &l);
	if (at != SIZE_MAX)
		return at;
	at = index_find(&p->group_index, group_hash(key), same_group, &l);
	return at != SIZE_MAX ? p->groups.items[at].wide : SIZE_MAX;
}

void profile_first_seen(struct profile *p, const struct fact_key *key, uint32_t run, uint64_t ms)
{
	size_t at = profile_find_fact(p, key);
	struct fact *f = at != SIZE_MAX ? &p->facts.items[at] : NULL;
	for (size_t i = 0; f != NULL && i < f->runs.count; i++)
		if (f->runs.items[i].run == run)
			fact_run_first(&f->runs.items[i], ms > 0 ? ms : 1);
}

int profile_fact_stack(struct profile *p, const struct fact_key *key, uint32_t stack, struct error *e)
{
	size_t at = profile_find_fact(p, key);
	if (at == SIZE_MAX)
		return 0;
	struct fact *f = &p->facts.items[at];
	p->changes++;
	return fact_add_stack(&p->stacks, f, stack) ? f->stacks.count : error_memory(e);
}

size_t profile_stacks_known(const struct profile *p, const struct fact_key *key)
{
	size_t at = profile_find_fact(p, key);
	return at != SIZE_MAX ? p->facts.items[at].stacks.count : 0;
}
