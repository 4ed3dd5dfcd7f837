/* The page: the map of the system calls, drawn, and as a table. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "policies/report/report_parts.h"
#include "policies/show/show.h"

enum { CELL = 15, STEP = 18, ACROSS = 12, WORDS = 360 };

static const char *const kind_classes[] = {"closed", "narrow", "open"};
static const char *const kind_words[] = {"closed", "open with certain arguments", "open"};
static const char *const change_signs[] = {"", "+", "−", "±"};

/* Appends a text, escaped, cut at a limit between characters. */
static void add_cut(const char *words, struct text *out)
{
	size_t n = strlen(words);
	struct text cut = {0};
	if (n > WORDS)
		for (n = WORDS; n > 0 && ((unsigned char)words[n] & 0xC0) == 0x80; n--)
			;
	text_add_bytes(&cut, words, n);
	html_add(out, words[n] != '\0' ? "%s …" : "%s", text_string(&cut));
	out->failed |= cut.failed;
	text_free(&cut);
}

/* What a pointer or the focus tells of a call: its name, the rule, why. */
static void cell_title(const struct report *r, const struct map *m, const struct map_cell *c, struct text *out)
{
	struct text words = {0};
	const struct rule *rule = policy_rule(r->in->policy, m->arch, c->name);
	html_add(out, "%s: %s", c->name, c->kind != MAP_CLOSED && c->seen == NULL ? "added, not seen; " : "");
	if (c->kind == MAP_NARROWED && rule != NULL) {
		rule_text(rule, m->arch, "; or ", &words);
		text_add(out, "open only as ");
		add_cut(text_string(&words), out);
	} else
		text_add(out, "%s", kind_words[c->kind]);
	if (c->seen != NULL) {
		text_add(out, ". Seen: ");
		plural(out, c->seen->facts.count, "fact");
	}
	text_add(out, c->could ? ". The code can reach it, no run made it" : "");
	if (rule != NULL && rule->why != NULL && c->kind != MAP_CLOSED) {
		text_add(out, ". Why: ");
		add_cut(rule->why, out);
	}
	if (c->danger != NULL)
		html_add(out, ". ! %s: %s", danger_level_name((enum danger_level)c->danger->level), c->danger->why);
	if (c->change != MAP_SAME)
		text_add(out, ". Before: %s",
			 c->was_closed		    ? "closed"
			 : c->kind == MAP_CLOSED    ? "open"
			 : c->change == MAP_MORE    ? "fewer arguments"
			 : c->change == MAP_LESS    ? "more arguments"
						    : "other arguments");
	out->failed |= words.failed;
	text_free(&words);
}

static void cell(const struct report *r, const struct map *m, const struct map_cell *c, size_t place, struct text *out)
{
	size_t x = place % ACROSS * STEP + 1, y = place / ACROSS * STEP + 1;
	text_add(out, c->seen != NULL ? "<a href=\"#" : "<g");
	if (c->seen != NULL) {
		html_call_id(c->seen, out);
		text_add(out, "\"");
	}
	text_add(out, " class=\"k %s%s%s%s%s%s\"><title>", kind_classes[c->kind], c->kind != MAP_CLOSED && c->seen == NULL ? " added" : "",
		 c->danger != NULL ? " " : "", c->danger != NULL ? level_words[c->danger->level] : "", c->could ? " could" : "",
		 c->change != MAP_SAME ? " changed" : "");
	cell_title(r, m, c, out);
	text_add(out, "</title><rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" rx=\"2\"/>", x, y, CELL, CELL);
	if (c->kind == MAP_NARROWED)
		text_add(out, "<path d=\"M%zu %zuv%dh%dz\"/>", x, y, CELL, CELL);
	if (c->change != MAP_SAME)
		text_add(out, "<text x=\"%zu\" y=\"%zu\">%s</text>", x + CELL / 2, y + CELL - 3, change_signs[c->change]);
	text_add(out, c->seen != NULL ? "</a>\n" : "</g>\n");
}

static void figure(const struct report *r, const struct map *m, size_t from, size_t to, struct text *out)
{
	struct map_counts n;
	size_t count = to - from, across = count < ACROSS ? count : ACROSS, down = (count + ACROSS - 1) / ACROSS;
	const char *group = m->cells.items[from].group;
	map_count(&m->cells.items[from], count, &n);
	html_add(out, "<figure class=\"square\"><figcaption>%s <span class=\"meta\">", group);
	text_add(out, "%zu of %zu</span></figcaption>", n.kinds[MAP_OPEN] + n.kinds[MAP_NARROWED], count);
	text_add(out, "<svg width=\"%zu\" height=\"%zu\" role=\"group\" aria-label=\"%s: %zu open, %zu with certain arguments, %zu closed\">\n",
		 across * STEP, down * STEP, group, n.kinds[MAP_OPEN], n.kinds[MAP_NARROWED], n.kinds[MAP_CLOSED]);
	for (size_t i = from; i < to; i++)
		cell(r, m, &m->cells.items[i], i - from, out);
	text_add(out, "</svg></figure>\n");
}

static void swatch(const char *class, bool half, size_t n, const char *words, struct text *out)
{
	if (n > 0)
		text_add(out, "<li><svg width=\"17\" height=\"17\" aria-hidden=\"true\"><g class=\"k %s\"><rect x=\"1\" y=\"1\" width=\"15\" "
			      "height=\"15\" rx=\"2\"/>%s</g></svg> <strong>%zu</strong> %s</li>\n",
			 class, half ? "<path d=\"M1 1v15h15z\"/>" : "", n, words);
}

