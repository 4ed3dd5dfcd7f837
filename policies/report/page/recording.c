/* The page: how the profile was recorded, and the programs in it. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/report/report_parts.h"

enum { FOLD_ROWS = 10 };

static const char *or_dash(const char *s)
{
	return s != NULL && *s != '\0' ? s : "–";
}

static void command(const struct run *run, struct text *out)
{
	enum { SHOWN = 300 }; /* bytes */
	size_t left = SHOWN;
	text_add(out, "<code>");
	for (size_t i = 0; i < run->command.count; i++) {
		/* Quotes words that are empty or have blanks, so that their ends are visible. */
		const char *word = run->command.items[i];
		if (strlen(word) >= left) {
			text_add(out, " … (%zu more word%s: see pinhole show --json)", run->command.count - i,
				 plural_s(run->command.count - i));
			break;
		}
		left -= strlen(word) + 1;
		bool quoted = *word == '\0' || strpbrk(word, " \t\n'\"") != NULL;
		html_add(out, quoted ? "%s‘%s’" : "%s%s", i == 0 ? "" : " ", word);
	}
	text_add(out, "%s</code>", run->command.count == 0 ? "(it ran already)" : "");
}

/* Prints how many rows are left out, in place of the first of them. */
static bool left_out(size_t i, size_t n, const char *what, struct text *out)
{
	if (n > PAGE_ROWS && i == PAGE_ROWS / 2)
		text_add(out, "<tr><th scope=\"row\">…</th><td colspan=\"7\">%zu more %s: see pinhole show --json</td></tr>\n",
			 n - PAGE_ROWS, what);
	return html_is_left_out(i, n);
}

static const char *run_ended(const struct run *run)
{
	return run->unfinished ? "unfinished" : run->exit != NULL ? run->exit : "did not end";
}

/* Which columns have the same words in every run: these stand once, above the table. */
struct alike {
	bool command, label, mode, ended;
};

static bool same_command(const struct run *a, const struct run *b)
{
	bool same = a->command.count == b->command.count;
	for (size_t i = 0; i < a->command.count && same; i++)
		same = strcmp(a->command.items[i], b->command.items[i]) == 0;
	return same;
}

static struct alike find_alike(const struct report *r)
{
	struct alike same = {true, true, true, true};
	for (size_t i = 1; i < r->runs.count; i++) {
		const struct run *a = profile_run(r->profile, 0), *b = profile_run(r->profile, i);
		same.command = same.command && same_command(a, b);
		same.label &= strcmp(or_dash(a->label), or_dash(b->label)) == 0;
		same.mode &= strcmp(or_dash(a->mode), or_dash(b->mode)) == 0;
		same.ended &= strcmp(run_ended(a), run_ended(b)) == 0;
	}
	return r->runs.count > 1 ? same : (struct alike){0};
}

static void run_row(const struct report *r, size_t i, const struct alike *same, struct text *out)
{
	if (left_out(i, r->runs.count, "runs", out))
		return;
	const struct run *run = profile_run(r->profile, i);
	text_add(out, "<tr><th scope=\"row\">%zu</th>", i);
	html_add(out, "<td class=\"nowrap\">%s</td>", or_dash(run->started));
	if (!same->command) {
		text_add(out, "<td class=\"wide\">");
		command(run, out);
		text_add(out, "</td>");
	}
	if (!same->label)
		html_add(out, "<td>%s</td>", or_dash(run->label));
	if (!same->mode)
		html_add(out, "<td>%s</td>", or_dash(run->mode));
	if (!same->ended)
		html_add(out, "<td class=\"nowrap\">%s</td>", run_ended(run));
	text_add(out, "<td class=\"number\">%zu</td><td class=\"number\">%zu</td></tr>\n", r->runs.items[i].found,
		 r->runs.items[i].total);
}

/* What all runs have alike. */
static void alike(const struct report *r, const struct alike *same, struct text *out)
{
	if (!same->command && !same->label && !same->mode && !same->ended)
		return;
	const struct run *run = profile_run(r->profile, 0);
	text_add(out, "<p>All runs:");
	if (same->command) {
		text_add(out, " ");
		command(run, out);
	}
	if (same->label && run->label != NULL)
		html_add(out, " label %s;", run->label);
	if (same->mode)
		html_add(out, " mode %s;", or_dash(run->mode));
	if (same->ended)
		html_add(out, " ended: %s;", run_ended(run));
	text_add(out, " one row each below.</p>\n");
}

