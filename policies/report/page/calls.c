/* The page: the calls by group, with search and filters. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "policies/report/report_parts.h"
#include "policies/show/caller.h"
#include "policies/show/show.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* Marks of danger: a sign and a word, as colour alone is not readable by everyone. */
static void marks(unsigned levels, struct text *out)
{
	for (unsigned i = 0; i < 3; i++)
		if (levels >> i & 1)
			text_add(out, " <strong class=\"mark %s\">! %s</strong>", level_words[i],
				 danger_level_name((enum danger_level)i));
}

/* Adds numbers in ascending order as "0-3 7", at most `most` ranges; `next` returns the i-th
 * number. */
static void ranges(const struct fact *f, uint32_t (*next)(const struct fact *, size_t), size_t n, size_t most,
		   const char *between, const char *dash, struct text *out)
{
	for (size_t i = 0; i < n;) {
		size_t k = i;
		if (most-- == 0) {
			text_add(out, " and %zu more", n - i);
			return;
		}
		while (k + 1 < n && next(f, k + 1) == next(f, k) + 1)
			k++;
		text_add(out, "%s%" PRIu32, i == 0 ? "" : between, next(f, i));
		if (k > i)
			text_add(out, "%s%" PRIu32, dash, next(f, k));
		i = k + 1;
	}
}

static uint32_t run_of(const struct fact *f, size_t i)
{
	return f->runs.items[i].run;
}

static uint32_t program_of(const struct fact *f, size_t i)
{
	return f->programs.items[i];
}

static void stack_end(const struct stack *s, struct text *out)
{
	static const char *const why[STACK_END_COUNT] = {
	    [STACK_LIMIT] = "further frames were not recorded",
	    [STACK_NO_INFO] = "nothing tells who called this",
	    [STACK_UNREADABLE] = "the stack’s memory could not be read",
	    [STACK_LOOP] = "the stack goes round in circles here",
	};
	if (s->end < STACK_END_COUNT && why[s->end] != NULL)
		text_add(out, "<p class=\"meta\">… %s</p>", why[s->end]);
}

/* Adds the name of the frame `out_from` places outside the caller; nothing if there is none. */
static void frame_name(const struct profile *p, const struct stack *s, size_t out_from, bool place, struct text *out)
{
	size_t at = stack_caller(p, s) + out_from;
	if (at < s->frames.count)
		(place ? frame_text : caller_text)(p, s->frames.items[at], out);
}

static bool is_alike(const struct profile *p, const struct stack *a, const struct stack *b, size_t out_from, bool place,
		     struct text *out)
{
	struct text x = {0}, y = {0};
	frame_name(p, a, out_from, place, &x);
	frame_name(p, b, out_from, place, &y);
	bool alike = strcmp(text_string(&x), text_string(&y)) == 0;
	out->failed |= x.failed || y.failed;
	text_free(&x);
	text_free(&y);
	return alike;
}

/* Adds the caller. If another stack of the fact has the same caller, also adds the first frame
 * outside it that differs. */
static void stack_title(const struct profile *p, const struct fact *f, size_t which, struct text *out)
{
	const struct stack *s = profile_stack(p, f->stacks.items[which]);
	size_t caller = stack_caller(p, s);
	caller_text(p, s->frames.items[caller], out);
	for (size_t i = 0; i < f->stacks.count; i++) {
		const struct stack *o = profile_stack(p, f->stacks.items[i]);
		size_t out_from = 0;
		if (i == which || !is_alike(p, s, o, 0, false, out))
			continue;
		while (caller + out_from < s->frames.count && is_alike(p, s, o, out_from, true, out))
			out_from++;
		if (caller + out_from < s->frames.count)
			text_add(out, out_from == 0 ? ", " : " … ");
		frame_name(p, s, out_from, true, out);
		return;
	}
}

/* Returns how many of the outermost frames a stack shares with an earlier stack of the fact, *with,
 * so that a long stack is printed once. */
static size_t shared_frames(const struct profile *p, const struct fact *f, size_t which, size_t *with)
{
	enum { WORTH = 3 };
	const struct stack *s = profile_stack(p, f->stacks.items[which]);
	size_t most = 0;
	for (size_t i = 0; i < which; i++) {
		const struct stack *o = profile_stack(p, f->stacks.items[i]);
		size_t n = 0;
		while (n < s->frames.count && n < o->frames.count &&
		       s->frames.items[s->frames.count - 1 - n] == o->frames.items[o->frames.count - 1 - n])
			n++;
		if (n > most) {
			most = n;
			*with = i;
		}
	}
	return most >= WORTH ? most : 0;
}

