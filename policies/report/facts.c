/* Prepares the facts of a profile for the report: calls in groups, dangers, new facts of each run.
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/report/report_parts.h"

size_t fact_first_run(const struct fact *f)
{
	return f->runs.count > 0 ? f->runs.items[0].run : SIZE_MAX;
}

size_t group_rank(const char *group)
{
	size_t i = 0;
	while (i < abi_group_count && strcmp(abi_groups[i].name, group) != 0)
		i++;
	return i;
}

static int by_group(const void *a, const void *b)
{
	const struct report_call *x = a, *y = b;
	char left[32], right[32];
	size_t rank = group_rank(x->group), other = group_rank(y->group);
	if (rank != other)
		return rank < other ? -1 : 1;
	int order =
	    strcmp(abi_name(x->arch, x->nr, left, sizeof(left)), abi_name(y->arch, y->nr, right, sizeof(right)));
	return order != 0 ? order : (int)x->arch - (int)y->arch;
}

static struct report_call *call_of(struct report *r, const struct fact *f)
{
	/* Facts of one call are neighbours within a phase. */
	for (size_t i = r->calls.count; i-- > 0;)
		if (r->calls.items[i].arch == f->key.arch && r->calls.items[i].nr == f->key.nr)
			return &r->calls.items[i];
	char room[32];
	const char *group = abi_group(abi_name(f->key.arch, f->key.nr, room, sizeof(room)));
	if (!vec_push(&r->calls, (struct report_call){.arch = f->key.arch, .nr = f->key.nr, .group = group}))
		return NULL;
	return &r->calls.items[r->calls.count - 1];
}

static int add_fact(struct report *r, size_t i, struct error *e)
{
	const struct fact *f = profile_fact(r->profile, i);
	struct report_call *c = call_of(r, f);
	if (c == NULL || !vec_push(&c->facts, i))
		return error_memory(e);
	unsigned dangers = fact_dangers(f);
	size_t first = fact_first_run(f);
	c->dangers |= dangers;
	c->count += fact_total(f);
	r->count += fact_total(f);
	r->dangerous += dangers != 0;
	r->stacks += f->stacks.count > 0;
	if (first < r->runs.count)
		r->runs.items[first].found++;
	return 0;
}

size_t facts_shown(const struct report *r, const struct report_call *c)
{
	return c->facts.count < r->each ? c->facts.count : r->each;
}

/* Finds the largest number of facts a call with which all calls fit into the page; each call has at
 * least one. */
static void share_page(struct report *r)
{
	size_t low = 1, high = PAGE_FACTS;
	while (low < high) {
		size_t shown = 0;
		r->each = low + (high - low + 1) / 2;
		for (size_t i = 0; i < r->calls.count; i++)
			shown += facts_shown(r, &r->calls.items[i]);
		if (shown > PAGE_FACTS)
			high = r->each - 1;
		else
			low = r->each;
	}
	r->each = low;
}

int report_make(struct report *r, const struct report_input *in, struct error *e)
{
	*r = (struct report){.in = in, .profile = in->profile, .facts = profile_fact_count(in->profile)};
	for (size_t i = 0; i < profile_run_count(r->profile); i++) {
		const char *mode = profile_run(r->profile, i)->mode;
		r->quiet |= mode != NULL && strcmp(mode, "quiet") == 0;
		if (!vec_push(&r->runs, (struct report_run){0, 0}))
			return error_memory(e);
	}
	for (size_t i = 0; i < r->facts; i++)
		if (add_fact(r, i, e) < 0)
			return e->code;
	for (size_t i = 0, total = 0; i < r->runs.count; i++)
		r->runs.items[i].total = total += r->runs.items[i].found;
	if (r->calls.count > 0)
		qsort(r->calls.items, r->calls.count, sizeof(*r->calls.items), by_group);
	/* From now on the calls stay in place: some names are stored inside the call. */
	for (size_t i = 0; i < r->calls.count; i++) {
		struct report_call *c = &r->calls.items[i];
		c->name = fact_name(profile_fact(r->profile, c->facts.items[0]), c->name_room, sizeof(c->name_room));
	}
	share_page(r);
	int rc = confidence_make(r->profile, &r->confidence, e);
	return rc < 0 ? rc : report_judge(r, e);
}

void report_clear(struct report *r)
{
	confidence_clear(&r->confidence);
	for (size_t i = 0; i < r->calls.count; i++)
		vec_free(&r->calls.items[i].facts);
	vec_free(&r->things);
	vec_free(&r->calls);
	vec_free(&r->runs);
}

void plural(struct text *out, uint64_t n, const char *noun)
{
	text_add(out, "%" PRIu64 " %s%s", n, noun, plural_s(n));
}

void discovery_text(const struct report *r, struct text *out)
{
	size_t n = r->runs.count, idle = 0, late = 0;
	while (idle < n && r->runs.items[n - 1 - idle].found == 0)
		idle++;
	for (size_t i = n - n / 2; i < n; i++)
		late += r->runs.items[i].found;
	if (n < 2)
		text_add(out, "There is one run: whether discovery is flattening cannot be told before there are more");
	else if (idle >= 3 || (idle > 0 && 2 * idle >= n))
		text_add(out, "Discovery has flattened: the last %zu of %zu runs found nothing new", idle, n);
	else {
		text_add(out, "Discovery is %s: the last ",
			 20 * late <= r->facts ? "flattening" : "not flattening yet");
		if (n / 2 > 1)
			text_add(out, "%zu ", n / 2);
		text_add(out, "of %zu runs found %zu of %zu fact%s", n, late, r->facts, plural_s(r->facts));
	}
	text_add(out, ".");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static const char *command_name(const struct report *r, size_t run)
{
	const struct run *of = profile_run(r->profile, run);
	return of->command.count > 0 ? base_name(of->command.items[0]) : "a running process";
}

void subject_text(const struct report *r, struct text *out)
{
	enum { SHOWN = 3 };
	const char *names[SHOWN];
	size_t n = 0, shown;
	for (size_t i = 0; i < r->runs.count; i++) {
		bool known = false;
		for (size_t k = 0; k < i && k < 64 && !known; k++)
			known = strcmp(command_name(r, k), command_name(r, i)) == 0;
		if (!known && n++ < SHOWN)
			names[n - 1] = command_name(r, i);
	}
	shown = n < SHOWN ? n : SHOWN;
	for (size_t i = 0; i < shown; i++)
		text_add(out, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", names[i]);
	if (n > shown)
		text_add(out, " and %s", n == shown + 1 ? "another" : "others");
	if (n == 0)
		text_add(out, "nothing yet");
}
