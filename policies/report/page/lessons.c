/* The page: what each run taught: the facts in the order of first seeing, and the runs that saw each; and
 * when within a long run. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/report/report_parts.h"
#include "policies/show/caller.h"

/* Rows that stand open, and all rows; runs whose time line is drawn, and marks on one; places of a strip. */
enum { ROWS_OPEN = 40, ROWS_MOST = 400, TIMED_RUNS = 5, MARKS_MOST = 400, PLACES_MOST = 400 };

/* A fact by the run that first saw it. */
struct lesson {
	const struct fact *fact;
	size_t first;
	const struct report_call *call;
};
struct lessons {
	VEC(struct lesson) all;
	size_t every;	 /* facts that every run with complete facts saw, or (of an incomplete one) that the first run taught */
	size_t complete; /* runs that report all their facts */
};

/* Those of the first run come last: what later runs added is news. */
static int by_first(const void *a, const void *b)
{
	const struct lesson *x = a, *y = b;
	if (x->first != y->first)
		return x->first - 1 < y->first - 1 ? -1 : 1; /* 0 becomes the largest */
	return x->fact < y->fact ? -1 : x->fact > y->fact;
}

/* How many of a fact's runs report all their facts. */
static size_t complete_runs(const struct report *r, const struct fact *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->runs.count; i++)
		n += run_is_complete(profile_run(r->profile, f->runs.items[i].run));
	return n;
}

static void collect(const struct report *r, struct lessons *l, struct text *out)
{
	for (size_t i = 0; i < r->runs.count; i++)
		l->complete += run_is_complete(profile_run(r->profile, i));
	for (size_t i = 0; i < r->calls.count; i++)
		for (size_t k = 0; k < r->calls.items[i].facts.count; k++) {
			const struct fact *f = profile_fact(r->profile, r->calls.items[i].facts.items[k]);
			size_t first = fact_first_run(f);
			if (first >= r->runs.count)
				continue;
			if (first == 0 && complete_runs(r, f) == l->complete)
				l->every++;
			else
				out->failed |= !vec_push(&l->all, (struct lesson){f, first, &r->calls.items[i]});
		}
	if (l->all.count > 0)
		qsort(l->all.items, l->all.count, sizeof(*l->all.items), by_first);
}

/* Draws the runs that saw a fact: a box for each row of neighbours. Of very many runs several share a place. */
static void strip(const struct report *r, const struct fact *f, struct text *out)
{
	size_t runs = r->runs.count, places = runs < PLACES_MOST ? runs : PLACES_MOST;
	double each = 100.0 / (double)places;
	text_add(out, "<svg class=\"strip%s\" width=\"100%%\" height=\"14\" aria-hidden=\"true\">", f->runs.count == 1 ? " once" : "");
	for (size_t i = 0, k; i < f->runs.count; i = k) {
		size_t from = f->runs.items[i].run * places / runs, to = from + 1;
		for (k = i + 1; k < f->runs.count && f->runs.items[k].run * places / runs <= to; k++)
			to = f->runs.items[k].run * places / runs + 1;
		text_add(out, "<rect x=\"%.2f%%\" width=\"%.2f%%\" height=\"14\"/>", each * (double)from, each * (double)(to - from));
	}
	text_add(out, "</svg>");
}

/* Says who asked, as far as a fact's callers are known. */
static void asked_by(const struct report *r, const struct fact *f, struct text *out)
{
	struct text callers = {0};
	fact_callers_text(r->profile, f, &callers);
	if (callers.count > 0)
		html_add(out, "<span class=\"meta\">asked by <cite>%s</cite></span>", text_string(&callers));
	out->failed |= callers.failed;
	text_free(&callers);
}

static void lesson(const struct report *r, const struct lessons *l, const struct lesson *at, struct text *out)
{
	struct text words = {0};
	size_t n = at->fact->runs.count;
	unsigned levels = fact_dangers(at->fact);
	fact_marked_text(r->profile, at->fact, &words);
	text_add(out, "<tr><th scope=\"row\" class=\"wide\"><a href=\"#");
	html_call_id(at->call, out);
	html_add(out, "\"><code>%s</code></a>", text_string(&words));
	for (unsigned i = 0; i < 3; i++)
		if (levels >> i & 1) {
			html_add(out, " <strong class=\"mark %s\">! %s</strong>", level_words[i], danger_level_name((enum danger_level)i));
			break;
		}
	asked_by(r, at->fact, out);
	text_add(out, "</th><td class=\"runs\">");
	strip(r, at->fact, out);
	text_add(out, "</td><td class=\"nowrap\">");
	if (n == 1)
		text_add(out, l->complete == r->runs.count ? "only run %zu" : "run %zu", at->first);
	else
		text_add(out, "%zu of %zu runs", n, r->runs.count);
	text_add(out, "</td></tr>\n");
	out->failed |= words.failed;
	text_free(&words);
}

