/* Writes a profile as rows. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/power/danger.h"
#include "policies/exchange/row_keys.h"
#include "policies/json/json_text.h"
#include "policies/profile/profile_parts.h"

enum { RECENT = 1 << 16 };

struct recent_rows {
	struct row_key keys[RECENT]; /* each at the place that its first bytes say */
};

struct recent_rows *recent_rows_new(void)
{
	return calloc(1, sizeof(struct recent_rows));
}

/* Returns whether a row was written lately, and remembers it. */
static bool written(struct recent_rows *r, const struct row_key *key)
{
	struct row_key *at = &r->keys[(key->bytes[0] | key->bytes[1] << 8) % RECENT];
	bool same = memcmp(at, key, sizeof(*key)) == 0;
	*at = *key;
	return same;
}

/* A profile while its rows are written. */
struct writer {
	const struct profile *p;
	struct recent_rows *recent;
	struct text line, *out;
	row_key_list ids, programs, stacks, facts; /* by position: programs' ids; keys of rows */
	size_t *from;				   /* run → where its facts begin in seen, and where those of the next */
	uint32_t *seen;				   /* positions of facts, run by run */
	bool *loose;				   /* programs that no fact names: they belong to every run */
};

/* Ends a line: JSON's blanks between values are left out, as some databases look for "key":"value". */
static void end_line(struct writer *w)
{
	const char *from = text_string(&w->line);
	bool inside = false;
	for (const char *c = from; *c != '\0'; c++) {
		if (*c == '"')
			inside = !inside;
		if (inside && *c == '\\')
			c++;
		else if (!inside && *c == ' ') {
			text_add_bytes(w->out, from, (size_t)(c - from));
			from = c + 1;
		}
	}
	text_add(w->out, "%s}\n", from);
	w->out->failed |= w->line.failed;
	w->line.count = 0;
}

static void add_key(struct text *out, const char *name, const struct row_key *key)
{
	char text[ROW_KEY_TEXT];
	row_key_text(key, text);
	text_add(out, ",\"%s\":\"%s\"", name, text);
}

static void add_keys(struct text *out, const char *name, const row_key_list *keys)
{
	char text[ROW_KEY_TEXT];
	text_add(out, ",\"%s\":[", name);
	for (size_t i = 0; i < keys->count; i++) {
		row_key_text(&keys->items[i], text);
		text_add(out, "%s\"%s\"", i > 0 ? "," : "", text);
	}
	text_add(out, "]");
}

static void add_optional(struct text *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	text_add(out, ",\"%s\":", name);
	json_add_text(out, value);
}

/* Begins the line of a row that is not written yet. */
static bool begin_line(struct writer *w, const char *row, const struct row_key *key)
{
	if (written(w->recent, key))
		return false;
	text_add(&w->line, "{\"row\":\"%s\"", row);
	add_key(&w->line, "key", key);
	return true;
}

/* The keys at these positions. false: no memory. */
static bool pick(const row_key_list *keys, const uint32_t *positions, size_t n, row_key_list *out)
{
	out->count = 0;
	for (size_t i = 0; i < n; i++)
		if (!vec_push(out, keys->items[positions[i]]))
			return false;
	return true;
}

static bool write_programs(struct writer *w)
{
	row_key_list starters = {0};
	bool fine = true;
	for (size_t i = 0; fine && i < profile_program_count(w->p); i++) {
		const struct program *program = profile_program(w->p, i);
		fine = vec_push(&w->ids, program_id(program->path, program->build_id));
	}
	for (size_t i = 0; fine && i < profile_program_count(w->p); i++) {
		const struct program *program = profile_program(w->p, i);
		if (!(fine = pick(&w->ids, program->started_by.items, program->started_by.count, &starters)))
			break;
		struct row_key key = program_row_key(&w->ids.items[i], &starters);
		fine = vec_push(&w->programs, key);
		if (!begin_line(w, "program", &key))
			continue;
		add_key(&w->line, "program", &w->ids.items[i]);
		add_optional(&w->line, "path", program->path);
		add_optional(&w->line, "build_id", program->build_id);
		if (starters.count > 0)
			add_keys(&w->line, "started_by", &starters);
		end_line(w);
	}
	vec_free(&starters);
	return fine;
}

