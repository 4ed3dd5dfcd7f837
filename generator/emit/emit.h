/* The formats, one file each. Internal to generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_H
#define PINHOLE_GENERATOR_EMIT_H

#include "generator/generator.h"
#include "policies/base/escape.h"

extern const struct emitter emit_asm, emit_bpf, emit_c, emit_crun_annotation, emit_firecracker, emit_firejail, emit_json, emit_kafel, emit_libseccomp,
	emit_minijail, emit_oci, emit_smt2, emit_spo, emit_systemd;

/* notes.c */

/* Notes that the format answers newer calls by `instead`, unless the policy does too: its `newer` is its default action. */
void note_newer(const struct emit_input *in, struct emit_notes *notes, const char *instead);

/* Notes that the format kills the thread for calls of `which` ("other architectures"), where the policy's default would answer. */
void note_archs(const struct policy *p, const char *which, struct emit_notes *notes);

/* Appends the comment "WHAT, made by pinhole from SOURCE.": a line that begins with `mark`. */
void add_made_by(const struct emit_input *in, const char *mark, const char *what, struct text *out);

/* Appends the notes as comments: each line begins with `mark`. */
void add_notes(const struct emit_notes *notes, const char *mark, struct text *out);

/* Checks that the policy is for one architecture, as `format` requires. Returns 0 or ERR_INPUT. */
int one_arch(const struct emit_input *in, const char *format, struct error *e);

#endif
