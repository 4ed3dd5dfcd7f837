/* The kinds of calls, as JSON that library/FORMAT.md describes. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "policies/abi/power/danger.h"
#include "policies/abi/groups.h"
#include "policies/json/json.h"
#include "policies/reach/unseen.h"

/* `"path": […]`: the functions on the path, each with its file. */
static void add_path(const struct unseen_call *call, struct text *out)
{
	text_add(out, "\"path\": [");
	for (size_t i = 0; i < call->call->path.count; i++) {
		const struct reachable_function *f = &call->call->path.items[i];
		const struct reachable_module *m = &call->by->modules.items[f->module];
		text_add(out, "%s\n    {\"module\": ", i > 0 ? "," : "");
		json_add_text(out, m->path);
		json_add_optional(out, "build_id", m->build_id);
		text_add(out, ", \"offset\": \"0x%" PRIx64 "\"", f->offset);
		json_add_optional(out, "symbol", f->name);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void add_unseen(const struct unseen_call *call, struct text *out)
{
	size_t n;
	const struct danger *d = abi_dangers(call->name, &n);
	text_add(out, "\n  {\"syscall\": \"%s\", \"nr\": %" PRIu32 ", \"group\": \"%s\"", call->name, call->nr,
		 abi_group(call->name));
	text_add(out, n > 0 ? ", \"dangers\": [" : "");
	for (size_t i = 0; i < n; i++) {
		text_add(out, "%s{\"level\": \"%s\"", i > 0 ? ", " : "", danger_level_name(d[i].level));
		json_add_optional(out, "arg", d[i].arg);
		json_add_optional(out, "value", d[i].arg != NULL ? d[i].value : NULL);
		json_add_optional(out, "why", d[i].why);
		json_add_optional(out, "source", d[i].source);
		text_add(out, "}");
	}
	text_add(out, "%s,\n   ", n > 0 ? "]" : "");
	add_path(call, out);
	text_add(out, "}");
}

/* The files and their uncertainties: the same in both answers. */
static void add_files(const struct unseen *c, struct text *out)
{
	text_add(out, "\"programs\": [");
	for (size_t i = 0; i < c->files.count; i++) {
		text_add(out, i > 0 ? ", " : "");
		json_add_text(out, c->files.items[i]->modules.items[0].path);
	}
	text_add(out, "], \"undecided\": %zu", c->undecided);
}

int unseen_json(const struct unseen *c, const struct unseen_of *of, struct text *out, struct error *e)
{
	struct unseen_kinds kinds = {0};
	int rc = unseen_sort_out(c, of, &kinds, e);
	text_add(out, "{\"arch\": \"%s\", ", arch_name(c->arch));
	add_files(c, out);
	for (int reachable = 0; reachable < 2; reachable++) {
		size_t n = 0;
		text_add(out, reachable ? "],\n \"not_reachable\": [" : ",\n \"seen\": [");
		for (size_t i = 0; i < abi_syscall_count; i++) {
			const struct syscall_desc *call = &abi_syscalls[i];
			if (call->nr[c->arch] < 0)
				continue;
			uint32_t nr = (uint32_t)call->nr[c->arch];
			bool read = unseen_find(c, nr) != NULL, seen = unseen_seen(c, of, nr);
			if (reachable ? seen || read : !seen)
				continue;
			text_add(out, n++ > 0 ? ", " : "");
			if (reachable)
				text_add(out, "\"%s\"", call->name);
			else
				text_add(out, "\n  {\"syscall\": \"%s\", \"nr\": %" PRIu32 ", \"reachable\": %s}",
					 call->name, nr, read ? "true" : "false");
		}
	}
	text_add(out, "],\n \"reachable\": [");
	for (size_t i = 0; i < kinds.unseen.count; i++) {
		text_add(out, i > 0 ? "," : "");
		add_unseen(&kinds.unseen.items[i], out);
	}
	text_add(out, "]}\n");
	vec_free(&kinds.unseen);
	return rc == 0 && out->failed ? error_memory(e) : rc;
}

void unseen_explain_json(const struct unseen *c, const char *syscall, struct text *out)
{
	uint32_t nr;
	const struct unseen_call *call = NULL;
	if (abi_number(c->arch, syscall, &nr, NULL) == 0)
		call = unseen_find(c, nr);
	text_add(out, "{\"arch\": \"%s\", ", arch_name(c->arch));
	add_files(c, out);
	text_add(out, ", \"reachable\": %s", call != NULL ? "true" : "false");
	if (call != NULL) {
		text_add(out, ",\n   ");
		add_path(call, out);
	}
	text_add(out, "}");
}
