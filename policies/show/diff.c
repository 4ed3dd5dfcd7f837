/* Lists the differences of two profiles, as text and for a pull request. SPDX-License-Identifier:
 * MIT */
#include "policies/show/diff.h"

#include <string.h>

#include "policies/base/escape.h"
#include "policies/base/style.h"
#include "policies/profile/profile_parts.h"
#include "policies/show/caller.h"
#include "policies/show/show.h"

/* One difference: a fact of the new profile, or of the old one if it is gone. */
struct change {
	char sign; /* '+' new, '-' gone, '~' wider, '<' narrower, '=' none */
	const struct fact *fact;
};

/* A walk through the sorted facts of both profiles. */
struct walk {
	const struct profile *old, *new;
	size_t i, k;
};

static bool has_bounds_beyond(const struct fact *f, const struct fact *of)
{
	for (unsigned i = 0; i < 6; i++)
		if ((f->bits[i] & ~of->bits[i]) != 0 || f->min[i] < of->min[i] || f->max[i] > of->max[i])
			return true;
	return false;
}

/* Returns whether the profile has a wide fact that may include this one; then it is unknown whether
 * the profile saw it. */
static bool is_swallowed(const struct profile *p, const struct fact *f)
{
	struct fact as_wide = fact_wide_new(&f->key);
	size_t low = sorted_first(at, profile_fact_count(p), fact_compare(profile_fact(p, at), &as_wide) < 0);
	if (f->wide || low == profile_fact_count(p) || fact_compare(profile_fact(p, low), &as_wide) != 0)
		return false;
	fact_widen(&as_wide, f);
	return !has_bounds_beyond(&as_wide, profile_fact(p, low));
}

/* Finds the next fact that one or both profiles have. Returns false after the last one. */
static bool next(struct walk *w, struct change *c)
{
	const struct fact *a = w->i < profile_fact_count(w->old) ? profile_fact(w->old, w->i) : NULL;
	const struct fact *b = w->k < profile_fact_count(w->new) ? profile_fact(w->new, w->k) : NULL;
	if (a == NULL && b == NULL)
		return false;
	int order = a == NULL ? 1 : b == NULL ? -1 : fact_compare(a, b);
	*c = (struct change){order < 0 ? '-' : order > 0 ? '+' : '=', order < 0 ? a : b};
	if ((order > 0 && is_swallowed(w->old, b)) || (order < 0 && is_swallowed(w->new, a)))
		c->sign = '=';
	if (order == 0 && a->wide && has_bounds_beyond(b, a))
		c->sign = '~';
	else if (order == 0 && a->wide && has_bounds_beyond(a, b))
		c->sign = '<';
	w->i += order <= 0;
	w->k += order >= 0;
	return true;
}

static int set_of(char sign)
{
	return sign == '+' || sign == '~' ? DIFF_NEW : sign == '=' ? 0 : DIFF_GONE;
}

static void add_line(const struct profile *new, const struct change *c, struct text *out)
{
	const struct fact *f = c->fact;
	style_begin(out, style_of_sign(c->sign));
	text_add(out, "%c %s %s ", c->sign == '<' ? '~' : c->sign, phase_name(f->key.phase), arch_name(f->key.arch));
	if (set_of(c->sign) == DIFF_NEW)
		fact_marked_text(new, f, out);
	else
		fact_text(f, out);
	style_end(out);
	if (set_of(c->sign) == DIFF_NEW && fact_dangers(f) != 0 && out->columns > 0) {
		bool grave = danger_style(fact_dangers(f)) == STYLE_DANGER;
		text_add(out, " ");
		style_add(out, danger_style(fact_dangers(f)), grave ? "dangerous" : "to look at");
	}
	if (set_of(c->sign) == DIFF_NEW && out->columns > 0) {
		text_add(out, " (");
		fact_class_text(f, out);
		text_add(out, ")");
	}
	if (set_of(c->sign) == DIFF_NEW && f->stacks.count > 0) {
		text_add(out, " — by ");
		fact_callers_text(new, f, out);
	}
	text_add(out, "\n");
}

/* Returns whether a terminal gets the n-th difference (from 1). Counts say how many there are in all. */
static bool is_listed(size_t n, const struct text *out)
{
	enum { LISTED = 60 };
	return !out->brief || n <= LISTED;
}

/* The last line on a terminal: how much differs. */
static void add_counts(size_t fresh, size_t gone, struct text *out)
{
	if (!is_listed(fresh + gone, out))
		text_add(out, "… (--all lists the others)\n");
	text_add(out, fresh + gone > 0 ? "\n" : "");
	style_begin(out, fresh > 0 ? STYLE_CHANGED : STYLE_GOOD);
	if (fresh + gone == 0)
		text_add(out, "no difference");
	else
		text_add(out, "%zu new or wider, %zu gone or narrower", fresh, gone);
	style_end(out);
	text_add(out, "\n");
}

/* Appends the lines of a comparison in the styles of their signs. */
static void add_signed_lines(const char *lines, struct text *out)
{
	size_t n = 0;
	for (size_t length; *lines != '\0'; lines += length + (lines[length] == '\n')) {
		length = strcspn(lines, "\n");
		if (!is_listed(++n, out))
			continue;
		style_begin(out, style_of_sign(*lines));
		text_add_bytes(out, lines, length);
		style_end(out);
		text_add(out, "\n");
	}
}