/* Where a module stands among those of a stack's row, added if new. Negative: no memory. */
static int64_t local_module(position_list *modules, uint32_t module)
{
	for (size_t i = 0; i < modules->count; i++)
		if (modules->items[i] == module)
			return (int64_t)i;
	return vec_push(modules, module) ? (int64_t)modules->count - 1 : -1;
}

/* A stack with the modules that it has, each once. false: no memory. */
static bool add_stack(struct writer *w, const struct stack *s)
{
	position_list modules = {0};
	bool fine = true;
	text_add(&w->line, ",\"frames\":[");
	for (size_t i = 0; fine && i < s->frames.count; i++) {
		const struct frame *f = profile_frame(w->p, s->frames.items[i]);
		int64_t module = f->module != MODULE_NONE ? local_module(&modules, f->module) : 0;
		fine = module >= 0;
		text_add(&w->line, i > 0 ? "," : "");
		frame_format(f, (uint32_t)module, &w->line);
	}
	text_add(&w->line, "],\"modules\":[");
	for (size_t i = 0; i < modules.count; i++) {
		const struct module *m = profile_module(w->p, modules.items[i]);
		text_add(&w->line, "%s{\"path\":", i > 0 ? "," : "");
		json_add_text(&w->line, m->path);
		add_optional(&w->line, "build_id", m->build_id);
		text_add(&w->line, "}");
	}
	text_add(&w->line, "]");
	if (s->end != STACK_COMPLETE)
		text_add(&w->line, ",\"end\":\"%s\"", stack_end_name((enum stack_end)s->end));
	vec_free(&modules);
	return fine;
}

static bool write_stacks(struct writer *w)
{
	bool fine = true;
	for (size_t i = 0; fine && i < profile_stack_count(w->p); i++) {
		const struct stack *s = profile_stack(w->p, i);
		struct row_key key = stack_row_key(w->p, s);
		fine = vec_push(&w->stacks, key);
		if (!fine || !begin_line(w, "stack", &key))
			continue;
		fine = add_stack(w, s);
		end_line(w);
	}
	return fine;
}

/* The gravest danger of a fact, by name; NULL: none is known. */
static const char *fact_danger(const struct fact *f)
{
	unsigned levels = fact_dangers(f); /* the gravest level is the lowest bit */
	return levels != 0 ? danger_level_name((enum danger_level)__builtin_ctz(levels)) : NULL;
}

static void add_fact(struct writer *w, const struct fact *f, const row_key_list *programs, const row_key_list *stacks)
{
	struct text words = {0};
	struct fact call = *f;
	struct row_key key = call_key(f);
	call.outcome = OUTCOME_ANY; /* it is of the fact, not of the call */
	fact_text(&call, &words);
	add_key(&w->line, "call", &key);
	add_optional(&w->line, "text", text_string(&words));
	add_optional(&w->line, "danger", fact_danger(f));
	text_add(&w->line, ",");
	fact_call_format(f, &w->line);
	add_keys(&w->line, "programs", programs);
	if (stacks->count > 0)
		add_keys(&w->line, "stacks", stacks);
	w->line.failed |= words.failed;
	text_free(&words);
}

