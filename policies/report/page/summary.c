/* The page: its beginning, which answers what the program may do, what is dangerous, and what Docker
 * would allow besides. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "policies/report/report_parts.h"
#include "policies/show/caller.h"

const char *const level_words[3] = {"escape", "surface", "caution"};

void html_run_name(const struct report *r, size_t run, struct text *out)
{
	text_add(out, "run %zu", run);
	const char *label = run < r->runs.count ? profile_run(r->profile, run)->label : NULL;
	if (label != NULL && *label != '\0')
		html_add(out, " (%s)", label);
}

static void thing(const struct report *r, const struct thing *t, struct text *out)
{
	struct text callers = {0};
	const struct danger *d = t->danger;
	fact_callers_text(r->profile, t->fact, &callers);
	html_add(out, "<li class=\"%s\"><strong class=\"mark %s\">! %s</strong> <a href=\"#", level_words[d->level], level_words[d->level],
		 danger_level_name((enum danger_level)d->level));
	html_call_id(t->call, out);
	html_add(out, "\"><code>%s</code></a> ", t->call->name);
	if (d->arg != NULL)
		html_add(out, "<code>%s</code> ", d->value);
	html_add(out, "<span class=\"why\">%s</span><span class=\"meta\">", d->why);
	plural(out, t->facts, "fact");
	if (callers.count > 0)
		html_add(out, " · asked by <cite>%s</cite>", text_string(&callers));
	if (t->first_run < r->runs.count && r->runs.count > 1) {
		text_add(out, " · first in ");
		html_run_name(r, t->first_run, out);
	}
	text_add(out, "</span></li>\n");
	out->failed |= callers.failed;
	text_free(&callers);
}

static void things(const struct report *r, struct text *out)
{
	enum { SHOWN = 12 };
	size_t loading = r->things.count - r->to_look_at;
	text_add(out, "<section id=\"look\" class=\"card\"><h2>To look at</h2>\n");
	if (r->to_look_at == 0)
		text_add(out, "<p>Nothing that the program does by itself is marked as dangerous.</p>\n");
	else
		text_add(out, "<ul class=\"things\">\n");
	for (size_t i = 0; i < r->to_look_at; i++) {
		if (i == SHOWN)
			text_add(out, "</ul><details><summary>%zu more</summary><ul class=\"things\">\n", r->to_look_at - SHOWN);
		thing(r, &r->things.items[i], out);
	}
	text_add(out, r->to_look_at > SHOWN ? "</ul></details>\n" : r->to_look_at > 0 ? "</ul>\n" : "");
	if (loading > 0) {
		text_add(out, "<details><summary>While it is loaded: ");
		plural(out, loading, "caution");
		text_add(out, ", as of every dynamic program</summary><ul class=\"things\">\n");
		for (size_t i = r->to_look_at; i < r->things.count; i++)
			thing(r, &r->things.items[i], out);
		text_add(out, "</ul></details>\n");
	}
	text_add(out, "</section>\n");
}

/* The classes that are always allowed tell nothing, so they are not here. */
static void classes(const struct report *r, struct text *out)
{
	size_t unused = 0;
	text_add(out, "<section id=\"classes\" class=\"card\"><h2>What it does</h2>\n<ul class=\"classes\">\n");
	if (r->executes)
		text_add(out, "<li><span><strong>executing programs</strong></span> <span class=\"meta\">other programs than the recorded command</span></li>\n");
	for (int c = 0; c < CAPABILITY_COUNT; c++) {
		if ((CAPABILITY_ALWAYS & CAPABILITY_BIT(c)) || !(r->classes & CAPABILITY_BIT(c)))
			continue;
		html_add(out, "<li><span><strong>%s</strong></span> <span class=\"meta\">%s", abi_capabilities[c].name, abi_capabilities[c].what);
		if (r->class_run[c] < r->runs.count && r->runs.count > 1 && r->class_run[c] > 0) {
			text_add(out, " · first in ");
			html_run_name(r, r->class_run[c], out);
		}
		text_add(out, "</span></li>\n");
	}
	text_add(out, "</ul>\n<p class=\"meta\">%sNot seen: ",
		 r->runs.count > 1 && r->classes != 0 ? "Where no run is named, run 0 was the first. " : "");
	for (int c = 0; c < CAPABILITY_COUNT; c++)
		if (!(CAPABILITY_ALWAYS & CAPABILITY_BIT(c)) && !(r->classes & CAPABILITY_BIT(c)))
			html_add(out, unused++ == 0 ? "%s" : ", %s", abi_capabilities[c].name);
	text_add(out, "%s%s.</p></section>\n", r->executes ? "" : unused > 0 ? ", executing other programs" : "executing other programs",
		 r->executes && unused == 0 ? "nothing" : "");
}

