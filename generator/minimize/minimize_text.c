/* Prints the verdicts of minimize, for people and for programs. SPDX-License-Identifier: MIT */
#include <string.h>

#include "generator/minimize/minimize.h"
#include "policies/abi/groups.h"
#include "policies/json/json.h"
#include "policies/show/show.h"

static const struct {
	const char *name, *words;
} verdicts[] = {
	[VERDICT_UNTRIED] = {"untried", "not tried, or not with the others: the time was over"},
	[VERDICT_NEEDED] = {"needed", "needed: the test fails without"},
	[VERDICT_STUBBABLE] = {"stubbable", "stubbable: the test passes with all of these answered by an error"},
	[VERDICT_ALONE] = {"alone", "stubbable alone, but not together with those above"},
};

static void add_answer(uint16_t number, struct text *out)
{
	action_text((struct action){ACTION_ERRNO, number}, out);
}

void minimize_text(const struct candidate *candidates, size_t n, struct text *out)
{
	static const enum verdict order[] = {VERDICT_STUBBABLE, VERDICT_ALONE, VERDICT_NEEDED, VERDICT_UNTRIED};
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		size_t count = 0;
		for (size_t i = 0; i < n; i++)
			count += candidates[i].verdict == order[k];
		if (count > 0)
			text_add(out, "%zu %s\n", count, verdicts[order[k]].words);
		for (size_t i = 0; i < n; i++) {
			const struct candidate *c = &candidates[i];
			if (c->verdict != order[k])
				continue;
			text_add(out, "  %-24s", c->syscall);
			if (c->answer != 0) {
				add_answer(c->answer, out);
				text_add(out, "%s", c->verdict == VERDICT_UNTRIED ? " passes alone" : "");
				text_add(out, "%s%s", c->in_group ? ", with all of " : "", c->in_group ? c->group : "");
			} else if (c->evidence != NULL) {
				text_add_safe(out, c->evidence); /* a test's words */
			}
			text_add(out, "\n");
		}
	}
}

void minimize_json(const struct candidate *candidates, size_t n, struct text *out)
{
	text_add(out, "[");
	for (size_t i = 0; i < n; i++) {
		const struct candidate *c = &candidates[i];
		text_add(out, "%s\n  {\"syscall\": \"%s\", \"group\": \"%s\", \"verdict\": \"%s\"", i > 0 ? "," : "",
			 c->syscall, c->group, verdicts[c->verdict].name);
		if (c->answer != 0) {
			text_add(out, ", \"answer\": \"");
			add_answer(c->answer, out);
			text_add(out, "\"%s", c->in_group ? ", \"with_group\": true" : "");
		}
		json_add_optional(out, "evidence", c->evidence);
		text_add(out, "}");
	}
	text_add(out, "]");
}
