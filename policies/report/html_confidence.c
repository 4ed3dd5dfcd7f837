/* The page: what further runs would show. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "policies/report/report_parts.h"

enum { HIGH = 100, WIDE = 1000, CALLS_SHOWN = 8 };

/* Draws one side of the curve, recorded or expected, with its margin of error. */
static void line(const struct confidence *c, bool beyond, struct text *out)
{
	double most = 1, runs = c->curve.items[c->curve.count - 1].runs;
	bool begun = false;
	for (size_t i = 0; i < c->curve.count; i++)
		most = fmax(most, c->curve.items[i].facts);
	text_add(out, "<path class=\"sum%s\" d=\"", beyond ? " beyond" : "");
	for (size_t i = 0; i < c->curve.count; i++) {
		const struct curve_point *at = &c->curve.items[i];
		double here = (double)c->of.runs;
		if (beyond ? at->runs < here : at->runs > here)
			continue;
		text_add(out, "%c%.1f %.1f", begun ? 'L' : 'M', at->runs / runs * WIDE, HIGH - at->facts / most * HIGH);
		begun = true;
	}
	text_add(out, "\"/>\n");
}

static void curve(const struct confidence *c, struct text *out)
{
	const struct curve_point *last = &c->curve.items[c->curve.count - 1];
	text_add(out,
		 "<figure><div class=\"chart\"><div class=\"scale\" "
		 "aria-hidden=\"true\"><span>%.0f</span><span>0</span></div>\n"
		 "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"trust\">\n",
		 last->facts, WIDE, HIGH);
	for (int i = 1; i < 4; i++)
		text_add(out, "<path class=\"grid\" d=\"M0 %dH%d\"/>\n", HIGH * i / 4, WIDE);
	line(c, false, out);
	line(c, true, out);
	text_add(out,
		 "</svg>\n<div class=\"axis\" aria-hidden=\"true\"><span>0</span><span>%zu "
		 "runs</span><span>%.0f</span></div></div>\n"
		 "<figcaption><span class=\"key sum\"></span> facts that so many runs show, on average over all orders "
		 "<span class=\"key sum beyond\"></span> the expectation for further runs.</figcaption></figure>\n",
		 c->of.runs, last->runs);
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
	if (c->estimated) {
		curve(c, out);
		figures(c, out);
		calls(c, out);
	}
	text_add(out, "<p>An estimate only covers runs like the recorded ones, and nothing that such runs never do. "
		      "A call that both the loader and the program make is one fact here. "
		      "<code>pinhole confidence</code> has all figures.</p>\n</section>\n");
}
