/* Writes the report as one page that loads nothing. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "policies/report/report_parts.h"

void html_add(struct text *out, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	for (const char *at = format; *at != '\0';) {
		size_t plain = strcspn(at, "%");
		text_add_bytes(out, at, plain);
		at += plain;
		if (*at == '\0')
			break;
		html_escape(out, va_arg(args, const char *));
		at += 2;
	}
	va_end(args);
}

bool html_is_left_out(size_t i, size_t n)
{
	return n > PAGE_ROWS && i >= PAGE_ROWS / 2 && i < n - PAGE_ROWS / 2;
}

/* The Content-Security-Policy loads nothing, and allows only these very bytes of style and
 * script. */
static void head(const char *title, struct text *out)
{
	struct asset style = asset_style();
	text_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; script-src '%s",
		 style_hash, script_hash);
	text_add(
	    out,
	    "'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
	html_add(out, "<title>System calls of %s – pinhole</title>\n<style>", title);
	text_add_bytes(out, style.bytes, style.count);
	text_add(out, "</style>\n</head>\n<body>\n");
}

static void overview(const struct report *r, const char *title, struct text *out)
{
	struct text verdict = {0};
	verdict_text(r, &verdict);
	html_add(out,
		 "<a class=\"skip\" href=\"#calls\">Skip to the calls</a>\n<header>\n<h1><small>System calls of</small> "
		 "<span>%s</span></h1>\n<p id=\"verdict\">%s</p>\n",
		 title, text_string(&verdict));
	text_add(out, "<p class=\"meta\">%s%" PRIu64 " system calls, %zu different (facts), of ", r->quiet ? "At least " : "", r->count, r->facts);
	plural(out, r->calls.count, "name");
	text_add(out, ", in ");
	plural(out, r->runs.count, "run");
	text_add(out, " of ");
	plural(out, profile_program_count(r->profile), "program");
	text_add(out, ".%s</p>\n", r->stacks == 0 && r->facts > 0 ? " Where from they were made was not recorded." : "");
	text_add(out,
		 "<nav aria-label=\"Contents\"><p class=\"contents\">%s%s<a href=\"#taught\">Runs by facts</a> <a href=\"#discovery\">Completeness</a> "
		 "<a href=\"#policy\">Policy</a> %s<a href=\"#calls\">Calls</a> <a href=\"#runs\">Runs</a> "
		 "<a href=\"#programs\">Programs</a></p></nav>\n</header>\n<main>\n",
		 r->in->policy != NULL ? "<a href=\"#map\">Map</a> " : "",
		 r->stacks > 0 ? "<a href=\"#who\">Who asks</a> " : "", r->in->unseen != NULL ? "<a href=\"#could\">Code</a> " : "");
	out->failed |= verdict.failed;
	text_free(&verdict);
}

static void page(struct report *r, const struct comparisons *c, struct text *out)
{
	struct text title = {0};
	struct asset script = asset_script();
	subject_text(r, &title);
	head(text_string(&title), out);
	overview(r, text_string(&title), out);
	html_answer(r, c, out);
	html_map(r, out);
	html_who(r, out);
	html_taught(r, out);
	text_add(out, "<div class=\"curves\">\n");
	html_discovery(r, out);
	html_confidence(r, out);
	text_add(out, "</div>\n");
	html_estimates(r, out);
	html_comparison(r, c, out);
	html_unseen(r, out);
	html_calls(r, out);
	html_record(r, out);
	text_add(out, "</main>\n<footer><p>Made by pinhole " PINHOLE_VERSION
		      ". What was not exercised is not in the profile.</p></footer>\n<script>");
	text_add_bytes(out, script.bytes, script.count);
	text_add(out, "</script>\n</body>\n</html>\n");
	out->failed |= title.failed;
	text_free(&title);
}

int report_html(const struct report_input *in, struct text *out, struct error *e)
{
	struct report r;
	struct comparisons c = {0};
	int rc = report_make(&r, in, e);
	if (rc == 0)
		rc = compare_with_docker(in->policy, &c, e);
	if (rc == 0)
		page(&r, &c, out);
	if (rc == 0 && out->failed)
		rc = error_memory(e);
	comparisons_clear(&c);
	report_clear(&r);
	return rc;
}
