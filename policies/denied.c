/* What is known of facts that were not recorded, but imported: that a filter denied them, or which arguments they lack.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "profile_parts.h"

bool run_denied_known(const char *action)
{
	static const char *const actions[] = {"kill", "kill-thread", "trap", "errno", "notify", "trace", "log"};
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i], action) == 0)
			return true;
	return false;
}

bool fact_is_denied(const struct profile *p, const struct fact *f)
{
	for (size_t i = 0; i < f->runs.count; i++)
		if (p->runs.items[f->runs.items[i].run].denied == NULL)
			return false;
	return f->runs.count > 0;
}

void fact_denied_text(const struct profile *p, const struct fact *f, struct text *out)
{
	size_t told = 0;
	for (size_t i = 0; i < f->runs.count; i++) {
		const char *action = p->runs.items[f->runs.items[i].run].denied;
		bool again = action == NULL;
		for (size_t k = 0; k < i && !again; k++)
			again = strcmp(null_as_empty(p->runs.items[f->runs.items[k].run].denied), action) == 0;
		if (!again)
			text_add(out, "%s%s", told++ > 0 ? ", " : "", action);
	}
}

uint8_t fact_unknown_args(const struct fact *f)
{
	struct syscall_desc room;
	return syscall_checkable(fact_call(f, &room)) & (uint8_t)~f->key.args;
}

void fact_marked_text(const struct profile *p, const struct fact *f, struct text *out)
{
	fact_text(f, out);
	if (!fact_is_denied(p, f))
		return;
	text_add(out, "  denied: ");
	fact_denied_text(p, f, out);
}
