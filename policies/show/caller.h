/* Who made a call, of its stack: in words. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_SHOW_CALLER_H
#define PINHOLE_POLICIES_SHOW_CALLER_H

#include "policies/base/text.h"
#include "policies/profile/stacks.h"

/* Whether a module is between the program and the kernel: the C library's parts, the dynamic loader, the vDSO. By its
 * file's name: glibc's libc.so.6 and its kin, musl's libc.musl-*.so.1 and ld-musl-*.so.1. */
bool module_is_libc(const struct module *m);

/* The frame that asked for the call, as a position in the stack: the innermost one in a module that is no part of libc;
 * where there is none (the loader's own calls; all that a static program does is in one module) the innermost. */
size_t stack_caller(const struct profile *p, const struct stack *s);

/* Appends a frame as people read it: "sqlite3_step+0x1f in libsqlite3.so.0", "0x2d410 in nginx", "code in no file".
 * Names are made safe for terminals; the frame's best-known name is taken (profile_frame_named). */
void frame_text(const struct profile *p, size_t frame, struct text *out);

/* Appends a caller's name without the place in the function: what calls are grouped by. */
void caller_text(const struct profile *p, size_t frame, struct text *out);

/* The two halves of these: "sqlite3_step+0x1f" (or without the place), and "libsqlite3.so.0"; nothing for code in no
 * file. */
void frame_name_text(const struct profile *p, size_t frame, bool place, struct text *out);
void frame_module_text(const struct profile *p, size_t frame, struct text *out);

/* Appends the callers of a fact's stacks, each once: "a in libx.so, b in libx.so"; nothing where no stack is known. */
void fact_callers_text(const struct profile *p, const struct fact *f, struct text *out);

#endif
