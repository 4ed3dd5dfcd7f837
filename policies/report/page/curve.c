/* The page: the frame of a curve, with axes from near the data. Labels are HTML beside the drawing, so
 * that they do not shrink with it. SPDX-License-Identifier: MIT */
#include <math.h>

#include "policies/report/report_parts.h"

enum { HIGH = 100, WIDE = 1000 };

/* A step of 1, 2 or 5 times a power of ten, so that a span has at least four of them. */
static double step_of(double span)
{
	double power = pow(10, floor(log10(fmax(span, 4) / 4)));
	double times = span / 4 / power;
	return fmax(1, power * (times >= 5 ? 5 : times >= 2 ? 2 : 1));
}

struct chart chart_make(double left, double right, double low, double high)
{
	/* An axis begins at 0 only if the data does not lie far from it. */
	double span = fmax(high - low, 1), step;
	low = low > span ? low - span / 5 : 0;
	step = step_of(high - low);
	low = floor(low / step) * step;
	return (struct chart){.left = left, .right = fmax(right, left + 1e-9), .low = low, .high = fmax(ceil(high / step) * step, low + step), .step = step};
}

double chart_x(const struct chart *c, double x)
{
	return (x - c->left) / (c->right - c->left) * WIDE;
}

double chart_y(const struct chart *c, double y)
{
	return HIGH - (y - c->low) / (c->high - c->low) * HIGH;
}

void chart_begin(const struct chart *c, const char *name, const char *label, struct text *out)
{
	text_add(out, "<figure><p class=\"unit\" aria-hidden=\"true\">%s</p><div class=\"chart\"><div class=\"scale\" aria-hidden=\"true\">", name);
	for (double y = c->high; y > c->low - c->step / 2; y -= c->step)
		text_add(out, "<span>%.0f</span>", y);
	text_add(out, "</div>\n<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"%s\">\n", WIDE, HIGH, label);
	for (double y = c->low + c->step; y < c->high + c->step / 2; y += c->step)
		text_add(out, "<path class=\"grid\" d=\"M0 %.1fH%d\"/>\n", chart_y(c, y), WIDE);
}

void chart_dot(const struct chart *c, double x, double y, struct text *out)
{
	text_add(out, "<path class=\"dot\" d=\"M%.1f %.1fh0\"><title>", chart_x(c, x), chart_y(c, y));
}

void chart_end(const char *left, const char *right, struct text *out)
{
	text_add(out, "</svg>\n<div class=\"axis\" aria-hidden=\"true\"><span>%s</span><span>%s</span></div></div>\n", left, right);
}
