/* The annotated listing. SPDX-License-Identifier: MIT */
#include "emit.h"

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	filter_disasm(in->filter->code.items, in->filter->code.count, in->policy, out);
	return out->failed ? error_memory(e) : 0;
}

const struct emitter emit_asm = {
    .name = "asm",
    .summary = "the filter's instructions as text, annotated, by rule",
    .compiles = true,
    .emit = emit,
};
