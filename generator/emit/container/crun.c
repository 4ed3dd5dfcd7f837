/* Writes the annotation that makes crun load this very filter (crun(1), run.oci.seccomp_bpf_data). SPDX-License-Identifier: MIT */
#include <linux/filter.h>

#include "generator/emit/container/runtime_calls.h"

/* RFC 4648, with padding. */
static void add_base64(const unsigned char *bytes, size_t n, struct text *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		size_t here = n - i < 3 ? n - i : 3;
		uint32_t bits = (uint32_t)bytes[i] << 16 | (here > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (here > 2 ? bytes[i + 2] : 0);
		char four[4] = {letters[bits >> 18], letters[bits >> 12 & 63], '=', '='};
		if (here > 1)
			four[2] = letters[bits >> 6 & 63];
		if (here > 2)
			four[3] = letters[bits & 63];
		text_add_bytes(out, four, sizeof(four));
	}
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	/* The kernel takes no string of an argument above 128 KiB (MAX_ARG_STRLEN, execve(2)): 4096 instructions are 43 KiB here. */
	text_add(out, "run.oci.seccomp_bpf_data=");
	add_base64((const unsigned char *)in->filter->code.items, in->filter->code.count * sizeof(struct sock_filter), out);
	text_add(out, "\n");
	return out->failed || notes->text.failed ? error_memory(e) : 0;
}

const struct emitter emit_crun_annotation = {
    .name = "crun",
    .summary = "the annotation by which crun loads this very filter",
    .compiles = true,
    .prepare = runtime_add_crun,
    .emit = emit,
};
