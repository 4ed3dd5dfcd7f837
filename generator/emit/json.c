/* The policy itself. SPDX-License-Identifier: MIT */
#include "emit.h"

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	return policy_format(in->policy, out, e);
}

const struct emitter emit_json = {
    .name = "json",
    .summary = "the policy",
    .emit = emit,
};
