/* How far a profile can be trusted, as JSON. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/estimate/confidence.h"
#include "policies/estimate/denials.h"
#include "policies/json/json.h"

static void add_interval(const char *name, struct interval in, struct text *out)
{
	text_add(out, ", \"%s\": [%.6g, %.6g]", name, in.low, in.high);
}

/* The members of an estimate, without braces; for too few runs, only the counts. */
static void add_estimate(const struct estimate *of, bool estimated, struct text *out)
{
	text_add(out, "\"runs\": %zu, \"facts\": %zu, \"once\": %zu, \"twice\": %zu", of->runs, of->facts, of->once,
		 of->twice);
	if (!estimated)
		return;
	text_add(out, ", \"runs_alone\": %zu, \"news\": %.6g", of->runs_alone, of->news);
	add_interval("news_within", of->news_within, out);
	text_add(out, ", \"new_facts\": %.6g, \"unseen\": %.6g", of->new_facts, of->unseen);
	add_interval("unseen_within", of->unseen_within, out);
	if (of->classic) {
		text_add(out, ", \"unseen_classic\": %.6g", of->unseen_classic);
		add_interval("unseen_classic_within", of->classic_within, out);
	}
	text_add(out, ", \"coverage\": %.6g, \"halving\": ", of->coverage);
	if (of->halving > 0)
		text_add(out, "%.6g", of->halving);
	else
		text_add(out, "null");
}

static void add_parts(const char *name, const struct confidence_part *parts, size_t n, bool estimated, struct text *out)
{
	text_add(out, ",\n \"%s\": [", name);
	for (size_t i = 0; i < n; i++) {
		text_add(out, "%s\n  {\"name\": ", i > 0 ? "," : "");
		json_add_text(out, parts[i].name);
		json_add_optional(out, "arguments", parts[i].about);
		text_add(out, ", ");
		add_estimate(&parts[i].of, estimated, out);
		text_add(out, "}");
	}
	text_add(out, n > 0 ? "\n ]" : "]");
}

static void add_row(const char *name, const struct row_estimate *row, bool estimated, struct text *out)
{
	text_add(out, ",\n \"%s\": {\"length\": %zu, \"with_news\": %zu, \"idle\": %zu", name, row->length,
		 row->with_news, row->idle);
	if (estimated) {
		text_add(out, ", \"recent\": %zu, \"recent_with_news\": %zu, \"news\": %.6g", row->recent,
			 row->recent_news, row->news);
		add_interval("news_within", row->news_within, out);
		text_add(out, ", \"growth\": %.6g", row->growth);
	}
	text_add(out, "}");
}

/* A run and each of its denials, in the words of `pinhole check`. */
static void add_denied_run(const struct denied_run *r, struct text *out)
{
	struct text line = {0};
	text_add(out, "{\"run\": %zu, \"denied\": [", r->run);
	for (size_t i = 0; i < r->denied.facts.count + r->denied.next.count; i++) {
		line.count = 0;
		if (i < r->denied.facts.count)
			denied_fact_text(&r->denied.facts.items[i], &line);
		else
			denied_next_text(&r->denied.next.items[i - r->denied.facts.count], &line);
		text_add(out, "%s", i > 0 ? ", " : "");
		json_add_text(out, text_string(&line));
	}
	text_add(out, "]}");
	out->failed |= line.failed;
	text_free(&line);
}

static void add_denials(const struct denials *d, struct text *out)
{
	struct text words = {0};
	denials_words(d, &words);
	text_add(out, ",\n \"policy\": {\"words\": ");
	json_add_text(out, text_string(&words));
	out->failed |= words.failed;
	text_free(&words);
	text_add(out, ", \"estimated\": %s, \"complete\": %zu, \"denied_runs\": %zu", d->estimated ? "true" : "false", d->complete,
		 d->alone.count);
	if (d->estimated) {
		text_add(out, ", \"denied\": %.6g", d->chance);
		add_interval("denied_within", d->within, out);
	}
	add_row("row", &d->row, d->row_estimated, out);
	text_add(out, ",\n  \"missing\": [");
	for (size_t i = 0; i < d->alone.count; i++) {
		text_add(out, i > 0 ? ",\n   " : "\n   ");
		add_denied_run(&d->alone.items[i], out);
	}
	text_add(out, "]}");
}

void confidence_json(const struct confidence *c, const struct denials *d, struct text *out)
{
	text_add(out, "{");
	if (c->clusters.all > 0 && strcmp(c->clusters.noun, "run") != 0) {
		text_add(out, "\"cluster\": ");
		json_add_text(out, c->clusters.noun);
		text_add(out, ", ");
	}
	text_add(out, "\"runs\": %zu, \"complete\": %zu, \"facts\": %zu, \"wide\": %zu,", c->runs, c->complete, c->facts, c->wide);
	if (c->explored > 0)
		text_add(out, " \"explored\": %zu,", c->explored);
	text_add(out, "\n \"words\": ");
	struct text words = {0};
	confidence_words(c, &words);
	json_add_text(out, text_string(&words));
	out->failed |= words.failed;
	text_free(&words);
	text_add(out, ",\n \"estimated\": %s,\n \"of_complete\": {", c->estimated ? "true" : "false");
	add_estimate(&c->of, c->estimated, out);
	text_add(out, "},\n \"curve\": [");
	for (size_t i = 0; i < c->curve.count; i++)
		text_add(out, "%s[%.0f, %.6g, %.6g]", i > 0 ? ", " : "", c->curve.items[i].runs,
			 c->curve.items[i].facts, c->curve.items[i].deviation);
	text_add(out, "]");
	add_row("row", &c->row, c->row_estimated, out);
	if (c->spans_estimated) {
		add_row("spans", &c->spans, true, out);
		out->count--; /* removes its brace: two more members follow */
		text_add(out, ", \"run\": %zu, \"span\": %" JSON_INTEGER_FORMAT "}", c->span_run,
			 (json_int_t)c->span_ms);
	}
	add_parts("syscalls", c->calls.items, c->calls.count, c->estimated, out);
	add_parts("programs", c->programs.items, c->programs.count, c->estimated, out);
	if (d != NULL)
		add_denials(d, out);
	text_add(out, "}\n");
}
