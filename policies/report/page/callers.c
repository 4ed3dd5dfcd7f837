/* The page: who asks. The stacks drawn as an icicle, and the callers as a table. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/report/report_parts.h"
#include "policies/show/caller.h"

/* A row of the drawing is HIGH pixels high; what is narrower than one part in FINEST is not drawn. */
enum { HIGH = 20, FINEST = 400, CALLERS = 12, CALLERS_MOST = 200, CALLS_NAMED = 12 };

#define BOX "<rect width=\"100%%\" height=\"100%%\"/><text x=\"4\" y=\"14\">"

static void place(double x, double width, size_t depth, const char *class, size_t colour, struct text *out)
{
	text_add(out, "<svg class=\"f %s%zu\" x=\"%.3f%%\" y=\"%zu\" width=\"%.3f%%\" height=\"%d\">", class, colour, x, (depth - 1) * HIGH,
		 width, HIGH - 1);
}

/* Adds the box of a call, which leads to its facts. The first box of a call is where its facts lead to. */
static void call_box(struct report *r, const struct icicle_node *n, double x, double width, struct text *out)
{
	struct report_call *c = &r->calls.items[n->call - r->calls.items];
	text_add(out, "<a ");
	if (!c->drawn) {
		text_add(out, "id=\"w-");
		html_call_id(c, out);
		text_add(out, "\" ");
	}
	c->drawn = true;
	text_add(out, "href=\"#");
	html_call_id(c, out);
	text_add(out, "\">");
	place(x, width, n->depth, c->dangers != 0 ? "danger call" : "call", 0, out);
	html_add(out, "<title>%s: ", c->name);
	plural(out, n->facts, "fact");
	text_add(out, " from here</title>" BOX);
	html_add(out, "%s</text></svg></a>\n", c->name);
}

void html_stacks_link(const struct report_call *c, struct text *out)
{
	if (!c->drawn)
		return;
	text_add(out, "<a class=\"meta\" href=\"#w-");
	html_call_id(c, out);
	html_add(out, "\" aria-label=\"%s in the drawing of stacks\">in the drawing</a>", c->name);
}

static void function_box(const struct icicle *t, const struct icicle_node *n, double x, double width, struct text *out)
{
	struct text name = {0}, module = {0};
	frame_name_text(t->profile, n->frame, false, &name);
	frame_module_text(t->profile, n->frame, &module);
	place(x, width, n->depth, "l", icicle_colour(t, n), out);
	html_add(out, module.count > 0 ? "<title>%s in %s: " : "<title>%s%s: ", text_string(&name), text_string(&module));
	plural(out, n->facts, "fact");
	text_add(out, "</title>" BOX);
	html_add(out, "%s</text></svg>\n", text_string(&name));
	out->failed |= name.failed || module.failed;
	text_free(&name);
	text_free(&module);
}

/* Draws the children of a node beside each other, and so on. Returns how deep the drawing is. */
static size_t draw(struct report *r, const struct icicle *t, size_t parent, double x, double scale, size_t *left_out, struct text *out)
{
	size_t deepest = t->nodes.items[parent].depth;
	for (size_t i = t->nodes.items[parent].first; i != 0; i = t->nodes.items[i].next) {
		const struct icicle_node *n = &t->nodes.items[i];
		double width = (double)n->facts * scale;
		if (width * FINEST < 100) {
			++*left_out;
			continue;
		}
		if (n->call != NULL)
			call_box(r, n, x, width, out);
		else
			function_box(t, n, x, width, out);
		size_t deep = draw(r, t, i, x, scale, left_out, out);
		deepest = deep > deepest ? deep : deepest;
		x += width;
	}
	return deepest;
}