/* Names the run, and the capability classes that it was the first to show. */
static void heading(const struct report *r, size_t run, struct text *out)
{
	size_t shown = 0;
	text_add(out, "<tr class=\"call\"><th scope=\"rowgroup\" colspan=\"3\"><strong>");
	html_run_name(r, run, out);
	text_add(out, "</strong> <span class=\"meta\">");
	plural(out, r->runs.items[run].found, "new fact");
	for (int c = 0; c < CAPABILITY_COUNT && run > 0; c++)
		if ((r->classes & CAPABILITY_BIT(c)) && !(CAPABILITY_ALWAYS & CAPABILITY_BIT(c)) && r->class_run[c] == run)
			html_add(out, shown++ == 0 ? "; the first with %s" : ", %s", abi_capabilities[c].name);
	text_add(out, "</span></th></tr>\n");
}

static void table(const struct report *r, const struct lessons *l, size_t from, size_t to, struct text *out)
{
	text_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Facts by run%s\"><table class=\"taught\">\n<thead><tr>"
		      "<th scope=\"col\">Fact</th><th scope=\"col\">Seen in run 0 to %zu</th><th scope=\"col\">Runs</th></tr></thead>\n",
		 from > 0 ? ", further" : "", r->runs.count - 1);
	for (size_t i = from; i < to; i++) {
		bool begins = i == from || l->all.items[i].first != l->all.items[i - 1].first;
		if (begins) {
			text_add(out, i == from ? "<tbody>" : "</tbody>\n<tbody>");
			heading(r, l->all.items[i].first, out);
		}
		lesson(r, l, &l->all.items[i], out);
	}
	text_add(out, "</tbody></table></div>\n");
}

/* When a run first saw its facts, if it was long enough to say. */
static void time_line(const struct report *r, size_t run, struct text *out)
{
	const struct run *of = profile_run(r->profile, run);
	size_t marks = 0, news = 0;
	uint64_t last = 0;
	struct text drawn = {0};
	for (size_t i = 0; i < r->facts; i++) {
		const struct fact *f = profile_fact(r->profile, i);
		for (size_t k = 0; k < f->runs.count; k++) {
			const struct fact_run *at = &f->runs.items[k];
			if (at->run != run || at->first == 0)
				continue;
			news++;
			last = at->first > last ? at->first : last;
			if (marks++ < MARKS_MOST)
				text_add(&drawn, "<rect x=\"%.2f%%\" width=\"2\" height=\"18\"/>", (double)at->first * 99.5 / (double)of->lasted);
		}
	}
	if (news > 0) {
		text_add(out, "<p class=\"time\"><strong>");
		html_run_name(r, run, out);
		text_add(out, "</strong> lasted ");
		duration_text(of->lasted, out);
		text_add(out, ", and first saw its last of %zu fact%s after ", news, plural_s(news));
		duration_text(last, out);
		text_add(out, ".</p>\n<svg class=\"strip line\" width=\"100%%\" height=\"18\" aria-hidden=\"true\">");
		text_add_bytes(out, drawn.bytes, drawn.count);
		text_add(out, "</svg>\n");
	}
	out->failed |= drawn.failed;
	text_free(&drawn);
}

static void time_lines(const struct report *r, struct text *out)
{
	size_t shown = 0;
	for (size_t i = 0; i < r->runs.count && shown < TIMED_RUNS; i++)
		if (profile_run(r->profile, i)->lasted >= PROFILE_TIMED_MS) {
			text_add(out, shown++ == 0 ? "<h3>Within long runs</h3>\n" : "");
			time_line(r, i, out);
		}
}

void html_taught(const struct report *r, struct text *out)
{
	struct lessons l = {0};
	collect(r, &l, out);
	size_t n = l.all.count, most = n < ROWS_MOST ? n : ROWS_MOST, once = 0, open = 0;
	for (size_t i = 0; i < n; i++)
		once += l.all.items[i].fact->runs.count == 1;
	while (open < n && open < ROWS_OPEN && l.all.items[open].first > 0)
		open++;
	if (r->runs.count > 1) {
		text_add(out, "<section id=\"taught\"><h2>What each run taught</h2>\n<p>");
		if (l.every > 0)
			plural(out, l.every, "fact");
		else
			text_add(out, "No fact");
		text_add(out, l.complete == r->runs.count ? " happened in every run" : " came with the first run");
		if (n == 0)
			text_add(out, ", and there is no other.");
		else if (once == 0)
			text_add(out, ". Of the other %zu, here by the run that first saw them, none hangs on one run.", n);
		else
			text_add(out, ". Of the other %zu, here by the run that first saw them, %zu %s on one run.", n, once, once == 1 ? "hangs" : "hang");
		text_add(out, l.complete < r->runs.count ? " Runs that began with this profile tell only what was new to it.</p>\n" : "</p>\n");
		if (open > 0 && !out->failed)
			table(r, &l, 0, open, out);
		if (most > open && !out->failed) {
			text_add(out, "<details class=\"fold\"><summary>%zu more facts%s%s</summary>\n", most - open,
				 l.all.items[open].first == 0 ? " that run 0 saw and not every other" : "",
				 most < n ? " (the calls below have the others)" : "");
			table(r, &l, open, most, out);
			text_add(out, "</details>\n");
		}
	} else
		text_add(out, "<section id=\"taught\"><h2>What the run taught</h2>\n<p>There is one run: it taught everything.</p>\n");
	time_lines(r, out);
	text_add(out, "</section>\n");
	vec_free(&l.all);
}
