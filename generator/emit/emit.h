/* The formats, one file each. Internal to generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_H
#define PINHOLE_GENERATOR_EMIT_H

#include "generator/generator.h"
#include "policies/base/escape.h"

extern const struct emitter emit_asm, emit_bpf, emit_c, emit_firejail, emit_json, emit_kafel, emit_libseccomp,
	emit_minijail, emit_oci, emit_smt2, emit_spo, emit_systemd;

/* notes.c */

/* Notes what the format does with numbers newer than this build knows, where the policy asks for something else. */
void note_newer(const struct emit_input *in, struct emit_notes *notes, const char *instead);

/* Notes that the format kills the thread for calls of `which` ("other architectures"), where the policy's default answers. */
void note_archs(const struct policy *p, const char *which, struct emit_notes *notes);

/* Appends "WHAT, made by pinhole from SOURCE." as a comment: a line after `mark`. */
void add_made_by(const struct emit_input *in, const char *mark, const char *what, struct text *out);

/* Appends the notes as comments: each line after `mark`. */
void add_notes(const struct emit_notes *notes, const char *mark, struct text *out);

/* Refuses a policy of several architectures for a format that is for one. Returns 0 or ERR_INPUT. */
int one_arch(const struct emit_input *in, const char *format, struct error *e);

#endif
