/* The page: what further runs would show. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "policies/report/report_parts.h"

enum { CALLS_SHOWN = 8 };

/* Draws one side of the curve, recorded or expected. */
static void line(const struct confidence *c, const struct chart *frame, bool beyond, struct text *out)
{
	bool begun = false;
	text_add(out, "<path class=\"sum%s\" d=\"", beyond ? " beyond" : "");
	for (size_t i = 0; i < c->curve.count; i++) {
		const struct curve_point *at = &c->curve.items[i];
		double here = (double)c->of.runs;
		if (beyond ? at->runs < here : at->runs > here)
			continue;
		text_add(out, "%c%.1f %.1f", begun ? 'L' : 'M', chart_x(frame, at->runs), chart_y(frame, at->facts));
		begun = true;
	}
	text_add(out, "\"/>\n");
}

/* The normal distribution has 95 % within so many deviations of its mean. */
static const double within = 1.959964;

/* Draws the band around the recorded side, as far as its deviation is known: its upper edge, then its lower edge back. */
static void band(const struct confidence *c, const struct chart *frame, struct text *out)
{
	size_t n = 0;
	while (n < c->curve.count && c->curve.items[n].deviation > 0)
		n++;
	text_add(out, "<path class=\"band\" d=\"");
	for (size_t i = 0; i < 2 * n; i++) {
		const struct curve_point *at = &c->curve.items[i < n ? i : 2 * n - 1 - i];
		double y = at->facts + (i < n ? within : -within) * at->deviation;
		text_add(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L', chart_x(frame, at->runs), fmin(fmax(chart_y(frame, y), 0), 100));
	}
	text_add(out, "z\"/>\n");
}

static void curve(const struct confidence *c, struct text *out)
{
	double most = 1, least = INFINITY;
	char last[32];
	for (size_t i = 0; i < c->curve.count; i++) {
		const struct curve_point *at = &c->curve.items[i];
		most = fmax(most, at->facts + within * at->deviation);
		least = at->runs >= 1 ? fmin(least, at->facts - within * at->deviation) : least;
	}
	const struct curve_point *first = &c->curve.items[0], *end = &c->curve.items[c->curve.count - 1];
	struct chart frame = chart_make(fmax(first->runs, 1), end->runs, fmax(fmin(least, most), 0), most);
	snprintf(last, sizeof(last), "%.0f runs", end->runs);
	chart_begin(&frame, "facts", "trust", out);
	band(c, &frame, out);
	line(c, &frame, false, out);
	line(c, &frame, true, out);
	chart_dot(&frame, (double)c->of.runs, (double)c->of.facts, out);
	text_add(out, "%zu runs: %zu facts</title></path>\n", c->of.runs, c->of.facts);
	chart_end("1 run", last, out);
	text_add(out,
		 "<figcaption><span class=\"key sum\"></span> facts that so many runs show, on average over all orders, up to the %zu "
		 "recorded ones <span class=\"key band\"></span> 95 %% of other such rows of runs <span class=\"key sum beyond\"></span> expected of further "
		 "runs.</figcaption></figure>\n",
		 c->of.runs);
}

static void figure(const char *name, double value, struct interval in, const char *note, struct text *out)
{
	text_add(
	    out,
	    "<tr><th scope=\"row\">%s</th><td class=\"number\">%.2f</td><td class=\"number nowrap\">%.2f – %.2f</td>"
	    "<td>%s</td></tr>\n",
	    name, value, in.low, fmin(in.high, 1e9), note);
}

static void figures(const struct confidence *c, struct text *out)
{
	const struct estimate *of = &c->of;
	text_add(
	    out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Estimates\"><table>\n<thead><tr>"
	    "<th scope=\"col\">Of the runs that report all their facts</th><th scope=\"col\" "
	    "class=\"number\">Estimate</th>"
	    "<th scope=\"col\" class=\"number nowrap\">95 %%</th><th scope=\"col\">How</th></tr></thead>\n<tbody>\n");
	figure("Probability that a further run shows something new", of->news, of->news_within,
	       "the share of runs that did something no other run did", out);
	figure("Facts never seen, at least", of->unseen, of->unseen_within, "Chao2, bias-corrected", out);
	if (of->classic)
		figure("The same, classic form", of->unseen_classic, of->classic_within, "Chao2", out);
	text_add(out,
		 "<tr><th scope=\"row\">New facts in a further run</th><td class=\"number\">%.2f</td><td></td>"
		 "<td>Good and Turing: facts seen by only one run, divided by the runs</td></tr>\n",
		 of->new_facts);
	if (of->halving > 0)
		text_add(out,
			 "<tr><th scope=\"row\">Further runs to see half of the unseen facts</th><td "
			 "class=\"number\">%.0f</td>"
			 "<td></td><td>by the curve</td></tr>\n",
			 fmin(ceil(of->halving), 1e9));
	text_add(out, "</tbody></table></div>\n");
}

static void calls(const struct confidence *c, struct text *out)
{
	if (c->calls.count == 0 || c->calls.items[0].of.once == 0)
		return;
	text_add(
	    out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Where news are\"><table>\n<thead><tr>"
	    "<th scope=\"col\">Where to expect news</th><th scope=\"col\" class=\"number\">Facts</th>"
	    "<th scope=\"col\" class=\"number nowrap\">Seen by one run</th>"
	    "<th scope=\"col\" class=\"number nowrap\">Chance of news</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < c->calls.count && i < CALLS_SHOWN && c->calls.items[i].of.once > 0; i++) {
		const struct confidence_part *part = &c->calls.items[i];
		html_add(out, "<tr><th scope=\"row\"><code>%s</code> <span class=\"meta\">%s</span></th>", part->name,
			 part->about != NULL ? part->about : "");
		text_add(
		    out,
		    "<td class=\"number\">%zu</td><td class=\"number\">%zu</td><td class=\"number\">%.2f</td></tr>\n",
		    part->of.facts, part->of.once, part->of.news);
	}
	text_add(out, "</tbody></table></div>\n");
}

void html_confidence(const struct report *r, struct text *out)
{
	const struct confidence *c = &r->confidence;
	struct text words = {0};
	confidence_words(c, &words);
	html_add(out,
		 "<section id=\"confidence\"><h2>How far to trust it</h2>\n<p id=\"trust\"><strong>%s</strong></p>\n",
		 text_string(&words));
	out->failed |= words.failed;
	text_free(&words);
	if (c->estimated)
		curve(c, out);
	text_add(out, "<p>An estimate only covers runs like the recorded ones, and nothing that such runs never do. "
		      "A call that both the loader and the program make is one fact here. "
		      "<code>pinhole confidence</code> has all figures.</p>\n</section>\n");
}

void html_estimates(const struct report *r, struct text *out)
{
	if (!r->confidence.estimated)
		return;
	text_add(out, "<section id=\"estimates\">\n");
	figures(&r->confidence, out);
	calls(&r->confidence, out);
	text_add(out, "</section>\n");
}
