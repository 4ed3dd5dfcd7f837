/* Reading whole files, and replacing them so that no reader ever sees half of one. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_FILE_H
#define PINHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/* Reads a regular file, pipe or terminal whole ("-": standard input) into *bytes (malloc'ed, the caller frees;
 * a NUL follows the last byte) and its length into *n. A file of more than `limit` bytes is ERR_INPUT.
 * Returns 0, or 1 where the file does not exist (no error is set), or a negative code. */
int file_read(const char *path, size_t limit, char **bytes, size_t *n, struct error *e);

/* Writes n bytes to `path` ("-": standard output). A regular or new file is replaced atomically: a temporary
 * file beside it, fsync, rename (rename(2): an existing newpath is replaced atomically), and its permissions
 * kept; a symbolic link is followed, and its target created where there is none; what is no regular file (a device, a
 * pipe, a descriptor as /dev/stdout names it) is written to directly.
 * Returns 0 or a negative code; after a failure the old file is untouched and no temporary file is left. */
int file_write(const char *path, const void *bytes, size_t n, struct error *e);

/* Whether what is written there goes by and cannot be read back or replaced: "-", a pipe, a device, an open descriptor
 * (/dev/stdout, /dev/fd/N). */
bool file_is_stream(const char *path);

/* Whether file_write and file_lock could do their work on `path`: for saying so before hours of recording. Returns 0,
 * ERR_INPUT or ERR_SYSTEM. */
int file_writable(const char *path, struct error *e);

/* Waits for, and takes, the lock that everyone who rewrites `path` holds while doing so: flock(2) on the folder
 * that holds it, so that no lock file is left behind and rename does not lose it. Returns a descriptor to
 * give to file_unlock, or a negative code. The kernel drops the lock when the holder dies. Temporary files beside
 * `path` whose writers were killed are removed. */
int file_lock(const char *path, struct error *e);
void file_unlock(int lock);

#endif
