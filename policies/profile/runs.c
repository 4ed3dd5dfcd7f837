/* The runs and programs of a profile. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/profile/profile_parts.h"

void run_clear(struct run *run)
{
	for (size_t i = 0; i < run->command.count; i++)
		free(run->command.items[i]);
	vec_free(&run->command);
	free(run->id);
	free(run->started);
	free(run->mode);
	free(run->kernel);
	free(run->exit);
	free(run->label);
	free(run->phase_at);
	free(run->denied);
	*run = (struct run){0};
}

static bool copy_string(char **to, const char *from)
{
	*to = from != NULL ? strdup(from) : NULL;
	return from == NULL || *to != NULL;
}

int profile_add_run(struct profile *p, const struct run *run, struct error *e)
{
	struct run copy = {0};
	bool fine = copy_string(&copy.id, run->id) && copy_string(&copy.started, run->started) &&
		    copy_string(&copy.mode, run->mode) && copy_string(&copy.kernel, run->kernel) &&
		    copy_string(&copy.exit, run->exit) && copy_string(&copy.label, run->label) &&
		    copy_string(&copy.phase_at, run->phase_at) &&
		    copy_string(&copy.denied, run->denied);
	for (size_t i = 0; fine && i < run->command.count; i++) {
		char *word = strdup(run->command.items[i]);
		fine = word != NULL && vec_push(&copy.command, word);
		if (!fine)
			free(word);
	}
	copy.known_told = run->known_told;
	copy.known = run->known;
	copy.lasted = run->lasted;
	copy.unfinished = run->unfinished;
	if (!fine || !vec_push(&p->runs, copy)) {
		run_clear(&copy);
		return error_memory(e);
	}
	return profile_index_run(p) ? (int)p->runs.count - 1 : error_memory(e);
}

const char *profile_phase_at(const struct profile *p)
{
	return p->runs.count > 0 ? p->runs.items[0].phase_at : NULL;
}

int profile_set_command(struct profile *p, size_t run, const char *words, size_t length, struct error *e)
{
	struct run *r = &p->runs.items[run];
	while (r->command.count > 0)
		free(r->command.items[--r->command.count]);
	for (size_t at = 0; at < length; at += strlen(words + at) + 1) {
		char *word = strdup(words + at);
		if (word == NULL || !vec_push(&r->command, word)) {
			free(word);
			return error_memory(e);
		}
	}
	return 0;
}

int profile_set_exit(struct profile *p, size_t run, const char *text, struct error *e)
{
	char *copy = strdup(text);
	if (copy == NULL)
		return error_memory(e);
	free(p->runs.items[run].exit);
	p->runs.items[run].exit = copy;
	return 0;
}

void profile_set_unfinished(struct profile *p, size_t run, bool unfinished)
{
	p->runs.items[run].unfinished = unfinished;
}

bool run_denied_known(const char *action)
{
	static const char *const actions[] = {"kill", "kill-thread", "trap", "errno", "notify", "trace", "log"};
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i], action) == 0)
			return true;
	return false;
}

bool run_is_explored(const struct run *run)
{
	return run->mode != NULL && strcmp(run->mode, "explore") == 0;
}

const char *run_label_word(const struct run *run, const char *name, size_t *n)
{
	size_t length = strlen(name);
	for (const char *c = null_as_empty(run->label); *c != '\0'; c += strcspn(c, " ")) {
		c += strspn(c, " ");
		if (strncmp(c, name, length) == 0 && c[length] == '=') {
			*n = strcspn(c + length + 1, " ");
			return c + length + 1;
		}
	}
	*n = 0;
	return "";
}

bool run_is_complete(const struct run *run)
{
	const char *mode = null_as_empty(run->mode);
	if (run->unfinished || run_is_explored(run))
		return false;
	return strcmp(mode, "exact") == 0 || strcmp(mode, "plain") == 0 || strcmp(mode, "strace") == 0 ||
	       (run->known_told && run->known == 0);
}

void profile_set_lasted(struct profile *p, size_t run, uint64_t ms)
{
	p->runs.items[run].lasted = ms > 0 ? ms : 1;
	for (size_t i = 0; ms < PROFILE_TIMED_MS && i < p->facts.count; i++)
		for (size_t k = 0; k < p->facts.items[i].runs.count; k++)
			if (p->facts.items[i].runs.items[k].run == run)
				p->facts.items[i].runs.items[k].first = 0;
}

struct program_lookup {
	const struct profile *profile;
	const char *path, *build_id;
};

static bool same_program(const void *context, size_t position)
{
	const struct program_lookup *l = context;
	const struct program *program = &l->profile->programs.items[position];
	return strcmp(program->path, l->path) == 0 && strcmp(null_as_empty(program->build_id), l->build_id) == 0;
}

static uint32_t program_hash(const char *path, const char *build_id)
{
	return index_hash(index_hash(0, path, strlen(path)), build_id, strlen(build_id));
}

static bool index_program(struct profile *p, size_t i)
{
	const struct program *program = &p->programs.items[i];
	return index_add(&p->program_index, program_hash(program->path, null_as_empty(program->build_id)), i);
}

static bool index_run(struct profile *p, size_t i)
{
	const char *id = p->runs.items[i].id;
	return index_add(&p->run_index, index_hash(0, id, strlen(id)), i);
}

bool profile_index_run(struct profile *p)
{
	return index_run(p, p->runs.count - 1);
}

struct run_lookup {
	const struct profile *profile;
	const char *id;
};

static bool same_id(const void *context, size_t position)
{
	const struct run_lookup *l = context;
	return strcmp(l->profile->runs.items[position].id, l->id) == 0;
}

size_t profile_find_run(const struct profile *p, const char *id)
{
	return index_find(&p->run_index, index_hash(0, id, strlen(id)), same_id, &(struct run_lookup){p, id});
}

bool profile_reindex_parts(struct profile *p)
{
	bool fine = true;
	index_free(&p->run_index);
	index_free(&p->program_index);
	for (size_t i = 0; fine && i < p->runs.count; i++)
		fine = index_run(p, i);
	for (size_t i = 0; fine && i < p->programs.count; i++)
		fine = index_program(p, i);
	return fine;
}

int profile_add_program(struct profile *p, const char *path, const char *build_id, struct error *e)
{
	if (build_id != NULL && build_id[0] == '\0')
		build_id = NULL;
	struct program_lookup l = {p, path, null_as_empty(build_id)};
	size_t at = index_find(&p->program_index, program_hash(l.path, l.build_id), same_program, &l);
	if (at != SIZE_MAX)
		return (int)at;
	struct program copy = {0};
	if (!copy_string(&copy.path, path) || !copy_string(&copy.build_id, build_id) || !vec_push(&p->programs, copy)) {
		free(copy.path);
		free(copy.build_id);
		return error_memory(e);
	}
	return index_program(p, p->programs.count - 1) ? (int)p->programs.count - 1 : error_memory(e);
}

int profile_copy_parts(struct profile *to, const struct profile *from, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < from->runs.count && rc >= 0; i++)
		rc = profile_add_run(to, &from->runs.items[i], e);
	for (size_t i = 0; i < from->programs.count && rc >= 0; i++)
		rc = profile_add_program(to, from->programs.items[i].path, from->programs.items[i].build_id, e);
	return rc < 0 ? rc : 0;
}

int profile_program_started(struct profile *p, uint32_t program, uint32_t by, struct error *e)
{
	return positions_add(&p->programs.items[program].started_by, by) ? 0 : error_memory(e);
}
