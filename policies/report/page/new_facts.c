/* The page: the new facts of each run, and the derived policy compared with Docker's.
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/report/report_parts.h"
#include "policies/show/show.h"

/* Draws the facts known after each run, with a dot for each run that found new ones. */
static void chart(const struct report *r, struct text *out)
{
	enum { DOTS = 400 };
	size_t n = r->runs.count, dots = 0;
	char last[32];
	struct chart c = chart_make(0, (double)n - 1, (double)r->runs.items[0].total, (double)r->runs.items[n - 1].total);
	snprintf(last, sizeof(last), "run %zu", n - 1);
	chart_begin(&c, "facts known", "flattening", out);
	text_add(out, "<path class=\"sum\" d=\"");
	for (size_t i = 0; i < n; i++)
		text_add(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L', chart_x(&c, (double)i), chart_y(&c, (double)r->runs.items[i].total));
	text_add(out, "\"/>\n");
	for (size_t i = 0; i < n && dots < DOTS; i++)
		if (r->runs.items[i].found > 0) {
			dots++;
			chart_dot(&c, (double)i, (double)r->runs.items[i].total, out);
			html_run_name(r, i, out);
			text_add(out, ": %zu new</title></path>\n", r->runs.items[i].found);
		}
	chart_end("run 0", last, out);
	text_add(out, "<figcaption><span class=\"key sum\"></span> facts known after each run <span class=\"key spot\"></span> a run that found "
		      "new ones. The numbers stand in the table of runs.</figcaption></figure>\n");
}

void html_discovery(const struct report *r, struct text *out)
{
	struct text sentence = {0};
	discovery_text(r, &sentence);
	text_add(out, "<section id=\"discovery\"><h2>How discovery went</h2>\n<p id=\"flattening\"><strong>");
	html_escape(out, text_string(&sentence));
	text_add(out, "</strong></p>\n");
	out->failed |= sentence.failed;
	text_free(&sentence);
	if (r->runs.count > 1)
		chart(r, out);
	if (r->quiet)
		text_add(out, "<p>A run in mode quiet that began with this profile (not with <code>--fresh</code>) "
			      "tells what was new in it, "
			      "not what happened again: that a fact is not listed for a run does not say that it did "
			      "not occur.</p>\n");
	text_add(out, "</section>\n");
}

static void summary(const struct comparison *c, struct text *out)
{
	text_add(out, "<p>On %s it lets <strong>", arch_name(c->arch));
	plural(out, c->own, "call");
	text_add(
	    out,
	    "</strong> through. Of the %zu that Docker’s default profile lets through, <strong>%zu</strong> are not "
	    "needed, and %zu of the others are let through with fewer arguments only.</p>\n",
	    c->docker, c->needless, c->narrowed);
}

static void beyond(const struct comparisons *c, struct text *out)
{
	if (c->beyond.count == 0) {
		text_add(out, "<p>It lets nothing through that Docker’s denies.</p>\n");
		return;
	}
	text_add(out, "<h3>What it lets through and Docker’s denies</h3>\n<ul class=\"beyond\">\n");
	for (size_t i = 0; i < c->beyond.count; i++) {
		const struct beyond *b = &c->beyond.items[i];
		size_t n;
		const struct danger *d = abi_dangers(b->syscall, &n);
		html_add(out, "<li><code>%s</code> <span class=\"meta\">%s</span>", b->words, arch_name(b->arch));
		for (size_t k = 0; k < n; k++)
			if (d[k].arg == NULL || n == 1)
				html_add(out, "<span class=\"note\">%s%s: %s</span>",
					 d[k].arg != NULL ? d[k].value : "",
					 d[k].arg != NULL ? "" : danger_level_name(d[k].level), d[k].why);
		text_add(out, "</li>\n");
	}
	text_add(out, "</ul>\n");
}

static void warnings(const char *text, struct text *out)
{
	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, "\n");
		struct text line = {0};
		text_add_bytes(&line, text, n);
		html_add(out, "<p class=\"warning\">%s</p>\n", text_string(&line));
		out->failed |= line.failed;
		text_free(&line);
		text += n + (text[n] == '\n');
	}
}

/* Goes through the classes that added calls of an architecture; writes a row for each if `out`. Returns
 * how many calls are dangerous. */
static size_t added_rows(const struct policy *p, enum arch arch, bool which, bool dangerous, size_t *classes, struct text *out)
{
	size_t all = 0;
	for (int c = 0; c < CAPABILITY_COUNT; c++) {
		const char *reason;
		size_t dangers, calls = policy_added(p, arch, c, &reason, &dangers);
		all += dangers;
		*classes += calls > 0;
		if (calls == 0 || out == NULL)
			continue;
		html_add(out, "<tr><th scope=\"row\">%s</th><td class=\"wide\">%s</td>", abi_capabilities[c].name, reason);
		text_add(out, "<td class=\"number\">%zu</td>", calls);
		if (dangerous)
			text_add(out, "<td class=\"number\">%zu</td>", dangers);
		text_add(out, which ? "<td>%s</td></tr>\n" : "</tr>\n", arch_name(arch));
	}
	return all;
}

/* What the policy allows though no run showed it, by capability class, and what each class costs. A
 * column that would be the same in every row is a sentence. */
static void added(const struct policy *p, struct text *out)
{
	size_t classes = 0, dangers = 0, archs = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (p->archs & ARCH_BIT(arch)) {
			archs++;
			dangers += added_rows(p, (enum arch)arch, false, false, &classes, NULL);
		}
	if (classes == 0)
		return;
	text_add(out,
		 "<h3>Added, not seen</h3>\n<p>What another run may need, by capability class; <code>--generalize=none</code> allows what was "
		 "seen alone.%s</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Added, not seen\"><table>\n"
		 "<thead><tr><th scope=\"col\">Class</th><th scope=\"col\">As</th><th scope=\"col\" class=\"number\">Calls</th>%s%s</tr></thead>\n"
		 "<tbody>\n",
		 dangers == 0 ? " Nothing of it is marked as dangerous." : "", dangers > 0 ? "<th scope=\"col\" class=\"number\">Dangers</th>" : "",
		 archs > 1 ? "<th scope=\"col\">Architecture</th>" : "");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (p->archs & ARCH_BIT(arch))
			added_rows(p, (enum arch)arch, archs > 1, dangers > 0, &classes, out);
	text_add(out, "</tbody></table></div>\n");
}

void html_comparison(const struct report *r, const struct comparisons *c, struct text *out)
{
	text_add(out, "<section id=\"policy\"><h2>The policy that follows from it</h2>\n");
	warnings(r->in->warnings, out);
	if (r->in->policy == NULL)
		html_add(out, "<p>No policy can be derived: %s.</p>\n", r->in->why_none);
	else
		text_add(out, "<p>What <code>pinhole policy</code> derives with its defaults, beside Docker’s default "
			      "profile (for a "
			      "container without further capabilities).</p>\n");
	for (size_t i = 0; i < c->archs.count; i++)
		summary(&c->archs.items[i], out);
	if (c->archs.count > 0)
		beyond(c, out);
	if (r->in->policy != NULL)
		added(r->in->policy, out);
	text_add(out, "</section>\n");
}
