/* Writes the formats that need no translation: the instructions as bytes and as text, and the policy itself.
 * SPDX-License-Identifier: MIT */
#include "generator/emit/emit.h"

/* Appends the bytes that bubblewrap's --seccomp reads and libseccomp's seccomp_export_bpf writes. */
static int emit_bytes(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	text_add_bytes(out, in->filter->code.items, in->filter->code.count * sizeof(*in->filter->code.items));
	return out->failed ? error_memory(e) : 0;
}

const struct emitter emit_bpf = {
    .name = "bpf",
    .summary = "the filter's instructions as bytes (struct sock_filter, this machine's byte order)",
    .binary = true,
    .compiles = true,
    .emit = emit_bytes,
};

static int emit_listing(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	filter_disasm(in->filter->code.items, in->filter->code.count, in->policy, out);
	return out->failed ? error_memory(e) : 0;
}

const struct emitter emit_asm = {
    .name = "asm",
    .summary = "the filter's instructions as text, annotated, by rule",
    .compiles = true,
    .emit = emit_listing,
};

static int emit_policy(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	return policy_format(in->policy, out, e);
}

const struct emitter emit_json = {
    .name = "json",
    .summary = "the policy",
    .emit = emit_policy,
};
