/* The file that holds the symbols of a stripped one. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_DEBUG_FILE_H
#define PINHOLE_TRACER_SYMBOLS_DEBUG_FILE_H

#include "tracer/symbols/elf.h"

/* Looks for the separate debug file of a stripped file where gdb does (its manual, "Separate Debug Files"):
 * ROOT/.build-id/NN/NNNN.debug by build ID; then by .gnu_debuglink's name beside the file, in .debug/ beside it, and in
 * ROOT/FOLDER-OF-THE-FILE. One of another build ID, or of another CRC-32 than .gnu_debuglink's, is passed over, and
 * *why says so. The caller closes what is returned; NULL: none. `path` is absolute, else only the first place counts.
 */
struct elf_file *debug_file_find(const char *path, struct elf_file *stripped, const char *root, struct error *why);

#endif
