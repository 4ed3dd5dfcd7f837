/* The page: calls that the code can make but no run made. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/reach/unseen.h"
#include "policies/report/report_parts.h"

/* Adds each level of danger once, the gravest first. */
static void danger_levels(const char *syscall, struct text *out)
{
	size_t n;
	const struct danger *d = abi_dangers(syscall, &n);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || d[i].level != d[i - 1].level)
			html_add(out, "%s%s", i > 0 ? ", " : "", danger_level_name((enum danger_level)d[i].level));
	text_add(out, n == 0 ? "–" : "");
}

static void rows(const struct unseen_kinds *kinds, struct text *out)
{
	for (size_t i = 0; i < kinds->unseen.count; i++) {
		const struct unseen_call *call = &kinds->unseen.items[i];
		struct text path = {0};
		reachable_path_text(call->by, call->call, &path);
		html_add(out, "<tr><th scope=\"row\" class=\"nowrap\"><code>%s</code></th><td class=\"nowrap\">%s</td><td class=\"nowrap\">", call->name,
			 abi_group(call->name));
		danger_levels(call->name, out);
		html_add(out, "</td><td class=\"wide\"><code>%s</code></td></tr>\n", text_string(&path));
		out->failed |= path.failed;
		text_free(&path);
	}
}

void html_unseen(const struct report *r, struct text *out)
{
	const struct unseen_of of = {r->profile, NULL, NULL};
	struct unseen_kinds kinds = {0};
	struct error e = {0};
	if (r->in->unseen == NULL)
		return;
	out->failed |= unseen_sort_out(r->in->unseen, &of, &kinds, &e) < 0;
	text_add(
	    out,
	    "<section id=\"could\"><h2>What the code could do besides</h2>\n<p>Of the calls of %s, "
	    "<strong>%zu</strong> "
	    "were seen, <strong>%zu</strong> were never seen though the code can reach them, and <strong>%zu</strong> "
	    "are not reachable.",
	    arch_name(r->in->unseen->arch), kinds.seen, kinds.unseen.count, kinds.unreachable);
	if (r->in->unseen->undecided > 0) {
		text_add(out, " But at ");
		plural(out, r->in->unseen->undecided, "place");
		text_add(out, " of the code the number can’t be told: any call could be made there.");
	}
	text_add(out, "</p>\n");
	if (kinds.unseen.count > 0) {
		text_add(out,
			 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Reachable, never "
			 "seen\"><table>\n<thead><tr><th scope=\"col\">Call</th><th scope=\"col\">Group</th>"
			 "<th scope=\"col\">Danger</th><th scope=\"col\">A way to it</th></tr></thead>\n<tbody>\n");
		rows(&kinds, out);
		text_add(out, "</tbody></table></div>");
	}
	text_add(out, "</section>\n");
	vec_free(&kinds.unseen);
}
