/* How library code reports what went wrong. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_POLICIES_BASE_ERROR_H
#define PINHOLE_POLICIES_BASE_ERROR_H

/* The negative codes that library functions return. All of them end a command with exit status 2. */
enum {
	ERR_INPUT = -1,	   /* the user or a file is wrong: the text names the place and the remedy */
	ERR_SYSTEM = -2,   /* the operating system refused: the text names the object and errno's meaning */
	ERR_MEMORY = -3,   /* no memory left */
	ERR_LIMIT = -4,	   /* correct, but too large for the kernel or for this build */
	ERR_INTERNAL = -5, /* a bug of pinhole: the text asks for a report */
};

/* One error. Zero-initialise it; the first error stays (later ones are consequences of it). */
struct error {
	int code;
	char text[768];
};

/* Fills *e unless it is filled already, and returns the code, so that callers can write `return
 * error_set(e, ERR_INPUT, "…")`. The text has neither a newline nor "pinhole:" before it. */
int error_set(struct error *e, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Does what error_set does with ERR_SYSTEM, and adds ": strerror(errno)" to the text. */
int error_system(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Does what error_set does with ERR_MEMORY; the text is always the same. */
int error_memory(struct error *e);

/* Puts text before an error's own ("FILE: " before "line 3: …"). Does nothing where there is no error. */
void error_prefix(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
