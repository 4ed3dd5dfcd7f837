/* How far a profile can be trusted, in words and figures. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "policies/base/style.h"
#include "policies/estimate/confidence.h"
#include "policies/show/show.h"

enum { PARTS_SHOWN = 8, PARTS_NAMED = 3, COLUMN = 24 };

void duration_text(uint64_t ms, struct text *out)
{
	if (ms < 1000)
		text_add(out, "%" PRIu64 " ms", ms);
	else if (ms < 120000)
		text_add(out, "%.3g s", (double)ms / 1e3);
	else if (ms < 7200000)
		text_add(out, "%.0f min", (double)ms / 60e3);
	else
		text_add(out, "%.0f h", (double)ms / 3600e3);
}

void chance_text(double chance, const char *noun, struct text *out)
{
	if (chance >= 0.95)
		text_add(out, "nearly every %s", noun);
	else if (chance >= 0.35)
		text_add(out, "about %.0f %ss in 10", fmin(round(chance * 10), 9), noun);
	else if (chance > 0)
		text_add(out, "about 1 %s in %.0f", noun, fmin(round(1 / chance), 1e6));
	else
		text_add(out, "hardly any %s", noun);
}

void at_most_text(double chance, const char *noun, struct text *out)
{
	if (chance > 0.9)
		text_add(out, "every %s", noun);
	else if (chance > 0.5)
		text_add(out, "%.0f %ss in 10", fmin(ceil(chance * 10), 10), noun);
	else
		text_add(out, "1 %s in %.0f", noun, fmax(fmin(floor(1 / chance), 1e6), 1));
}

static void count_text(size_t n, const char *noun, struct text *out)
{
	text_add(out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

/* "1 fact was", "2 facts were". */
static void facts_were(double n, struct text *out)
{
	text_add(out, "%.0f fact%s", n, n == 1 ? " was" : "s were");
}

/* A number of facts: small ones with a decimal. */
static void number_text(double number, struct text *out)
{
	if (number < 9.95)
		text_add(out, "%.1f", number);
	else if (number < 1e6)
		text_add(out, "%.0f", number);
	else
		text_add(out, "%.1e", number);
}

static void interval_text(struct interval in, void (*add)(double number, struct text *out), struct text *out)
{
	text_add(out, " (95 %%: ");
	add(in.low, out);
	text_add(out, " to ");
	add(in.high, out);
	text_add(out, ")");
}

static void share_text(double share, struct text *out)
{
	text_add(out, "%.*f", share > 0 && share < 0.01 ? 4 : 2, share);
}

/* Appends the calls with most expected news. */
static void where_text(const struct confidence *c, struct text *out)
{
	size_t named = 0;
	while (named < c->calls.count && named < PARTS_NAMED && c->calls.items[named].of.once > 0)
		named++;
	for (size_t i = 0; i < named; i++) {
		const struct confidence_part *part = &c->calls.items[i];
		text_add(out, "%s%s", i == 0 ? ", mostly of " : i + 1 == named ? " and " : ", ", part->name);
		if (part->about != NULL)
			text_add(out, " (%s)", part->about);
	}
}

static void incidence_words(const struct confidence *c, struct text *out)
{
	const struct estimate *of = &c->of;
	const char *noun = c->clusters.noun;
	if (of->runs_alone == 0) {
		text_add(out, "Each of the %zu %ss did only what another %s did, too: at most ", of->runs, noun, noun);
		at_most_text(of->news_within.high, noun, out);
		text_add(out, " like these would still meet something new.");
		return;
	}
	struct text chance = {0};
	chance_text(of->news, noun, &chance);
	text_add(out, "%c%s like these %zu would still meet something new", text_string(&chance)[0] - 'a' + 'A',
		 text_string(&chance) + 1, of->runs);
	out->failed |= chance.failed;
	text_free(&chance);
	where_text(c, out);
	text_add(out, ".");
	if (of->unseen >= 0.5) {
		text_add(out, " At least about ");
		facts_were(round(fmin(of->unseen, 1e9)), out);
		text_add(out, c->facts > of->facts ? " not seen by these" : " never seen");
		interval_text(of->unseen_within, number_text, out);
		text_add(out, ", besides %zu that %s (phases combined)", of->facts, of->facts == 1 ? "was" : "were");
		if (c->facts > of->facts) /* the unseen may be among them */
			text_add(out, "; the other %ss saw %zu more", noun, c->facts - of->facts);
		text_add(out, ".");
	}
}