/* Frames are lines of text instead of elements, as a profile may have a hundred thousand. */
static void stack(const struct profile *p, const struct fact *f, size_t which, struct text *out)
{
	struct text words = {0};
	const struct stack *s = profile_stack(p, f->stacks.items[which]);
	size_t caller = stack_caller(p, s), with = 0, shared = shared_frames(p, f, which, &with);
	stack_title(p, f, which, &words);
	html_add(out, "<details><summary>%s</summary><pre>", text_string(&words));
	for (size_t i = 0; i < s->frames.count - shared; i++) {
		words.count = 0;
		frame_text(p, s->frames.items[i], &words);
		text_add(out, "%s#%zu ", i == 0 ? "" : "\n", i + 1);
		html_add(out, i == caller ? "<b>%s</b> ← caller" : "%s", text_string(&words));
	}
	text_add(out, "</pre>");
	if (shared > 0)
		text_add(out, "<p class=\"meta\">… then as in %s above, from its #%zu on</p>",
			 with == 0   ? "the first"
			 : with == 1 ? "the second"
				     : "the third",
			 profile_stack(p, f->stacks.items[with])->frames.count - shared + 1);
	else
		stack_end(s, out);
	text_add(out, "</details>");
	out->failed |= words.failed;
	text_free(&words);
}

static void seen_in(const struct report *r, const struct fact *f, struct text *out)
{
	enum { SHOWN = 4, SHOWN_RANGES = 20 };
	const char *between = " · ";
	html_add(out, "<span class=\"meta\">%s", phase_name((enum phase)f->key.phase));
	if (f->runs.count == 0)
		text_add(out, " · in no run");
	else if (f->runs.count == r->runs.count)
		text_add(out, r->runs.count == 1 ? " · run 0" : " · all runs");
	else {
		text_add(out, f->runs.count == 1 ? " · run " : " · runs ");
		ranges(f, run_of, f->runs.count, SHOWN_RANGES, ", ", "–", out);
	}
	for (size_t i = 0; i < f->programs.count && i < SHOWN; i++) {
		html_add(out, "%s%s", between, base_name(profile_program(r->profile, f->programs.items[i])->path));
		between = ", ";
	}
	if (f->programs.count > SHOWN)
		text_add(out, " and %zu more", f->programs.count - SHOWN);
	if (f->wide)
		text_add(out, " · stands for more than %d distinct calls: smallest and largest values",
			 PROFILE_FACT_CAP);
	text_add(out, "</span>");
}

/* Adds the dangers of a call's facts in words, and what the policy does with the call. */
static void notes(const struct report *r, const struct report_call *c, struct text *out)
{
	size_t n;
	const struct danger *d = abi_dangers(c->name, &n);
	for (size_t i = 0; i < n; i++) {
		bool done = false;
		for (size_t k = 0; k < c->facts.count && !done; k++)
			done = fact_is_dangerous(profile_fact(r->profile, c->facts.items[k]), &d[i]);
		if (done)
			html_add(out,
				 d[i].arg != NULL ? "<span class=\"note\">%s: %s %s: %s <cite>[%s]</cite></span>"
						  : "<span class=\"note\">%s: %s%s%s <cite>[%s]</cite></span>",
				 danger_level_name(d[i].level), d[i].arg != NULL ? d[i].arg : "",
				 d[i].arg != NULL ? d[i].value : "", d[i].why, d[i].source);
	}
	if (r->in->policy == NULL)
		return;
	const struct rule *rule = policy_rule(r->in->policy, c->arch, c->name);
	struct text words = {0};
	if (rule != NULL && (rule->any.count > 0 || rule->action.kind != ACTION_ALLOW)) {
		for (const struct rule *one = rule; one != NULL; one = policy_next_rule(r->in->policy, c->arch, one)) {
			text_add(&words, one == rule ? "" : "; else ");
			rule_text(one, c->arch, "; or ", &words);
		}
		html_add(out,
			 "<details class=\"rule\"><summary>policy: with conditions</summary><p>%s</p><p "
			 "class=\"meta\">%s</p></details>",
			 text_string(&words), rule->why != NULL ? rule->why : "");
	} else if (rule == NULL) {
		action_text(r->in->policy->default_action, &words);
		html_add(out, "<span class=\"note\">policy: refused (%s)</span>", text_string(&words));
	}
	out->failed |= words.failed;
	text_free(&words);
}