static bool write_facts(struct writer *w)
{
	row_key_list programs = {0}, stacks = {0};
	bool fine = true;
	for (size_t i = 0; fine && i < profile_fact_count(w->p); i++) {
		const struct fact *f = profile_fact(w->p, i);
		fine = pick(&w->ids, f->programs.items, f->programs.count, &programs) &&
		       pick(&w->stacks, f->stacks.items, f->stacks.count, &stacks);
		if (!fine)
			break;
		struct row_key key = fact_row_key(f, &programs, &stacks);
		fine = vec_push(&w->facts, key);
		if (!fine || !begin_line(w, "fact", &key))
			continue;
		add_fact(w, f, &programs, &stacks);
		end_line(w);
	}
	vec_free(&programs);
	vec_free(&stacks);
	return fine;
}

/* Finds the facts of each run, and the programs that no fact names. false: no memory. */
static bool sort_by_run(struct writer *w)
{
	const struct profile *p = w->p;
	size_t runs = profile_run_count(p), all = 0;
	w->from = calloc(runs + 2, sizeof(*w->from));
	w->loose = malloc(profile_program_count(p) + 1);
	if (w->from == NULL || w->loose == NULL)
		return false;
	memset(w->loose, true, profile_program_count(p));
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		for (size_t k = 0; k < f->programs.count; k++)
			w->loose[f->programs.items[k]] = false;
		for (size_t k = 0; k < f->runs.count; k++)
			w->from[f->runs.items[k].run + 2]++;
		all += f->runs.count;
	}
	for (size_t i = 2; i < runs + 2; i++)
		w->from[i] += w->from[i - 1];
	w->seen = malloc((all + 1) * sizeof(*w->seen));
	for (size_t i = 0; w->seen != NULL && i < profile_fact_count(p); i++)
		for (size_t k = 0; k < profile_fact(p, i)->runs.count; k++)
			w->seen[w->from[profile_fact(p, i)->runs.items[k].run + 1]++] = (uint32_t)i;
	return w->seen != NULL;
}

static void write_seen(struct writer *w, const struct run *run, uint32_t position, uint32_t fact)
{
	const struct fact *f = profile_fact(w->p, fact);
	size_t low = sorted_first(at, f->runs.count - 1, f->runs.items[at].run < position); /* its runs ascend */
	text_add(&w->line, "{\"row\":\"seen\"");
	add_optional(&w->line, "run", run->id);
	add_key(&w->line, "fact", &w->facts.items[fact]);
	text_add(&w->line, ",\"count\":%" PRIu64, f->runs.items[low].count);
	if (f->runs.items[low].first > 0)
		text_add(&w->line, ",\"first\":%" PRIu64, f->runs.items[low].first);
	end_line(w);
}

/* Marks a program and those that started it. false: no memory. */
static bool mark_program(const struct profile *p, bool *marked, uint32_t program)
{
	position_list left = {0};
	bool fine = marked[program] || vec_push(&left, program);
	while (fine && left.count > 0) {
		uint32_t at = left.items[--left.count];
		const position_list *by = &profile_program(p, at)->started_by;
		for (size_t i = 0; !marked[at] && fine && i < by->count; i++)
			fine = marked[by->items[i]] || vec_push(&left, by->items[i]);
		marked[at] = true;
	}
	vec_free(&left);
	return fine;
}

/* Finds the programs of a run: those of its facts, those that no fact names, and what started them. false: no memory. */
static bool programs_of_run(const struct writer *w, size_t run, row_key_list *out)
{
	size_t n = profile_program_count(w->p);
	bool *marked = calloc(n + 1, 1), fine = marked != NULL;
	for (size_t i = 0; fine && i < n; i++)
		fine = !w->loose[i] || mark_program(w->p, marked, (uint32_t)i);
	for (size_t i = w->from[run]; fine && i < w->from[run + 1]; i++) {
		const struct fact *f = profile_fact(w->p, w->seen[i]);
		for (size_t k = 0; fine && k < f->programs.count; k++)
			fine = mark_program(w->p, marked, f->programs.items[k]);
	}
	for (size_t i = 0; fine && i < n; i++)
		fine = !marked[i] || vec_push(out, w->programs.items[i]);
	free(marked);
	return fine;
}