/* Describes a row of runs or of spans. */
static void row_words(const struct row_estimate *row, const char *noun, struct text *out)
{
	if (row->idle == row->length)
		text_add(out, "none of %zu %ss had anything new", row->length, noun);
	else if (row->idle == 1)
		text_add(out, "the last of %zu %ss had nothing new", row->length, noun);
	else if (row->idle > 0)
		text_add(out, "the last %zu of %zu %ss had nothing new", row->idle, row->length, noun);
	else
		text_add(out, "%zu of the last %zu %ss had something new", row->recent_news, row->recent, noun);
	text_add(out, "; now ");
	chance_text(row->news, noun, out);
	text_add(out, " would have, at most ");
	at_most_text(row->news_within.high, noun, out);
	text_add(out, ".");
}

static void spans_words(const struct confidence *c, struct text *out)
{
	text_add(out, "Within run %zu, in spans of ", c->span_run);
	duration_text(c->span_ms, out);
	text_add(out, ": ");
	row_words(&c->spans, "span", out);
}

void confidence_words(const struct confidence *c, struct text *out)
{
	const char *between = "";
	if (c->facts == 0) {
		text_add(out, "The profile has no call: no estimate is possible.");
		return;
	}
	if (c->estimated) {
		incidence_words(c, out);
		between = " ";
	}
	if (c->row_estimated && c->complete < c->runs) {
		text_add(out, "%sOf all %ss in the order of time, warm ones included: ", between, c->clusters.noun);
		row_words(&c->row, c->clusters.noun, out);
		between = " ";
	}
	if (*between == '\0' && c->spans_estimated) {
		spans_words(c, out);
		between = " ";
	}
	if (*between != '\0')
		return;
	text_add(out, "There is no estimate of how complete the profile is yet: ");
	count_text(c->complete, c->clusters.noun, out);
	text_add(out, " of %d that report all their facts", ESTIMATE_RUNS);
	if (c->complete < c->runs)
		text_add(out, " (record --fresh), or %zu of %d %ss of any kind", c->runs, ESTIMATE_ROW, c->clusters.noun);
	text_add(out, ".");
}

static void label(const char *name, struct text *out)
{
	text_add(out, "  %-*s", COLUMN, name);
}

/* "12 more runs", rounded up. */
static void halving_text(const struct estimate *of, const char *noun, struct text *out)
{
	if (of->halving <= 0)
		text_add(out, "nothing to halve: at most one fact was seen only once");
	else if (of->halving >= 1e9)
		text_add(out, "more %ss than can be had", noun);
	else
		text_add(out, "%.0f more %s%s", ceil(of->halving), noun, ceil(of->halving) > 1 ? "s" : "");
}

static void say_figures(const struct confidence *c, struct text *out)
{
	const struct estimate *of = &c->of;
	const char *noun = c->clusters.noun;
	struct text further = {0};
	text_add(&further, "news in a further %s", noun);
	label(text_string(&further), out);
	out->failed |= further.failed;
	text_free(&further);
	share_text(of->news, out);
	interval_text(of->news_within, share_text, out);
	text_add(out, ": %zu of %zu did something no other %s did\n", of->runs_alone, of->runs, noun);
	label("new facts in it", out);
	text_add(out, "%.2f on average: ", of->new_facts);
	facts_were((double)of->once, out);
	text_add(out, " seen by only one %s, %zu by two\n", noun, of->twice);
	label("facts never seen", out);
	text_add(out, "at least ");
	number_text(of->unseen, out);
	interval_text(of->unseen_within, number_text, out);
	if (of->classic) {
		text_add(out, "; classic form ");
		number_text(of->unseen_classic, out);
		interval_text(of->classic_within, number_text, out);
	}
	text_add(out, "\n");
	label("coverage", out);
	/* Rounded down, so that 100 means all. */
	text_add(out, "%.2f %% of a further %s's facts were seen before\n", floor(1e4 * of->coverage) / 100, noun);
	label("to see half of these", out);
	halving_text(of, noun, out);
	text_add(out, "\n");
}

/* Prints some points in two lines: numbers of runs, and the facts that they show. */
static void say_curve(const struct confidence *c, struct text *out)
{
	bool beyond = false;
	char runs[COLUMN];
	snprintf(runs, sizeof(runs), "%ss", c->clusters.noun);
	for (int facts = 0; facts < 2; facts++) {
		label(facts ? "facts" : runs, out);
		beyond = false;
		for (size_t i = 0; i < c->curve.count; i++) {
			const struct curve_point *at = &c->curve.items[i];
			bool past = at->runs > (double)c->of.runs;
			if (at->runs != (double)c->of.runs && (c->curve.count - 1 - i) % 5 != 0)
				continue;
			text_add(out, "%s%7.0f", past && !beyond ? "  |" : "", facts ? at->facts : at->runs);
			beyond = past;
		}
		text_add(out, "\n");
	}
	if (beyond)
		text_add(out, "  %*s(left of | the average over all orders of %s; right of it the expectation)\n", COLUMN, "",
			 runs);
}

