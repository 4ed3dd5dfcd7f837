/* The functions of one module (an executable, a library, the vDSO) by address. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_H
#define PINHOLE_TRACER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"

/* The folder in which distributions install separate debug files. */
#define SYMBOLS_ROOT "/usr/lib/debug"

struct symbols;

/* Reads a module's symbols from its file and, if it is stripped, from its separate debug file: by
 * build ID under SYMBOLS_ROOT, then by .gnu_debuglink (debug_file.h). With `build_id` (lower-case
 * hexadecimal; NULL or "": any) only if the file has that one, because the file at a path may have
 * been replaced. `path` is absolute and without symbolic links, as in /proc/PID/maps. No descriptor
 * stays open. A module without symbols is no error: it has segments, and symbols_why. NULL and an
 * error with the path: it cannot be read, is another build, or is not an executable or library with
 * this machine's byte order; or there is no memory. */
struct symbols *symbols_open(const char *path, const char *build_id, struct error *e);

/* Does the same with separate debug files under another folder than SYMBOLS_ROOT. */
struct symbols *symbols_open_under(const char *path, const char *build_id, const char *root, struct error *e);

/* Does the same with n bytes in place of a file (the vDSO's mapping); they are copied. The error
 * contains no name. */
struct symbols *symbols_of_memory(const void *bytes, size_t n, struct error *e);

/* Finds the function at an address of the module (its own address, before it is loaded: as
 * symbols_address returns it and addr2line takes it). Writes its name, demangled for C++ and Rust,
 * to `room` bytes (at least 1), cut with "…" if it is longer; *offset becomes the distance from the
 * function's beginning in bytes.
 *
 * Order: .symtab, then .dynsym, then the stubs of the procedure linkage table (NAME@plt). Of nested
 * functions the one that begins last counts. A label without a size reaches to the next symbol or
 * the end of its section, except for addresses in a function with a size. Of several names of one
 * function the order is: without a leading underscore; global, then weak; the shortest; the first
 * in byte order. Versions (@@GLIBC_2.34) are cut off.
 *
 * The name comes from a file: any bytes but NUL; write it with text_add_safe or json_add_text.
 * false: no function is known there, and nothing is written. */
bool symbols_find(const struct symbols *s, uint64_t address, char *name, size_t room, uint64_t *offset);

/* Converts an offset in the module's file, as /proc/PID/maps has it, to the module's address, by
 * its PT_LOAD segments. false: no segment loads that offset. */
bool symbols_address(const struct symbols *s, uint64_t file_offset, uint64_t *address);

/* Says why there are no names, or not all: the module is stripped, a table is damaged, or the
 * separate debug file belongs to another build. "" if there is nothing to say. To be printed after
 * the module's name; owned by s. */
const char *symbols_why(const struct symbols *s);

/* Frees all; NULL is fine. */
void symbols_free(struct symbols *s);

#endif
