/* Fuzz target: any profile gives a page with one script and one style, and Markdown, whatever stands in it.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policies/report/report.h"
#include "generator/generator.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct infer_options options = {.args = ARGS_SHAPE, .default_action = {ACTION_KILL, 0}};
	static const struct infer_options older = {.args = ARGS_NONE, .default_action = {ACTION_KILL, 0}};
	struct error e = {0}, why = {0};
	struct text page = {0}, markdown = {0}, warnings = {0}, ignored = {0};
	struct profile *p = profile_parse((const char *)bytes, n, "input", &e);
	if (p == NULL)
		return 0;
	struct policy *policy = infer(p, &options, &warnings, &why);
	struct policy *old = infer(p, &older, &ignored, &(struct error){0});
	struct report_input in = {.profile = p, .policy = policy, .why_none = why.text, .warnings = text_string(&warnings),
				  .old = old, .old_name = "<script>old"};
	if (report_html(&in, &page, &e) != 0 || report_markdown(&in, &markdown, &e) != 0)
		abort();
	if (times(page.bytes, "<script") != 1 || times(page.bytes, "</script") != 1 || times(page.bytes, "<style") != 1 ||
	    times(page.bytes, "<!") != 1 || strlen(page.bytes) != page.count || strlen(markdown.bytes) != markdown.count)
		abort();
	text_free(&page);
	text_free(&markdown);
	text_free(&warnings);
	text_free(&ignored);
	policy_free(policy);
	policy_free(old);
	profile_free(p);
	return 0;
}