static void fact_row(const struct report *r, const struct report_call *c, const struct fact *f, struct text *out)
{
	struct text words = {0};
	unsigned levels = fact_dangers(f);
	const char *between = "";
	text_add(out, "<tr data-f=\"%s\" data-r=\"", phase_name((enum phase)f->key.phase));
	ranges(f, run_of, f->runs.count, SIZE_MAX, " ", "-", out);
	text_add(out, "\" data-p=\"");
	ranges(f, program_of, f->programs.count, SIZE_MAX, " ", "-", out);
	text_add(out, "\"");
	if (levels != 0)
		text_add(out, " data-d=\"");
	for (unsigned i = 0; i < 3; i++)
		if (levels >> i & 1) {
			text_add(out, "%s%s", between, level_words[i]);
			between = " ";
		}
	text_add(out, levels != 0 ? "\">" : ">");
	fact_marked_text(r->profile, f, &words);
	html_add(out, "<th scope=\"row\"><code>%s</code>", text_string(&words));
	if (f->key.arch != ARCH_NATIVE)
		html_add(out, " <strong class=\"mark\">%s</strong>", arch_name((enum arch)f->key.arch));
	marks(levels, out);
	seen_in(r, f, out);
	if (c->facts.count == 1)
		notes(r, c, out);
	text_add(out, "</th><td class=\"number\">%" PRIu64 "</td><td>", fact_total(f));
	bool large = out->count >= PAGE_STACKS_END;
	for (size_t i = 0; i < f->stacks.count && !large; i++)
		stack(r->profile, f, i, out);
	if (f->stacks.count > 0 && large)
		text_add(out, "<span class=\"meta\">left out, as the page is large: see pinhole explain</span>");
	if (c->facts.count == 1)
		html_stacks_link(c, out);
	text_add(out, f->stacks.count == 0 ? "<span class=\"meta\">not recorded</span></td></tr>\n" : "</td></tr>\n");
	out->failed |= words.failed;
	text_free(&words);
}

/* Adds as many facts as the call's share of the page allows, dangerous ones first. */
static void fact_rows(const struct report *r, const struct report_call *c, struct text *out)
{
	size_t shown = facts_shown(r, c), dangerous = 0, left_out = c->facts.count - shown;
	for (size_t i = 0; i < c->facts.count && left_out > 0 && c->dangers != 0; i++)
		dangerous += fact_dangers(profile_fact(r->profile, c->facts.items[i])) != 0;
	size_t room[2] = {shown - (dangerous < shown ? dangerous : shown), dangerous < shown ? dangerous : shown};
	left_out = 0;
	for (size_t i = 0; i < c->facts.count; i++) {
		const struct fact *f = profile_fact(r->profile, c->facts.items[i]);
		size_t *of = &room[dangerous > 0 && fact_dangers(f) != 0];
		if (*of == 0 || out->count >= PAGE_FACTS_END) {
			left_out++;
			continue;
		}
		--*of;
		fact_row(r, c, f, out);
	}
	if (left_out == 0)
		return;
	text_add(out, "<tr><th scope=\"row\" colspan=\"3\"><span class=\"meta\">");
	plural(out, left_out, "more fact");
	html_add(out, " of this call left out, as the page is large: <code>pinhole explain PROFILE %s</code></span></th></tr>\n", c->name);
}

void html_call_id(const struct report_call *c, struct text *out)
{
	html_add(out, "c-%s%s%s", c->arch != ARCH_NATIVE ? arch_name(c->arch) : "", c->arch != ARCH_NATIVE ? "-" : "", c->name);
}

static void call(const struct report *r, const struct report_call *c, struct text *out)
{
	text_add(out, "<tbody id=\"");
	html_call_id(c, out);
	text_add(out, "\">");
	if (c->facts.count > 1) {
		html_add(out, "<tr class=\"call\"><th scope=\"rowgroup\"><code>%s</code>", c->name);
		if (c->arch != ARCH_NATIVE)
			html_add(out, " <strong class=\"mark\">%s</strong>", arch_name(c->arch));
		text_add(out, " <span class=\"meta\">%zu fact%s</span>", c->facts.count, plural_s(c->facts.count));
		marks(c->dangers, out);
		notes(r, c, out);
		text_add(out, "</th><td class=\"number\">%" PRIu64 "</td><td>", c->count);
		html_stacks_link(c, out);
		text_add(out, "</td></tr>\n");
	}
	fact_rows(r, c, out);
	text_add(out, "</tbody>\n");
}

static void group(const struct report *r, size_t from, size_t to, struct text *out)
{
	const char *name = r->calls.items[from].group, *what = "", *id = name + (*name == '@');
	for (size_t i = 0; i < abi_group_count; i++)
		if (strcmp(abi_groups[i].name, name) == 0)
			what = abi_groups[i].what;
	html_add(out,
		 "<section class=\"group\" data-g=\"%s\"><h3 id=\"g-%s\">%s <small>%s</small></h3>\n<table "
		 "aria-labelledby=\"g-%s\">\n"
		 "<thead><tr><th scope=\"col\">Call</th><th scope=\"col\" class=\"number\">Count</th>"
		 "<th scope=\"col\">Called from</th></tr></thead>\n",
		 name, id, name, what, id);
	for (size_t i = from; i < to; i++)
		call(r, &r->calls.items[i], out);
	text_add(out, "</table></section>\n");
}

