/* libpinhole: a program puts itself under a policy that pinhole has learned, after its own set-up.
 * Link with -lpinhole (static) and what pkg-config --libs --static pinhole says besides. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_H
#define PINHOLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library keeps no state and changes none of the program's: any number of threads may call it at once. A shared object
 * may have it inside. It uses jansson, with the allocator that the program has set (json_set_alloc_funcs) and should not set
 * while a policy is loaded. */
#pragma GCC visibility push(default)

/* What functions return: 0, or one of these. */
enum {
	PINHOLE_INPUT = -1,  /* the file is not what it should be: the text names the place and the remedy */
	PINHOLE_SYSTEM = -2, /* the operating system refused: `number` is errno's value */
	PINHOLE_MEMORY = -3, /* no memory left */
	PINHOLE_LIMIT = -4,  /* correct, but more than a filter can hold */
};

/* One error: a value of the caller's, which functions fill. */
struct pinhole_error {
	int code;   /* as above */
	int number; /* errno, or 0 */
	char text[768];
};

/* A filter that is compiled and checked. */
typedef struct pinhole_filter pinhole_filter;

/* Reads a policy or a filter of pinhole's ("-": standard input), or a profile, of which the policy is derived with the
 * defaults for what comes after the program's start (phase main): the loader is done by then. Compiles it, and proves that
 * the filter says what the policy does. NULL: an error, in *e (which may be NULL). Free with pinhole_free. */
pinhole_filter *pinhole_load(const char *path, struct pinhole_error *e);

/* As pinhole_load of n bytes in memory; `name` stands for a file's in messages. */
pinhole_filter *pinhole_load_bytes(const void *bytes, size_t n, const char *name, struct pinhole_error *e);

enum {
	/* All threads of the process (SECCOMP_FILTER_FLAG_TSYNC), not only this one. Fails, and changes nothing, where a
	 * thread has filters that this one has not. */
	PINHOLE_ALL_THREADS = 1,
	/* Calls that are not let through are written to the kernel's log (SECCOMP_FILTER_FLAG_LOG, Linux 4.14), where
	 * /proc/sys/kernel/seccomp/actions_logged has the action. */
	PINHOLE_LOG = 2,
	/* Leaves no_new_privs alone. Needs CAP_SYS_ADMIN in the thread's user namespace (seccomp(2)). */
	PINHOLE_KEEP_PRIVILEGES = 4,
};

/* Installs the filter on the calling thread, and on what it starts from then on. It can't be taken back. Sets no_new_privs
 * (prctl(2)) unless told otherwise. Returns 0 or a code as above: the thread is as it was then, but for no_new_privs. */
int pinhole_install(const pinhole_filter *filter, unsigned flags, struct pinhole_error *e);

/* The number of instructions, and at *code (which may be NULL) the first: the kernel's struct sock_filter, the filter's
 * own, for programs that hand them on. */
struct sock_filter;
size_t pinhole_code(const pinhole_filter *filter, const struct sock_filter **code);

/* Frees the filter; one that is installed stays so. NULL is nothing. */
void pinhole_free(pinhole_filter *filter);

/* "0.1.0" */
const char *pinhole_version(void);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