/* Names the calls that only Docker allows: the dangerous ones, the gravest first, and all of them in a list that opens. */
static void needless(const struct comparison *at, struct text *out)
{
	size_t dangers = 0, n;
	for (size_t i = 0; i < 3 * at->needless_calls.count; i++) {
		size_t which = i % at->needless_calls.count, level = i / at->needless_calls.count;
		const struct danger *d = abi_dangers(at->needless_calls.items[which], &n);
		if (n == 0 || d[0].arg != NULL || d[0].level != level)
			continue;
		html_add(out, dangers++ == 0 ? "<p>Dangerous ones among them: <code class=\"%s\">%s</code>" : ", <code class=\"%s\">%s</code>",
			 level_words[level], at->needless_calls.items[which]);
	}
	text_add(out, dangers > 0 ? ".</p>\n" : "");
	text_add(out, "<details><summary>All %zu</summary><p class=\"calls\">", at->needless_calls.count);
	for (size_t i = 0; i < at->needless_calls.count; i++)
		html_add(out, "%s<code>%s</code>", i == 0 ? "" : ", ", at->needless_calls.items[i]);
	text_add(out, "</p></details>\n");
}

static void docker(const struct report *r, const struct comparisons *c, struct text *out)
{
	enum { NAMED = 8 };
	text_add(out, "<section id=\"docker\" class=\"card\"><h2>Beside Docker’s default</h2>\n");
	if (r->in->policy == NULL)
		html_add(out, "<p>No policy can be derived: %s.</p>\n", r->in->why_none);
	for (size_t i = 0; i < c->archs.count; i++) {
		const struct comparison *at = &c->archs.items[i];
		if (at->own == 0)
			continue;
		text_add(out, "<p>Docker allows <strong>%zu calls</strong> that this does not need, and %zu of the others with more arguments",
			 at->needless, at->narrowed);
		text_add(out, i > 0 || c->archs.count > 1 ? " (%s).</p>\n" : ".</p>\n", arch_name(at->arch));
		if (at->needless > 0)
			needless(at, out);
	}
	if (c->archs.count > 0) {
		text_add(out, c->beyond.count > 0 ? "<p>This needs what Docker denies: <a href=\"#policy\">" : "<p>This needs nothing that Docker denies.</p>\n");
		for (size_t i = 0; i < c->beyond.count && i < NAMED; i++)
			html_add(out, i == 0 ? "<code>%s</code>" : ", <code>%s</code>", c->beyond.items[i].syscall);
		if (c->beyond.count > NAMED)
			text_add(out, " and %zu more", c->beyond.count - NAMED);
		text_add(out, c->beyond.count > 0 ? "</a>.</p>\n" : "");
	}
	text_add(out, "</section>\n");
}

void html_answer(const struct report *r, const struct comparisons *c, struct text *out)
{
	text_add(out, "<div class=\"cards\">\n");
	things(r, out);
	classes(r, out);
	docker(r, c, out);
	text_add(out, "</div>\n");
}
