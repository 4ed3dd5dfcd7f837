/* libpinhole: a program installs a policy that pinhole has learned, after its own set-up. Link with
 * -lpinhole (static) and the libraries that "pkg-config --libs --static pinhole" prints.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_H
#define PINHOLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library keeps no global state, and changes none of the program: any number of threads may
 * call it at once. It may be linked into a shared object. It uses jansson with the allocator
 * that the program has set (json_set_alloc_funcs); do not change the allocator while a policy is
 * loaded. */
#pragma GCC visibility push(default)

/* Functions return 0 or one of these codes. */
enum {
	PINHOLE_INPUT = -1,  /* the file is wrong: the text says where, and what to do */
	PINHOLE_SYSTEM = -2, /* the operating system refused: `number` is errno */
	PINHOLE_MEMORY = -3, /* out of memory */
	PINHOLE_LIMIT = -4,  /* the file is correct, but exceeds the limit of a filter */
};

/* An error. The caller owns it; functions fill it. */
struct pinhole_error {
	int code;   /* one of the codes above */
	int number; /* errno, or 0 */
	char text[768];
};

/* A compiled filter. */
typedef struct pinhole_filter pinhole_filter;

/* Reads a policy or filter of pinhole, or a profile ("-": standard input). For a profile, derives
 * the policy of phase main with the defaults: the loader is done by then. Compiles the policy, and
 * proves that the filter equals it. Returns the filter, to be freed by pinhole_free; or NULL and an
 * error in *e (e may be NULL). */
pinhole_filter *pinhole_load(const char *path, struct pinhole_error *e);

/* Does the same as pinhole_load for n bytes in memory. `name` replaces the file name in
 * messages. */
pinhole_filter *pinhole_load_bytes(const void *bytes, size_t n, const char *name, struct pinhole_error *e);

enum {
	/* Installs on all threads of the process (SECCOMP_FILTER_FLAG_TSYNC). Fails, and changes
	 * nothing, if a thread has filters that this one lacks. */
	PINHOLE_ALL_THREADS = 1,
	/* Logs calls that are not let through (SECCOMP_FILTER_FLAG_LOG, Linux 4.14), if
	 * /proc/sys/kernel/seccomp/actions_logged names their action. */
	PINHOLE_LOG = 2,
	/* Leaves no_new_privs alone. Needs CAP_SYS_ADMIN in the thread's user namespace (seccomp(2)). */
	PINHOLE_KEEP_PRIVILEGES = 4,
};

/* Installs the filter on the calling thread, and on the threads and processes that it starts later.
 * A filter cannot be removed. Sets no_new_privs (prctl(2)) unless a flag forbids it. Returns 0 or
 * one of the codes above; on failure only no_new_privs may have changed. */
int pinhole_install(const pinhole_filter *filter, unsigned flags, struct pinhole_error *e);

/* Returns the number of instructions, and sets *code (if code is not NULL) to the first one. The
 * instructions are the kernel's struct sock_filter and belong to the filter. */
struct sock_filter;
size_t pinhole_code(const pinhole_filter *filter, const struct sock_filter **code);

/* Frees the filter; a filter that is installed stays in force. NULL is allowed. */
void pinhole_free(pinhole_filter *filter);

/* Returns the version: "0.1.0". */
const char *pinhole_version(void);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
