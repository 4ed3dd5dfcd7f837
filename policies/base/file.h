/* Reads whole files, and replaces them so that no reader ever sees half of one. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_FILE_H
#define PINHOLE_POLICIES_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/base/error.h"
#include "policies/base/place.h"

/* Reads a whole regular file, pipe or terminal ("-": standard input) into *bytes (malloc'ed, the
 * caller frees; a NUL follows the last byte), and stores its length in *n. A file of more than
 * `limit` bytes is ERR_INPUT. Returns 0, or 1 if the file does not exist (no error is set), or a
 * negative code. */
int file_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* Does what file_read does, but a missing file is ERR_INPUT, too. Returns 0 or a negative code. */
int file_read_existing(const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* Does what file_read does, for a place that place_open has found. */
int file_read_at(struct place *p, const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* Writes n bytes to `path` ("-": standard output). A regular or new file is replaced atomically: a
 * temporary file beside it, fsync, rename(2); its permissions are kept. A symbolic link is followed
 * where place_open follows it, and its target is created if it does not exist. Other things (a
 * device, a pipe, a descriptor like /dev/stdout) are written to directly. Another user's file in a
 * sticky folder where everyone may create files is refused. Returns 0 or a negative code; after a
 * failure the old file is untouched and no temporary file is left. */
int file_write(const char *path, const void *bytes, size_t n, struct error *e);

/* Does what file_write does, at the place that place_open has found, even if `path` leads elsewhere
 * by now. */
int file_write_at(struct place *p, const char *path, const void *bytes, size_t n, struct error *e);

/* Whether output written there cannot be read back or replaced: "-", a pipe, a device, an open
 * descriptor (/dev/stdout, /dev/fd/N). */
bool file_is_stream(const char *path);

/* Whether file_write and file_lock would succeed on `path`, so that hours of recording are not
 * lost. Returns 0, ERR_INPUT or ERR_SYSTEM. */
int file_writable(const char *path, struct error *e);

/* Removes a regular file of this user. Errors are ignored. */
void file_remove(const char *path);

/* Removes temporary files whose writers were killed before they could rename them. */
void file_clear_away(int folder);

#endif
