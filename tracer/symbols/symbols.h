/* The functions of one module (an executable, a library, the vDSO) by address. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_H
#define PINHOLE_TRACER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"

/* Where distributions put separate debug files. */
#define SYMBOLS_ROOT "/usr/lib/debug"

struct symbols;

/* Reads a module's symbols from its file and, where it is stripped, from its separate debug file: by build ID under
 * SYMBOLS_ROOT, then by .gnu_debuglink (debug_file.h). With `build_id` (lower-case hexadecimal; NULL or "": any) only
 * where the file has that one: the file at a path may be another by now. `path` as /proc/PID/maps gives it, absolute
 * and without symbolic links. No descriptor stays open. A module without symbols is no error: it has segments, and
 * symbols_why. NULL and an error that names the path: it can't be read, is another build, is no executable or library
 * of this machine's byte order, or there is no memory. */
struct symbols *symbols_open(const char *path, const char *build_id, struct error *e);

/* The same with separate debug files under another folder than SYMBOLS_ROOT. */
struct symbols *symbols_open_under(const char *path, const char *build_id, const char *root, struct error *e);

/* The same from n bytes that are the file: the vDSO's mapping, which are copied. The error names nothing. */
struct symbols *symbols_of_memory(const void *bytes, size_t n, struct error *e);

/* The function that holds an address of the module (before it was loaded anywhere: what symbols_address gives, and what
 * addr2line takes): its name, demangled for C++ and Rust, into `room` bytes (at least 1), cut with "…" where it is
 * longer; how many bytes the address is past its beginning into *offset.
 *
 * .symtab comes before .dynsym before the stubs of the procedure linkage table (NAME@plt). Of functions within each
 * other the one that begins last; a label without a size reaches to the next symbol or the end of its section, where no
 * function with a size holds the address. Of several names for one function one without a leading underscore; then the
 * global one, then the weak one; then the shortest; then the first in byte order. Versions (@@GLIBC_2.34) are cut off.
 *
 * The name is what a file said: any bytes but NUL, to be written with text_add_safe or json_add_text. false: no
 * function is known there, and nothing is written. */
bool symbols_find(const struct symbols *s, uint64_t address, char *name, size_t room, uint64_t *offset);

/* The module's address of what is at an offset of its file, by its PT_LOAD segments: /proc/PID/maps gives offsets.
 * false: no segment loads that. */
bool symbols_address(const struct symbols *s, uint64_t file_offset, uint64_t *address);

/* Why there are no names, or not all: the module is stripped, a table is damaged, a separate debug file is another
 * build's. "" where there is nothing to say; to be read after the module's name; owned by s. */
const char *symbols_why(const struct symbols *s);

/* NULL is fine. */
void symbols_free(struct symbols *s);

#endif