static void colours(const struct icicle *t, struct text *out)
{
	text_add(out, "<ul class=\"legend\">\n");
	for (size_t i = 0; i < t->colours; i++) {
		const char *path = profile_module(t->profile, t->modules[i])->path, *slash = strrchr(path, '/');
		text_add(out, "<li><svg width=\"17\" height=\"17\" aria-hidden=\"true\"><g class=\"l%zu\"><rect width=\"17\" height=\"17\"/></g></svg>", i);
		html_add(out, " %s</li>\n", slash != NULL && slash[1] != '\0' ? slash + 1 : path);
	}
	text_add(out, "<li><svg width=\"17\" height=\"17\" aria-hidden=\"true\"><g class=\"call0\"><rect width=\"17\" height=\"17\"/></g></svg> the "
		      "call</li></ul>\n");
}

static void picture(struct report *r, const struct icicle *t, struct text *out)
{
	struct text drawn = {0};
	size_t left_out = 0, deep = draw(r, t, 0, 0, 100.0 / (double)t->nodes.items[0].facts, &left_out, &drawn);
	text_add(out, "<p>Each box is a function, below it those that it called, at the bottom the system calls; a box is as wide as the facts "
		      "that come through it.%s</p>\n",
		 t->cut ? " Of very deep stacks the middle is left out." : "");
	colours(t, out);
	text_add(out, "<p class=\"told\" aria-hidden=\"true\" hidden>Point at a function to read its name; a click makes it fill the width. Arrow keys "
		      "go from box to box, Enter is a click. A click on a system call shows its facts.</p>\n"
		      "<p class=\"zoom\" hidden><button type=\"button\" id=\"whole\" disabled>Show the whole</button> <button type=\"button\" "
		      "id=\"theirs\" disabled>Show the facts of this function</button></p>\n"
		      "<div class=\"scroll\"><svg class=\"icicle\" width=\"100%%\" height=\"%zu\" role=\"group\" aria-label=\"Stacks, as a "
		      "drawing; the table below has the callers\">\n",
		 deep * HIGH);
	text_add_bytes(out, drawn.bytes, drawn.count);
	text_add(out, "</svg></div>\n");
	if (left_out > 0)
		text_add(out, "<p class=\"meta\">%zu narrow boxes are not drawn: <code>pinhole explain --folded</code> has all stacks.</p>\n", left_out);
	out->failed |= drawn.failed;
	text_free(&drawn);
}

/* A caller and a call that it makes. */
struct asking {
	char *caller;
	const struct report_call *call;
};
struct asked {
	VEC(struct asking) all;
};
/* Where one caller begins in the sorted list, and how many entries it has. */
struct span {
	size_t from, count;
};

static int by_caller(const void *a, const void *b)
{
	const struct asking *x = a, *y = b;
	int order = strcmp(x->caller, y->caller);
	return order != 0 ? order : (x->call > y->call) - (x->call < y->call);
}

static int most_first(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	return x->count != y->count ? (x->count < y->count ? 1 : -1) : (x->from > y->from) - (x->from < y->from);
}

static void collect(const struct report *r, struct asked *asked, struct text *out)
{
	for (size_t i = 0; i < r->calls.count; i++)
		for (size_t k = 0; k < r->calls.items[i].facts.count; k++) {
			const struct fact *f = profile_fact(r->profile, r->calls.items[i].facts.items[k]);
			for (size_t j = 0; j < f->stacks.count; j++) {
				const struct stack *s = profile_stack(r->profile, f->stacks.items[j]);
				struct text name = {0};
				caller_text(r->profile, s->frames.items[stack_caller(r->profile, s)], &name);
				char *copy = strdup(text_string(&name));
				out->failed |= copy == NULL || name.failed || !vec_push(&asked->all, (struct asking){copy, &r->calls.items[i]});
				text_free(&name);
			}
		}
	if (asked->all.count > 0)
		qsort(asked->all.items, asked->all.count, sizeof(*asked->all.items), by_caller);
}

static void caller_row(const struct asked *asked, const struct span *at, struct text *out)
{
	size_t named = 0;
	html_add(out, "<tr><th scope=\"row\" class=\"wide\"><code>%s</code></th>", asked->all.items[at->from].caller);
	text_add(out, "<td class=\"number\">%zu</td><td class=\"wide\">", at->count);
	for (size_t i = at->from; i < at->from + at->count; i++) {
		const struct report_call *c = asked->all.items[i].call;
		if ((i > at->from && asked->all.items[i - 1].call == c) || named++ >= CALLS_NAMED)
			continue;
		text_add(out, named > 1 ? ", <a href=\"#" : "<a href=\"#");
		html_call_id(c, out);
		html_add(out, "\"><code>%s</code></a>", c->name);
	}
	text_add(out, named > CALLS_NAMED ? " and %zu more</td></tr>\n" : "</td></tr>\n", named - CALLS_NAMED);
}

