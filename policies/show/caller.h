/* Finds the caller of a system call in its stack, and prints it. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_SHOW_CALLER_H
#define PINHOLE_POLICIES_SHOW_CALLER_H

#include "policies/base/text.h"
#include "policies/profile/stacks.h"

/* Returns whether a module stands between the program and the kernel: a part of the C library, the
 * dynamic loader, or the vDSO. Tells by the file name: glibc's libc.so.6 and its companions, musl's
 * libc.musl-*.so.1 and ld-musl-*.so.1. */
bool module_is_libc(const struct module *m);

/* Returns the caller's position in the stack: the innermost frame in a module outside libc. If
 * there is none (as for the loader's own calls), returns the innermost frame. In a static program
 * all frames are in one module, so the innermost is taken too. */
size_t stack_caller(const struct profile *p, const struct stack *s);

/* Appends a frame for people: "sqlite3_step+0x1f in libsqlite3.so.0", "0x2d410 in nginx", "code in
 * no file". Escapes names for terminals. Takes the frame's best name (profile_frame_named). */
void frame_text(const struct profile *p, size_t frame, struct text *out);

/* Appends a caller's name without its offset in the function; calls are grouped by this name. */
void caller_text(const struct profile *p, size_t frame, struct text *out);

/* Append one half of such a name: "sqlite3_step+0x1f" (with `place` false: without the offset), or
 * "libsqlite3.so.0". Append nothing for code in no file. */
void frame_name_text(const struct profile *p, size_t frame, bool place, struct text *out);
void frame_module_text(const struct profile *p, size_t frame, struct text *out);

/* Appends the callers of a fact's stacks, each once: "a in libx.so, b in libx.so". Appends nothing
 * if no stack is known. */
void fact_callers_text(const struct profile *p, const struct fact *f, struct text *out);

#endif
