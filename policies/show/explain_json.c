/* Shows which code made a call, as JSON. SPDX-License-Identifier: MIT */
#include "policies/show/explain.h"

#include <inttypes.h>

#include "policies/json/json.h"
#include "policies/profile/profile_parts.h"
#include "policies/show/caller.h"

static void add_frame(const struct profile *p, uint32_t frame, bool caller, struct text *out)
{
	const struct frame *f = profile_frame_named(p, frame);
	text_add(out, "\n      {\"module\": ");
	if (f->module == MODULE_NONE) {
		text_add(out, "null");
	} else {
		const struct module *m = profile_module(p, f->module);
		json_add_text(out, m->path);
		json_add_optional(out, "build_id", m->build_id);
		text_add(out, ", \"offset\": \"0x%" PRIx64 "\"", f->offset);
	}
	json_add_optional(out, "symbol", f->symbol);
	if (f->symbol != NULL)
		text_add(out, ", \"symbol_offset\": \"0x%" PRIx64 "\"", f->symbol_offset);
	text_add(out, "%s}", caller ? ", \"caller\": true" : "");
}

static void add_stacks(const struct profile *p, const struct fact *f, struct text *out)
{
	text_add(out, ",\n   \"stacks\": [");
	for (size_t i = 0; i < f->stacks.count; i++) {
		const struct stack *s = profile_stack(p, f->stacks.items[i]);
		size_t caller = stack_caller(p, s);
		text_add(out, "%s\n    {\"end\": \"%s\", \"frames\": [", i > 0 ? "," : "",
			 stack_end_name((enum stack_end)s->end));
		for (size_t k = 0; k < s->frames.count; k++) {
			text_add(out, k > 0 ? "," : "");
			add_frame(p, s->frames.items[k], k == caller, out);
		}
		text_add(out, "]}");
	}
	text_add(out, "]");
}

static void add_runs(const struct profile *p, const struct fact *f, struct text *out)
{
	text_add(out, ",\n   \"runs\": [");
	for (size_t i = 0; i < f->runs.count; i++) {
		const struct run *run = profile_run(p, f->runs.items[i].run);
		text_add(out, "%s\n    {", i > 0 ? "," : "");
		run_head_format(run, out);
		json_add_optional(out, "started", run->started);
		json_add_optional(out, "mode", run->mode);
		json_add_optional(out, "label", run->label);
		text_add(out, ", \"count\": ");
		json_add_number(out, f->runs.items[i].count, 0);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void add_programs(const struct profile *p, const struct fact *f, struct text *out)
{
	text_add(out, ",\n   \"programs\": [");
	for (size_t i = 0; i < f->programs.count; i++) {
		const struct program *program = profile_program(p, f->programs.items[i]);
		text_add(out, "%s{\"path\": ", i > 0 ? ", " : "");
		json_add_text(out, program->path);
		json_add_optional(out, "build_id", program->build_id);
		text_add(out, "}");
	}
	text_add(out, "]");
}

void explain_json(const struct profile *p, const struct fact_list *found, struct text *out)
{
	text_add(out, "[");
	for (size_t i = 0; i < found->facts.count; i++) {
		const struct fact *f = profile_fact(p, found->facts.items[i]);
		text_add(out, "%s\n  {", i > 0 ? "," : "");
		fact_call_format(f, out);
		text_add(out, ", \"count\": ");
		json_add_number(out, fact_total(f), 0);
		add_runs(p, f, out);
		add_programs(p, f, out);
		add_stacks(p, f, out);
		text_add(out, "}");
	}
	text_add(out, "%s]\n", found->facts.count > 0 ? "\n" : "");
}