static void select_begin(const char *id, const char *label, const char *all, struct text *out)
{
	html_add(out, "<p><label for=\"%s\">%s</label><select id=\"%s\"><option value=\"\">%s</option>\n", id, label,
		 id, all);
}

static void filters(const struct report *r, struct text *out)
{
	text_add(
	    out,
	    "<form id=\"filter\" role=\"search\" aria-label=\"Calls\" hidden>\n<p class=\"search\"><label for=\"text\">"
	    "Search calls, arguments, callers</label><input id=\"text\" type=\"search\" autocomplete=\"off\" "
	    "spellcheck=\"false\"></p>\n");
	select_begin("group", "Group", "all groups", out);
	for (size_t i = 0; i < r->calls.count; i++)
		if (i == 0 || strcmp(r->calls.items[i].group, r->calls.items[i - 1].group) != 0)
			html_add(out, "<option>%s</option>\n", r->calls.items[i].group);
	text_add(out, "</select></p>\n");
	select_begin("call", "Call", "all names", out);
	for (size_t i = 0; i < r->calls.count; i++) {
		const struct report_call *c = &r->calls.items[i];
		text_add(out, "<option value=\"");
		html_call_id(c, out);
		html_add(out, c->arch != ARCH_NATIVE ? "\">%s (%s)</option>\n" : "\">%s</option>\n", c->name, arch_name(c->arch));
	}
	text_add(out, "</select></p>\n");
	select_begin("danger", "Danger", "all calls", out);
	text_add(out, "<option value=\"any\">any danger</option>\n");
	for (unsigned i = 0; i < 3; i++)
		html_add(out, "<option value=\"%s\">%s</option>\n", level_words[i],
			 danger_level_name((enum danger_level)i));
	text_add(out, "</select></p>\n");
	select_begin("phase", "Phase", "all phases", out);
	for (int i = 0; i < PHASE_COUNT; i++)
		html_add(out, "<option>%s</option>\n", phase_name((enum phase)i));
	text_add(out, "</select></p>\n");
	select_begin("program", "Program", "all programs", out);
	for (size_t i = 0; i < profile_program_count(r->profile); i++) {
		if (html_is_left_out(i, profile_program_count(r->profile)))
			continue;
		text_add(out, "<option value=\"%zu\">", i);
		html_add(out, "%s</option>\n", profile_program(r->profile, i)->path);
	}
	text_add(out, "</select></p>\n");
	select_begin("run", "Seen in run", "all runs", out);
	for (size_t i = 0; i < r->runs.count; i++) {
		if (html_is_left_out(i, r->runs.count))
			continue;
		text_add(out, "<option value=\"%zu\">run %zu", i, i);
		const char *label = profile_run(r->profile, i)->label;
		html_add(out, label != NULL ? ": %s</option>\n" : "</option>\n", label);
	}
	text_add(out, "</select></p>\n<p class=\"buttons\"><button type=\"reset\">Show all</button> "
		      "<button type=\"button\" id=\"open\">Open the stacks shown</button></p>\n</form>\n"
		      "<p id=\"matches\" role=\"status\" aria-live=\"polite\">");
	plural(out, r->facts, "fact");
	text_add(out, "</p>\n");
}

void html_calls(const struct report *r, struct text *out)
{
	text_add(out, "<section id=\"calls\"><h2>Calls</h2>\n");
	text_add(out, "<p>One row for each fact: a call with the arguments that select what it does.%s</p>\n",
		 r->quiet ? " Counts, programs and runs are lower bounds: what was known ran without being looked at."
			  : "");
	size_t shown = 0;
	for (size_t i = 0; i < r->calls.count; i++)
		shown += facts_shown(r, &r->calls.items[i]);
	if (shown < r->facts)
		text_add(out,
			 "<p class=\"warning\">This page has %zu of the %zu facts: at most %zu of each call, dangerous ones first. "
			 "<code>pinhole show PROFILE</code> has all of them, <code>pinhole explain PROFILE CALL</code> those of "
			 "one call.</p>\n",
			 shown, r->facts, r->each);
	filters(r, out);
	for (size_t i = 0, k; i < r->calls.count; i = k) {
		for (k = i + 1; k < r->calls.count && strcmp(r->calls.items[k].group, r->calls.items[i].group) == 0;)
			k++;
		group(r, i, k, out);
	}
	text_add(out, "</section>\n");
}
