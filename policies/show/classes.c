/* The capability class of a fact, in words. SPDX-License-Identifier: MIT */
#include "policies/abi/power/capabilities.h"
#include "policies/show/show.h"

int fact_capability(const struct fact *f)
{
	char buffer[32];
	/* A wide fact has no values of its own. */
	return (int)abi_capability((enum arch)f->key.arch, fact_name(f, buffer, sizeof(buffer)), f->key.values, f->wide ? 0 : f->key.args);
}

void fact_class_text(const struct fact *f, struct text *out)
{
	int c = fact_capability(f);
	if (c < CAPABILITY_COUNT)
		text_add(out, "part of %s", abi_capabilities[c].name);
	else
		text_add(out, "in no class: only allowed when seen");
}
