/* How probable it is that a policy denies a further run, in words. SPDX-License-Identifier: MIT */
#include "policies/base/style.h"
#include "policies/estimate/confidence.h"
#include "policies/estimate/denials.h"
#include "policies/show/show.h"

enum { FACTS_SHOWN = 20 };

/* "About 1 run in 10 like these 30 would be denied: 3 were, each under the policy that the others taught …" */
static void complete_words(const struct denials *d, struct text *out)
{
	const char *noun = d->clusters.noun;
	if (d->alone.count == 0)
		text_add(out,
			 "None of %zu %ss was denied, each under the policy learned from the others. The share of "
			 "further %ss like these that would be denied is",
			 d->complete, noun, noun);
	else
		text_add(out,
			 "%zu of %zu %ss %s denied, each under the policy learned from the others. Of further %ss "
			 "like these, ",
			 d->alone.count, d->complete, noun, d->alone.count == 1 ? "was" : "were", noun);
	if (d->alone.count > 0)
		chance_text(d->chance, noun, out);
	if (d->alone.count > 0)
		text_add(out, " would be");
	text_add(out, " (95 %%: %.2f to %.2f).", d->within.low, d->within.high);
}

static void row_words(const struct denials *d, struct text *out)
{
	text_add(out,
		 "In the order of time, %zu of the last %zu of all %zu %ss were denied, each under the policy learned "
		 "from the earlier ones. Now ",
		 d->row.recent_news, d->row.recent, d->runs, d->clusters.noun);
	chance_text(d->row.news, d->clusters.noun, out);
	text_add(out, " would be (95 %%: at most %.2f).", d->row.news_within.high);
}

void denials_words(const struct denials *d, struct text *out)
{
	bool row = d->row_estimated && d->complete < d->runs;
	if (d->estimated)
		complete_words(d, out);
	if (d->estimated && row)
		text_add(out, " ");
	if (row)
		row_words(d, out);
	if (d->estimated || row)
		return;
	text_add(out,
		 "There is no estimate yet of how probable it is that a further %s would be denied: %zu %s%s of %d "
		 "that report all their facts",
		 d->clusters.noun, d->complete, d->clusters.noun, plural_s(d->complete), ESTIMATE_RUNS);
	if (d->complete < d->runs)
		text_add(out, " (record --fresh), or %zu of %d %ss of any kind", d->runs, ESTIMATE_ROW, d->clusters.noun);
	text_add(out, ".");
}

static void run_text(const struct profile *p, const struct denied_run *r, struct text *out)
{
	size_t shown = 0, all = r->denied.facts.count + r->denied.next.count;
	text_add(out, "  run %zu: ", r->run);
	run_command_text(profile_run(p, r->run), out);
	for (size_t i = 0; i < r->denied.facts.count && shown < FACTS_SHOWN; i++, shown++) {
		text_add(out, "    ");
		style_begin(out, STYLE_DANGER);
		denied_fact_text(&r->denied.facts.items[i], out);
		style_end(out);
		text_add(out, "\n");
	}
	for (size_t i = 0; i < r->denied.next.count && shown < FACTS_SHOWN; i++, shown++) {
		text_add(out, "    ");
		denied_next_text(&r->denied.next.items[i], out);
		text_add(out, "\n");
	}
	if (all > shown)
		text_add(out, "    and %zu more\n", all - shown);
}

void denials_text(const struct profile *p, const struct denials *d, size_t columns, struct text *out)
{
	struct text words = {0};
	denials_words(d, &words);
	style_begin(out, STYLE_HEADING);
	text_add_paragraph(out, &words, columns);
	style_end(out);
	text_free(&words);
	if (d->alone.count > 0)
		text_add(out, "\nThe policy learned from the other runs denied:\n");
	for (size_t i = 0; i < d->alone.count; i++)
		run_text(p, &d->alone.items[i], out);
	bool told = false;
	for (size_t i = 0; i < d->row_denied.count && d->row_estimated && d->complete < d->runs; i++) {
		const struct denied_run *r = &d->row_denied.items[i];
		if (!r->recent)
			continue;
		text_add(out, "%s",
			 told ? "" : "\nThe policy learned from the earlier runs denied, in the later half:\n");
		told = true;
		run_text(p, r, out);
	}
}
