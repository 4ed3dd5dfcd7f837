/* Finds the separate debug file of a stripped file. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_DEBUG_FILE_H
#define PINHOLE_TRACER_SYMBOLS_DEBUG_FILE_H

#include "tracer/symbols/elf.h"

/* Looks for the separate debug file of a stripped file where gdb does (its manual, "Separate Debug
 * Files"): ROOT/.build-id/NN/NNNN.debug by build ID; then by .gnu_debuglink's name beside the file,
 * in .debug/ beside it, and in ROOT/FOLDER-OF-THE-FILE. Skips a file with another build ID, or with
 * another CRC-32 than .gnu_debuglink's, and notes that in *why. The caller closes the result; NULL:
 * none found. If `path` is not absolute, only the first place is searched. */
struct elf_file *debug_file_find(const char *path, struct elf_file *stripped, const char *root, struct error *why);

#endif
