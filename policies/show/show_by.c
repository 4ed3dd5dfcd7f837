/* Lists the facts of a profile under headings: by call, group, program, library or caller.
 * SPDX-License-Identifier: MIT */
#include "policies/show/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/abi/groups.h"
#include "policies/base/style.h"
#include "policies/show/caller.h"

/* A terminal gets so many facts under each heading, and the dangerous ones. */
enum { FACTS_BRIEF = 12 };

/* A fact under a heading. */
struct entry {
	char *heading;
	bool last;   /* the heading of facts that have no such value: comes last */
	size_t fact; /* index in the profile */
};

struct view {
	const struct profile *profile;
	VEC(struct entry) entries;
	bool failed; /* out of memory */
};

/* The entries of one heading. */
struct section {
	const struct entry *entries;
	size_t count;
};

static void put(struct view *v, const char *heading, bool last, size_t fact)
{
	struct entry e = {strdup(heading), last, fact};
	if (e.heading == NULL || !vec_push(&v->entries, e)) {
		free(e.heading);
		v->failed = true;
	}
}

static const char *call_name(const struct fact *f, char buffer[32])
{
	return fact_name(f, buffer, 32);
}

static void put_by_call(struct view *v, const struct fact *f, size_t at)
{
	char buffer[32];
	put(v, call_name(f, buffer), false, at);
}

static void put_by_group(struct view *v, const struct fact *f, size_t at)
{
	char buffer[32];
	put(v, abi_group(call_name(f, buffer)), false, at);
}

static void put_by_capability(struct view *v, const struct fact *f, size_t at)
{
	int c = fact_capability(f);
	put(v, c < CAPABILITY_COUNT ? abi_capabilities[c].name : "(alone: only ever allowed when seen)", c == CAPABILITY_COUNT, at);
}

static void put_by_program(struct view *v, const struct fact *f, size_t at)
{
	for (size_t i = 0; i < f->programs.count; i++)
		put(v, profile_program(v->profile, f->programs.items[i])->path, false, at);
	if (f->programs.count == 0)
		put(v, "(no program)", true, at);
}

static void put_by_stack(struct view *v, const struct fact *f, size_t at, bool whole_library)
{
	struct text heading = {0};
	for (size_t i = 0; i < f->stacks.count; i++) {
		const struct stack *s = profile_stack(v->profile, f->stacks.items[i]);
		uint32_t caller = s->frames.items[stack_caller(v->profile, s)];
		uint32_t module = profile_frame(v->profile, caller)->module;
		heading.count = 0;
		if (whole_library && module != MODULE_NONE)
			text_add(&heading, "%s", profile_module(v->profile, module)->path);
		else
			caller_text(v->profile, caller, &heading);
		put(v, text_string(&heading), false, at);
	}
	if (f->stacks.count == 0)
		put(v, "(no stack)", true, at);
	v->failed |= heading.failed;
	text_free(&heading);
}

static void put_by_library(struct view *v, const struct fact *f, size_t at)
{
	put_by_stack(v, f, at, true);
}

static void put_by_caller(struct view *v, const struct fact *f, size_t at)
{
	put_by_stack(v, f, at, false);
}

static const struct {
	const char *name;
	void (*put)(struct view *v, const struct fact *f, size_t at);
} kinds[] = {{"syscall", put_by_call},
	     {"group", put_by_group},
	     {"capability", put_by_capability},
	     {"program", put_by_program},
	     {"library", put_by_library},
	     {"caller", put_by_caller}};

static int compare_headings(const struct entry *a, const struct entry *b)
{
	return a->last != b->last ? (a->last ? 1 : -1) : strcmp(a->heading, b->heading);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = compare_headings(x, y);
	return order != 0 ? order : x->fact < y->fact ? -1 : x->fact > y->fact;
}

/* Sorts by the number of facts, largest first. */
static int compare_sections(const void *a, const void *b)
{
	const struct section *x = a, *y = b;
	if (x->entries->last == y->entries->last && x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_headings(x->entries, y->entries);
}

/* Sorts the entries, drops duplicates, and divides them into sections. */
static size_t cut(struct view *v, struct section *sections)
{
	struct entry *e = v->entries.items;
	size_t kept = 0, n = 0;
	if (v->entries.count > 0)
		qsort(e, v->entries.count, sizeof(*e), compare_entries);
	for (size_t i = 0; i < v->entries.count; i++)
		if (kept > 0 && compare_entries(&e[kept - 1], &e[i]) == 0)
			free(e[i].heading);
		else
			e[kept++] = e[i];
	v->entries.count = kept;
	for (size_t i = 0; i < kept; i++) {
		if (i == 0 || compare_headings(&e[i - 1], &e[i]) != 0)
			sections[n++] = (struct section){&e[i], 0};
		sections[n - 1].count++;
	}
	if (n > 0)
		qsort(sections, n, sizeof(*sections), compare_sections);
	return n;
}

static void show_section(const struct profile *p, const struct section *s, struct text *out)
{
	uint64_t calls = 0;
	for (size_t i = 0; i < s->count; i++)
		calls += fact_total(profile_fact(p, s->entries[i].fact));
	size_t shown = out->brief && s->count > FACTS_BRIEF + 1 ? FACTS_BRIEF : s->count;
	style_begin(out, STYLE_HEADING);
	text_add_safe(out, s->entries->heading);
	style_end(out);
	text_add(out, "\n  %zu fact%s, %s%" PRIu64 " call%s\n", s->count, s->count == 1 ? "" : "s",
		 profile_any_quiet(p) ? "at least " : "", calls, calls == 1 ? "" : "s");
	for (size_t i = 0; i < s->count; i++) {
		const struct fact *f = profile_fact(p, s->entries[i].fact);
		if (i >= shown && fact_dangers(f) == 0)
			continue;
		text_add(out, "%10" PRIu64 "  %s", fact_total(f), phase_name(f->key.phase));
		if (f->key.arch != ARCH_NATIVE)
			text_add(out, " %s", arch_name(f->key.arch));
		text_add(out, "  ");
		fact_styled_text(p, f, out);
		text_add(out, "\n");
	}
	if (shown < s->count)
		style_add(out, STYLE_FAINT, "            … (--all lists the others)");
	text_add(out, shown < s->count ? "\n\n" : "\n");
}

int profile_show_by(const struct profile *p, const char *by, struct text *out, struct error *e)
{
	struct view v = {.profile = p};
	size_t kind = 0, n = sizeof(kinds) / sizeof(kinds[0]);
	while (kind < n && strcmp(kinds[kind].name, by) != 0)
		kind++;
	if (kind == n)
		return error_set(e, ERR_INPUT, "--by=%.40s: one of phase, syscall, group, capability, program, library, caller",
				 by);
	for (size_t i = 0; i < profile_fact_count(p); i++)
		kinds[kind].put(&v, profile_fact(p, i), i);
	struct section *sections = calloc(v.entries.count + 1, sizeof(*sections));
	v.failed |= sections == NULL;
	if (!v.failed) {
		size_t count = cut(&v, sections);
		for (size_t i = 0; i < count; i++)
			show_section(p, &sections[i], out);
		profile_show_sum(p, out);
	}
	for (size_t i = 0; i < v.entries.count; i++)
		free(v.entries.items[i].heading);
	vec_free(&v.entries);
	free(sections);
	return v.failed ? error_memory(e) : 0;
}
