/* The instructions as bytes: what bubblewrap's --seccomp takes and libseccomp's seccomp_export_bpf writes.
 * SPDX-License-Identifier: MIT */
#include "emit.h"

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
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
    .emit = emit,
};