static void table(const struct asked *asked, const struct span *spans, size_t from, size_t to, struct text *out)
{
	text_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Callers%s\"><table>\n<thead><tr><th scope=\"col\">Caller</th>"
		      "<th scope=\"col\" class=\"number\">Facts</th><th scope=\"col\">System calls</th></tr></thead><tbody>\n",
		 from > 0 ? ", further" : "");
	for (size_t i = from; i < to; i++)
		caller_row(asked, &spans[i], out);
	text_add(out, "</tbody></table></div>\n");
}

static void callers(const struct report *r, struct text *out)
{
	struct asked asked = {0};
	VEC(struct span) spans = {0};
	collect(r, &asked, out);
	for (size_t i = 0, k; i < asked.all.count && !out->failed; i = k) {
		for (k = i; k < asked.all.count && strcmp(asked.all.items[k].caller, asked.all.items[i].caller) == 0;)
			k++;
		out->failed |= !vec_push(&spans, (struct span){i, k - i});
	}
	size_t n = spans.count, most = n < CALLERS_MOST ? n : CALLERS_MOST;
	if (n > 0 && !out->failed) {
		qsort(spans.items, n, sizeof(*spans.items), most_first);
		table(&asked, spans.items, 0, n < CALLERS ? n : CALLERS, out);
	}
	if (n > CALLERS && !out->failed) {
		text_add(out, "<details class=\"fold\"><summary>%zu more callers%s</summary>\n", n - CALLERS,
			 n > most ? ", those with most facts" : "");
		table(&asked, spans.items, CALLERS, most, out);
		text_add(out, "</details>\n");
	}
	vec_free(&spans);
	for (size_t i = 0; i < asked.all.count; i++)
		free(asked.all.items[i].caller);
	vec_free(&asked.all);
}

/* Says of which files the functions have no names, and how to get them. */
static void nameless(const struct report *r, struct text *out)
{
	enum { WORTH = 3 };
	size_t modules = profile_module_count(r->profile), *places = calloc(2 * modules + 1, sizeof(*places)), told = 0;
	if (places == NULL) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < profile_frame_count(r->profile); i++) {
		uint32_t module = profile_frame(r->profile, i)->module;
		if (module == MODULE_NONE)
			continue;
		places[2 * module]++;
		places[2 * module + 1] += profile_frame_named(r->profile, i)->symbol == NULL;
	}
	for (size_t i = 0; i < modules && told < WORTH; i++) {
		const struct module *m = profile_module(r->profile, i);
		if (places[2 * i + 1] < WORTH || 2 * places[2 * i + 1] < places[2 * i])
			continue;
		told++;
		text_add(out, "<p class=\"meta\">%zu of %zu places in ", places[2 * i + 1], places[2 * i]);
		html_add(out, "<code>%s</code> are bare addresses: it has no symbols. Install its debugging symbols and record again; on Debian "
			      "<code>find-dbgsym-packages %s</code> names their package",
			 m->path, m->path);
		if (m->build_id != NULL)
			html_add(out, ", elsewhere <code>debuginfod-find debuginfo %s</code> gets them", m->build_id);
		text_add(out, ".</p>\n");
	}
	free(places);
}

void html_who(struct report *r, struct text *out)
{
	struct icicle t;
	struct error e = {0};
	if (r->stacks == 0)
		return;
	text_add(out, "<section id=\"who\"><h2>Who asks</h2>\n");
	out->failed |= icicle_make(r, &t, &e) < 0;
	if (!out->failed)
		picture(r, &t, out);
	icicle_clear(&t);
	callers(r, out);
	nameless(r, out);
	text_add(out, "</section>\n");
}