/* Markdown. -------------------------------------------------------------------------------------------------- */

/* A comment on GitHub holds 65,536 characters. */
enum { ROWS = 100, CODE = 160 };

static void add_row(const struct profile *p, const struct change *c, struct text *out)
{
	const struct fact *f = c->fact;
	struct text cell = {0};
	fact_text(f, &cell);
	text_add(out, "| ");
	markdown_code(text_string(&cell), CODE, true, out);
	text_add(out, "%s | %s",
		 c->sign == '~'	  ? " (wider)"
		 : c->sign == '<' ? " (narrower)"
				  : "",
		 phase_name(f->key.phase));
	if (f->key.arch != ARCH_NATIVE)
		text_add(out, ", %s", arch_name(f->key.arch));
	text_add(out, " |");
	for (size_t i = 0; i < f->programs.count && i < 3; i++) {
		text_add(out, " ");
		markdown_code(profile_program(p, f->programs.items[i])->path, CODE, true, out);
	}
	text_add(out, f->programs.count > 3 ? " and %zu more | " : " | ", f->programs.count - 3);
	cell.count = 0;
	fact_callers_text(p, f, &cell);
	if (f->stacks.count > 0)
		markdown_code(text_string(&cell), CODE, true, out);
	text_add(out, "%s |\n", f->stacks.count > 0 ? "" : "not known");
	out->failed |= cell.failed;
	text_free(&cell);
}

/* Adds a table of the new facts, or of those that are gone. */
static void add_table(const struct profile *old, const struct profile *new, int which, struct text *out)
{
	struct walk w = {.old = old, .new = new};
	struct change c;
	size_t n = 0;
	text_add(out, "\n| call | phase | program | asked for by |\n| --- | --- | --- | --- |\n");
	while (next(&w, &c))
		if (set_of(c.sign) == which && n++ < ROWS)
			add_row(c.sign == '-' ? old : new, &c, out);
	if (n > ROWS)
		text_add(out, "\nand %zu more, which `pinhole diff` lists\n", n - ROWS);
}

static void add_markdown(const struct profile *old, const struct profile *new, const size_t count[DIFF_NEW + 1],
			 struct text *out)
{
	size_t fresh = count[DIFF_NEW], gone = count[DIFF_GONE];
	text_add(out, "### System calls: ");
	if (fresh + gone == 0)
		text_add(out, "as before\n");
	else if (fresh == 0)
		text_add(out, "nothing new, %zu gone\n", gone);
	else
		text_add(out, "%zu new, %zu gone\n", fresh, gone);
	if (fresh > 0)
		add_table(old, new, DIFF_NEW, out);
	if (gone == 0)
		return;
	text_add(out, "\n<details>\n<summary>%zu not seen any more</summary>\n", gone);
	add_table(old, new, DIFF_GONE, out);
	text_add(out, "\n</details>\n");
}

int profile_diff(const struct profile *old, const struct profile *new, bool markdown, struct text *out, struct error *e)
{
	struct walk w = {.old = old, .new = new};
	struct change c;
	int differ = 0;
	size_t count[DIFF_NEW + 1] = {0};
	while (next(&w, &c)) {
		int set = set_of(c.sign);
		differ |= set;
		count[set]++;
		if (set != 0 && !markdown && is_listed(count[DIFF_NEW] + count[DIFF_GONE], out))
			add_line(new, &c, out);
	}
	if (markdown)
		add_markdown(old, new, count, out);
	else if (out->columns > 0)
		add_counts(count[DIFF_NEW], count[DIFF_GONE], out);
	return out->failed ? error_memory(e) : differ;
}

/* Policies. -------------------------------------------------------------------------------------------------- */

int policy_differences(const struct policy *old, const struct policy *new, policy_comparison *compare, bool markdown,
		       struct text *out, struct error *e)
{
	struct text lines = {0};
	int rc = policy_diff(old, new, compare, &lines, e), differ = 0;
	size_t fence = 3, ticks = 0, count[DIFF_NEW + 1] = {0};
	for (const char *s = text_string(&lines); *s != '\0'; s++) {
		if (s == lines.bytes || s[-1] == '\n') {
			differ |= *s == '-' ? DIFF_GONE : DIFF_NEW;
			count[*s == '-' ? DIFF_GONE : DIFF_NEW]++;
		}
		ticks = *s == '`' ? ticks + 1 : 0;
		fence = ticks >= fence ? ticks + 1 : fence;
	}
	if (rc >= 0 && markdown) {
		text_add(out, "### What the policies allow: %s\n", rc == 0 ? "the same" : "changed");
		for (size_t i = 0; rc > 0 && i < fence; i++)
			text_add(out, i == 0 ? "\n`" : "`");
		text_add(out, rc > 0 ? "diff\n" : "");
	}
	add_signed_lines(text_string(&lines), out);
	if (rc >= 0 && out->columns > 0)
		add_counts(count[DIFF_NEW], count[DIFF_GONE], out);
	for (size_t i = 0; rc > 0 && markdown && i < fence; i++)
		text_add(out, i + 1 == fence ? "`\n" : "`");
	out->failed |= lines.failed;
	text_free(&lines);
	return rc < 0 ? rc : out->failed ? error_memory(e) : differ;
}
