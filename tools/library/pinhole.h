/* libpinhole: a program installs a policy that pinhole has learned, after its own set-up. See pinhole(3).
 * Build with the flags that "pkg-config --cflags --libs pinhole" prints; for the static library, add --static.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_H
#define PINHOLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. pinhole_version tells that of the library that runs. */
#define PINHOLE_VERSION_MAJOR 0
#define PINHOLE_VERSION_MINOR 1
#define PINHOLE_VERSION_PATCH 0
#define PINHOLE_VERSION_AT_LEAST(major, minor, patch)                                                                        \
	(PINHOLE_VERSION_MAJOR > (major) ||                                                                                  \
	 (PINHOLE_VERSION_MAJOR == (major) &&                                                                                \
	  (PINHOLE_VERSION_MINOR > (minor) || (PINHOLE_VERSION_MINOR == (minor) && PINHOLE_VERSION_PATCH >= (patch)))))

/* The compiler warns of a caller that does not look at the result. */
#define PINHOLE_CHECKED __attribute__((warn_unused_result))

/* The library keeps no global state, and changes none of the program: any number of threads may
 * call it at once. It may be linked into a shared object. It uses jansson with the allocator
 * that the program has set (json_set_alloc_funcs); do not change the allocator while a policy is
 * loaded. */
#pragma GCC visibility push(default)

/* Functions return 0 or one of these codes. */
enum {
	PINHOLE_ERROR_INPUT = -1,    /* the file, an option or a flag is wrong: the text says where, and what to do */
	PINHOLE_ERROR_SYSTEM = -2,   /* the operating system refused: `number` is errno */
	PINHOLE_ERROR_MEMORY = -3,   /* out of memory */
	PINHOLE_ERROR_LIMIT = -4,    /* the file is correct, but exceeds the limit of a filter */
	PINHOLE_ERROR_INTERNAL = -5, /* a bug of libpinhole: please report the text */
};

/* An error. The caller owns it; functions fill it. */
struct pinhole_error {
	int code;   /* one of the codes above */
	int number; /* errno, or 0 */
	char text[768];
};

/* How closely the policy of a profile keeps to the arguments that were seen: pinhole policy --args. */
enum {
	PINHOLE_ARGUMENTS_SHAPE, /* those that close something: the default */
	PINHOLE_ARGUMENTS_NONE,	 /* names of calls only */
	PINHOLE_ARGUMENTS_EXACT, /* the very combinations that were seen */
};

/* How far beyond what was seen the policy of a profile goes: pinhole policy --generalize. */
enum {
	PINHOLE_GENERALIZE_CAPABILITY, /* chance, and the rest of each capability class that was seen: the default */
	PINHOLE_GENERALIZE_CHANCE,     /* what differs between two runs of the same scenario */
	PINHOLE_GENERALIZE_NONE,       /* what was seen */
};

/* How a profile becomes a policy. Set `size` by PINHOLE_OPTIONS_INIT: later versions add members at
 * the end, and a library takes a shorter struct of an older program. A member that is zero means
 * its default. */
struct pinhole_options {
	size_t size;		    /* sizeof(struct pinhole_options) */
	const char *phase;	    /* of these phases ("main,serve"); NULL: main and serve, as the loader is done by then */
	const char *architecture;   /* for these ("x86_64,i386"); NULL: for those that were seen */
	const char *default_action; /* for calls without a rule ("errno:EPERM"); NULL: kill */
	int arguments;		    /* PINHOLE_ARGUMENTS_… */
	int generalize;		    /* PINHOLE_GENERALIZE_… */
};

#ifdef __cplusplus
#define PINHOLE_OPTIONS_INIT {sizeof(struct pinhole_options), NULL, NULL, NULL, 0, 0}
#else
#define PINHOLE_OPTIONS_INIT {.size = sizeof(struct pinhole_options)}
#endif

/* A compiled filter. */
typedef struct pinhole_filter pinhole_filter;

/* Reads a policy or filter of pinhole, or a profile ("-": standard input). For a profile, derives a
 * policy as the options say (NULL: all defaults); a policy or filter has been decided, and options
 * other than the defaults are an error. Compiles the policy, and proves that the filter equals it.
 * Returns the filter, to be freed by pinhole_free; or NULL and an error in *e (e may be NULL). */
PINHOLE_CHECKED pinhole_filter *pinhole_load(const char *path, const struct pinhole_options *options, struct pinhole_error *e);

/* Does the same as pinhole_load for n bytes in memory. `name` replaces the file name in
 * messages. */
PINHOLE_CHECKED pinhole_filter *pinhole_load_bytes(const void *bytes, size_t n, const char *name,
						   const struct pinhole_options *options, struct pinhole_error *e);

/* Returns the warnings about the profile (calls through which a program can evade a filter, and the
 * like), one a line, each with a newline; "" if there are none. The text belongs to the filter. */
const char *pinhole_warnings(const pinhole_filter *filter);

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
PINHOLE_CHECKED int pinhole_install(const pinhole_filter *filter, unsigned flags, struct pinhole_error *e);

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
