/* Reading whole files, and replacing them so that no reader ever sees half of one. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_FILE_H
#define PINHOLE_POLICIES_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/base/error.h"
#include "policies/base/place.h"

/* Reads a regular file, pipe or terminal whole ("-": standard input) into *bytes (malloc'ed, the caller frees;
 * a NUL follows the last byte) and its length into *n. A file of more than `limit` bytes is ERR_INPUT.
 * Returns 0, or 1 where the file does not exist (no error is set), or a negative code. */
int file_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* As file_read, of what place_open has found. */
int file_read_at(struct place *p, const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* Writes n bytes to `path` ("-": standard output). A regular or new file is replaced atomically: a temporary
 * file beside it, fsync, rename (rename(2): an existing newpath is replaced atomically), and its permissions
 * kept; a symbolic link is followed where place_open follows it, and its target created where there is none; what is no
 * regular file (a device, a pipe, a descriptor as /dev/stdout names it) is written to directly. Another user's file in a
 * sticky folder where everyone may create files is refused.
 * Returns 0 or a negative code; after a failure the old file is untouched and no temporary file is left. */
int file_write(const char *path, const void *bytes, size_t n, struct error *e);

/* As file_write, to where place_open has led: into that folder, whatever `path` leads to by now. */
int file_write_at(struct place *p, const char *path, const void *bytes, size_t n, struct error *e);

/* Whether what is written there goes by and cannot be read back or replaced: "-", a pipe, a device, an open descriptor
 * (/dev/stdout, /dev/fd/N). */
bool file_is_stream(const char *path);

/* Whether file_write and file_lock could do their work on `path`: for saying so before hours of recording. Returns 0,
 * ERR_INPUT or ERR_SYSTEM. */
int file_writable(const char *path, struct error *e);

/* Removes a regular file of this user's, where no error matters. */
void file_remove(const char *path);

/* Removes from a folder what writers have left that were killed between naming a file and giving it its place. */
void file_clear_away(int folder);

#endif