static void legend(const struct map *m, struct text *out)
{
	struct map_counts n;
	size_t levels[3] = {0};
	map_count(m->cells.items, m->cells.count, &n);
	for (size_t i = 0; i < m->cells.count; i++)
		if (m->cells.items[i].danger != NULL)
			levels[m->cells.items[i].danger->level]++;
	text_add(out, "<ul class=\"legend\">\n");
	swatch("open", false, n.kinds[MAP_OPEN], "open", out);
	swatch("narrow", true, n.kinds[MAP_NARROWED], "open with certain arguments", out);
	swatch("open added", false, n.added, "of both added, not seen", out);
	for (unsigned i = 0; i < 3; i++) {
		struct text class = {0};
		text_add(&class, "open %s", level_words[i]);
		swatch(text_string(&class), false, levels[i], danger_level_name((enum danger_level)i), out);
		text_free(&class);
	}
	swatch("closed could", false, n.could, "reachable, never seen", out);
	swatch("closed", false, n.kinds[MAP_CLOSED], "closed", out);
	text_add(out, "</ul>\n");
}

static size_t group_end(const struct map *m, size_t from)
{
	size_t to = from;
	while (to < m->cells.count && strcmp(m->cells.items[to].group, m->cells.items[from].group) == 0)
		to++;
	return to;
}

static void table_names(const struct map *m, size_t from, size_t to, enum map_kind kind, struct text *out)
{
	size_t shown = 0;
	text_add(out, "<td class=\"wide\">");
	for (size_t i = from; i < to; i++)
		if (m->cells.items[i].kind == kind)
			html_add(out, shown++ == 0 ? "%s<code>%s</code>" : ", %s<code>%s</code>", m->cells.items[i].danger != NULL ? "! " : "",
				 m->cells.items[i].name);
	text_add(out, shown == 0 ? "–</td>" : "</td>");
}

static void table(const struct map *m, struct text *out)
{
	text_add(out, "<details><summary>The map as a table</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The map as a "
		      "table\"><table><thead><tr><th scope=\"col\">Group</th><th scope=\"col\">Open</th><th scope=\"col\">With certain "
		      "arguments</th><th scope=\"col\">Closed</th></tr></thead><tbody>\n");
	for (size_t i = 0, to; i < m->cells.count; i = to) {
		to = group_end(m, i);
		html_add(out, "<tr><th scope=\"row\">%s</th>", m->cells.items[i].group);
		table_names(m, i, to, MAP_OPEN, out);
		table_names(m, i, to, MAP_NARROWED, out);
		table_names(m, i, to, MAP_CLOSED, out);
		text_add(out, "</tr>\n");
	}
	text_add(out, "</tbody></table></div></details>\n");
}

static void changes(const struct report *r, const struct map *m, struct text *out)
{
	if (r->in->old == NULL)
		return;
	if (!(r->in->old->archs & ARCH_BIT(m->arch))) {
		html_add(out, "<p>%s has nothing of %s to compare with.</p>\n", r->in->old_name, arch_name(m->arch));
		return;
	}
	html_add(out, "<h3 id=\"changes%s%s\">Before and after <small>%s, then this policy</small></h3>\n", m->arch == ARCH_NATIVE ? "" : "-",
		 m->arch == ARCH_NATIVE ? "" : arch_name(m->arch), r->in->old_name);
	if (m->changes.count == 0)
		text_add(out, "<p>Both let the same calls through.</p>\n");
	for (int opened = 1; opened >= 0; opened--) {
		size_t shown = 0;
		for (size_t i = 0; i < m->changes.count; i++)
			if (m->changes.items[i].opened == opened)
				html_add(out, shown++ > 0 ? "<li><code>%s</code></li>\n"
					      : opened	  ? "<p>Now possible (+):</p><ul class=\"changes\"><li><code>%s</code></li>\n"
							  : "<p>No longer possible (−):</p><ul class=\"changes\"><li><code>%s</code></li>\n",
					 m->changes.items[i].words);
		text_add(out, shown > 0 ? "</ul>\n" : "");
	}
}

static void map(const struct report *r, enum arch arch, bool first, struct text *out)
{
	struct map m;
	struct error e = {0};
	out->failed |= map_make(r, arch, &m, &e) < 0;
	html_add(out, first ? "<p>Every call of %s, as the policy of <code>pinhole policy</code> answers it.</p>\n"
			    : "<details class=\"fold\"><summary>The map of %s</summary>\n",
		 arch_name(arch));
	legend(&m, out);
	text_add(out, "<p class=\"told\" aria-hidden=\"true\" hidden>Point at a call to read its rule. A click on a call that was seen shows its "
		      "facts below; the arrow keys go from call to call.</p>\n<div class=\"map\">\n");
	for (size_t i = 0, to; i < m.cells.count; i = to) {
		to = group_end(&m, i);
		figure(r, &m, i, to, out);
	}
	text_add(out, "</div>\n");
	table(&m, out);
	changes(r, &m, out);
	text_add(out, first ? "" : "</details>\n");
	map_clear(&m);
}

void html_map(const struct report *r, struct text *out)
{
	if (r->in->policy == NULL)
		return;
	text_add(out, "<section id=\"map\"><h2>The map</h2>\n");
	map(r, ARCH_NATIVE, true, out);
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		if (arch != ARCH_NATIVE && (r->in->policy->archs & ARCH_BIT(arch)))
			map(r, (enum arch)arch, false, out);
	text_add(out, "</section>\n");
}