/* Adds the distinct kernels and architectures. */
static void surroundings(const struct report *r, struct text *out)
{
	unsigned archs = 0;
	const char *between = "";
	for (size_t i = 0; i < r->calls.count; i++)
		archs |= ARCH_BIT(r->calls.items[i].arch);
	text_add(out, "<p>Architecture: ");
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		if (archs & ARCH_BIT(arch)) {
			text_add(out, "%s%s", between, arch_name((enum arch)arch));
			between = ", ";
		}
	text_add(out, "%s. Kernel: ", archs == 0 ? "none seen" : "");
	enum { SHOWN = 8 };
	const char *kernels[SHOWN];
	size_t n = 0;
	for (size_t i = 0; i < r->runs.count && n <= SHOWN; i++) {
		const char *kernel = or_dash(profile_run(r->profile, i)->kernel);
		bool known = false;
		for (size_t k = 0; k < n && !known; k++)
			known = strcmp(kernels[k], kernel) == 0;
		if (known)
			continue;
		if (n < SHOWN) {
			kernels[n] = kernel;
			html_add(out, "%s%s", n == 0 ? "" : ", ", kernel);
		}
		n++;
	}
	text_add(out, "%s.</p>\n", r->runs.count == 0 ? "not known" : n > SHOWN ? " and others" : "");
}

/* Adds programs by number and name: "0 sh, 3 make". */
static void starters(const struct profile *p, const position_list *by, struct text *out)
{
	enum { SHOWN = 20 };
	for (size_t i = 0; i < by->count && i < SHOWN; i++) {
		const char *path = profile_program(p, by->items[i])->path, *slash = strrchr(path, '/');
		text_add(out, "%s%u ", i > 0 ? ", " : "", by->items[i]);
		html_add(out, "<code>%s</code>", slash != NULL ? slash + 1 : path);
	}
	if (by->count > SHOWN)
		text_add(out, " and %zu more", by->count - SHOWN);
	text_add(out, by->count == 0 ? "pinhole" : "");
}

static void program_rows(const struct report *r, const size_t *facts, struct text *out)
{
	for (size_t i = 0; i < profile_program_count(r->profile); i++) {
		const struct program *p = profile_program(r->profile, i);
		if (left_out(i, profile_program_count(r->profile), "programs", out))
			continue;
		text_add(out, "<tr><th scope=\"row\">%zu</th>", i);
		html_add(out, "<td class=\"wide\"><code>%s</code></td><td class=\"wide\"><code>%s</code></td>", p->path,
			 or_dash(p->build_id));
		text_add(out, "<td class=\"number\">%zu</td><td>", facts[i]);
		starters(r->profile, &p->started_by, out);
		text_add(out, "</td></tr>\n");
	}
}

/* Opens a fold around a table of more rows than are read at a glance. */
static void fold(size_t n, const char *noun, struct text *out)
{
	if (n > FOLD_ROWS)
		text_add(out, "<details class=\"fold\"><summary>All %zu %ss</summary>\n", n, noun);
}

static void unfold(size_t n, struct text *out)
{
	text_add(out, n > FOLD_ROWS ? "</details>" : "");
}

static void programs(const struct report *r, struct text *out)
{
	size_t n = profile_program_count(r->profile), *facts = calloc(n + 1, sizeof(*facts));
	if (facts == NULL) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < r->facts; i++) {
		const struct fact *f = profile_fact(r->profile, i);
		for (size_t k = 0; k < f->programs.count; k++)
			facts[f->programs.items[k]]++;
	}
	text_add(out,
		 "<section id=\"programs\"><h2>Programs</h2>\n<p>What ran in the process tree, and who started whom.%s</p>\n",
		 r->quiet ? " Facts are at least so many: in mode quiet, what was known ran without being looked at."
			  : "");
	fold(n, "program", out);
	text_add(out,
		 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Programs\"><table>\n<thead><tr>"
		 "<th scope=\"col\">No.</th><th scope=\"col\">Path</th><th scope=\"col\">Build ID</th>"
		 "<th scope=\"col\" class=\"number\">Facts</th><th scope=\"col\">Started by</th></tr></thead>\n<tbody>\n");
	program_rows(r, facts, out);
	text_add(out, "</tbody></table></div>");
	unfold(n, out);
	text_add(out, "</section>\n");
	free(facts);
}

static void columns(const struct alike *same, struct text *out)
{
	text_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Runs\"><table>\n<thead><tr>"
		      "<th scope=\"col\">Run</th><th scope=\"col\">Started (UTC)</th>%s%s%s%s"
		      "<th scope=\"col\" class=\"number nowrap\">New facts</th><th scope=\"col\" class=\"number nowrap\">So "
		      "far</th></tr></thead>\n<tbody>\n",
		 same->command ? "" : "<th scope=\"col\">Command</th>", same->label ? "" : "<th scope=\"col\">Label</th>",
		 same->mode ? "" : "<th scope=\"col\">Mode</th>", same->ended ? "" : "<th scope=\"col\">Ended</th>");
}

void html_record(const struct report *r, struct text *out)
{
	struct alike same = find_alike(r);
	text_add(out, "<section id=\"runs\"><h2>How it was recorded</h2>\n");
	surroundings(r, out);
	alike(r, &same, out);
	fold(r->runs.count, "run", out);
	columns(&same, out);
	for (size_t i = 0; i < r->runs.count; i++)
		run_row(r, i, &same, out);
	text_add(out, "</tbody></table></div>");
	unfold(r->runs.count, out);
	text_add(out, "</section>\n");
	programs(r, out);
}