/* What is known of one of the three, by the rules of rows_export; NULL: nothing. */
static const char *source_of(const char *told, const struct run *run, const char *name, const char *otherwise, struct text *room)
{
	size_t n;
	const char *word = run_label_word(run, name, &n);
	text_add_bytes(room, word, n);
	return told != NULL ? told : room->count > 0 ? text_string(room) : otherwise;
}

static const char *base_name(const struct run *run)
{
	const char *word = run->command.count > 0 ? run->command.items[0] : NULL;
	const char *slash = word != NULL ? strrchr(word, '/') : NULL;
	return slash != NULL && slash[1] != '\0' ? slash + 1 : word;
}

static void add_archs(struct writer *w, size_t run)
{
	const char *between = "";
	text_add(&w->line, ",\"arch\":[");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		bool has = false;
		for (size_t i = w->from[run]; !has && i < w->from[run + 1]; i++)
			has = profile_fact(w->p, w->seen[i])->key.arch == arch;
		if (!has)
			continue;
		text_add(&w->line, "%s\"%s\"", between, arch_name((enum arch)arch));
		between = ",";
	}
	text_add(&w->line, "]");
}

static bool write_run(struct writer *w, size_t at, const struct row_source *told, const struct row_source *otherwise)
{
	const struct run *run = profile_run(w->p, at);
	struct text rooms[3] = {0}, words = {0};
	row_key_list programs = {0};
	uint64_t facts = w->from[at + 1] - w->from[at];
	struct row_source s = {
		source_of(told->workload, run, "workload", otherwise->workload, &rooms[0]),
		source_of(told->version, run, "version", otherwise->version, &rooms[1]),
		source_of(told->host, run, "host", otherwise->host, &rooms[2]),
	};
	if (s.workload == NULL)
		s.workload = base_name(run);
	bool fine = programs_of_run(w, at, &programs);
	for (size_t i = w->from[at]; fine && i < w->from[at + 1]; i++)
		write_seen(w, run, (uint32_t)at, w->seen[i]);
	struct row_key key = run_row_key(run, &s, facts, &programs);
	text_add(&w->line, "{\"row\":\"run\"");
	add_key(&w->line, "key", &key);
	add_optional(&w->line, "workload", s.workload);
	add_optional(&w->line, "version", s.version);
	add_optional(&w->line, "host", s.host);
	add_archs(w, at);
	text_add(&w->line, ",\"facts\":%" PRIu64, facts);
	add_keys(&w->line, "programs", &programs);
	run_format(run, &words);
	words.failed |= words.count < 4;
	if (!words.failed) /* without its braces */
		text_add(&w->line, ",%.*s", (int)(words.count - 4), words.bytes + 3);
	end_line(w);
	fine = fine && !words.failed;
	for (size_t i = 0; i < 3; i++) {
		fine = fine && !rooms[i].failed;
		text_free(&rooms[i]);
	}
	text_free(&words);
	vec_free(&programs);
	return fine;
}

int rows_export(const struct profile *p, const char *name, const struct row_source *told, const struct row_source *otherwise,
		struct recent_rows *recent, struct text *out, struct error *e)
{
	struct writer w = {.p = p, .recent = recent, .out = out};
	if (profile_run_count(p) == 0)
		return error_set(e, ERR_INPUT, "%s: has no run, so there is nothing to export; leave it out", name);
	bool fine = write_programs(&w) && write_stacks(&w) && write_facts(&w) && sort_by_run(&w);
	for (size_t i = 0; fine && i < profile_run_count(p); i++)
		fine = write_run(&w, i, told, otherwise);
	vec_free(&w.ids);
	vec_free(&w.programs);
	vec_free(&w.stacks);
	vec_free(&w.facts);
	free(w.from);
	free(w.seen);
	free(w.loose);
	text_free(&w.line);
	return fine && !out->failed ? 0 : error_memory(e);
}