static void say_parts(const struct confidence_part *parts, size_t n, const char *noun, const char *what, bool all, struct text *out)
{
	size_t shown = 0;
	if (!all && n > 0 && parts[0].of.once == 0) {
		text_add(out, "\nseveral %ss saw every fact; --by=syscall lists them by %s\n", noun, what);
		return;
	}
	text_add(out, "\n%9s %4s %s %12s %12s  by %s\n", "facts", "in 1", noun, "news, chance", "never seen", what);
	for (size_t i = 0; i < n && (all || (shown < PARTS_SHOWN && parts[i].of.once > 0)); i++, shown++) {
		const struct estimate *of = &parts[i].of;
		text_add(out, "%9zu %9zu %12.2f ", of->facts, of->once, of->news);
		text_add(out, "%12.1f  ", fmin(of->unseen, 1e9));
		text_add_safe(out, parts[i].name);
		if (parts[i].about != NULL)
			text_add(out, " (%s)", parts[i].about);
		text_add(out, "\n");
	}
	if (shown < n)
		text_add(out, "%*s%zu more%s\n", 46, "", n - shown,
			 shown < PARTS_SHOWN ? "; each of their facts was seen more than once" : "; --by=syscall lists all");
}

static void say_row(const struct row_estimate *row, const char *noun, struct text *out)
{
	text_add(out, "%zu %ss, %zu with news", row->length, noun, row->with_news);
	if (row->idle > 1 && row->idle < row->length)
		text_add(out, ", none in the last %zu", row->idle);
	else if (row->idle == 1)
		text_add(out, ", none in the last one");
	text_add(out, "\n");
	label("news in the next one", out);
	share_text(row->news, out);
	text_add(out, ", at most ");
	share_text(row->news_within.high, out);
	text_add(out, ": %zu of the last %zu had news", row->recent_news, row->recent);
	if (row->with_news > 1)
		text_add(out, "; news grew as the %ss to the power of %.2f", noun, row->growth);
	text_add(out, "\n");
}

static void say_counts(const struct confidence *c, struct text *out)
{
	count_text(c->facts, "fact", out);
	text_add(out, " (phases combined) in ");
	count_text(c->runs, c->clusters.noun, out);
	if (c->complete == c->runs)
		text_add(out, c->runs == 1 ? ", which reports all its facts\n" : ", which report all their facts\n");
	else
		text_add(out,
			 "; %zu of these %s, with %zu fact%s;\nthe others are warm, or do not say: they report only "
			 "new facts\n",
			 c->complete, c->complete == 1 ? "reports all its facts" : "report all their facts",
			 c->of.facts, c->of.facts == 1 ? "" : "s");
	if (c->explored > 0)
		text_add(out, "%zu explored run%s not counted: something was made to go wrong in %s\n", c->explored,
			 c->explored == 1 ? " is" : "s are", c->explored == 1 ? "it" : "them");
	if (c->wide > 0)
		text_add(out,
			 "%zu of the facts %s for more than %d values each; no estimate covers further values of these "
			 "calls\n",
			 c->wide, c->wide == 1 ? "stands" : "stand", PROFILE_FACT_CAP);
}

static void wrapped_words(const struct confidence *c, size_t columns, struct text *out)
{
	struct text words = {0};
	confidence_words(c, &words);
	style_begin(out, STYLE_HEADING);
	text_add_paragraph(out, &words, columns);
	style_end(out);
	text_free(&words);
}

int confidence_text(const struct confidence *c, const char *by, size_t columns, struct text *out, struct error *e)
{
	bool calls = by == NULL || strcmp(by, "syscall") == 0;
	const char *noun = c->clusters.noun;
	if (!calls && strcmp(by, "program") != 0)
		return error_set(e, ERR_INPUT, "--by=%.40s: one of syscall, program", by);
	say_counts(c, out);
	text_add(out, "\n");
	wrapped_words(c, columns, out);
	if (c->estimated) {
		text_add(out, "\nof the %zu %ss that report all their facts\n", c->complete, noun);
		say_figures(c, out);
		say_curve(c, out);
		if (calls)
			say_parts(c->calls.items, c->calls.count, noun, "system call", by != NULL, out);
		else
			say_parts(c->programs.items, c->programs.count, noun, "program", true, out);
	}
	if (c->row_estimated && c->complete < c->runs) {
		text_add(out, "\nof all %ss, in the order of time\n", noun);
		label("row", out);
		say_row(&c->row, noun, out);
	}
	if (c->spans_estimated) {
		text_add(out, "\nwithin run %zu, in spans of ", c->span_run);
		duration_text(c->span_ms, out);
		text_add(out, "\n");
		label("spans", out);
		say_row(&c->spans, "span", out);
	}
	return 0;
}
