/* Which calls a libc or a language's runtime makes once a call was answered by ENOSYS. SPDX-License-Identifier: MIT
 *
 * A policy that answers ENOSYS must allow what is called instead, or the program dies where without a filter it works.
 * Whoever gives up instead (CLONE_INTO_CGROUP in glibc and in Go) has no row. */
#include <string.h>

#include "fallbacks.h"

/* clang-format off */
#define MAP_SIX(a, b, c, d, e, f, ...) {a, b, c, d, e, f}
#define MAP(...) MAP_SIX(__VA_ARGS__, -1, -1, -1, -1, -1, -1)

#define ROW(f, t, m, w, s, ...) {.call = {.from = f, .to = t, .map = m, .why = w, __VA_ARGS__}, .source = s},
#define LIKE(f, t, w, s) {.call = {.from = f, .to = t, .map = MAP(-1), .why = w}, .as_sibling = true, .source = s},

/* Sorted by from, to. */
static const struct fallback rows[] = {
	ROW("clone3", "clone", MAP(-1), "glibc's pthread_create since 2.34", "nptl/pthread_create.c, create_thread; sysdeps/unix/sysv/linux/clone-internal.c, __clone_internal",
	    .values = {[0] = "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SYSVSEM|CLONE_SIGHAND|CLONE_THREAD|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID"})
	ROW("clone3", "clone", MAP(-1), "glibc's posix_spawn since 2.34, and pidfd_spawn since 2.39", "sysdeps/unix/sysv/linux/spawni.c, __spawnix",
	    .values = {[0] = "CLONE_VM|CLONE_VFORK|SIGCHLD, CLONE_VM|CLONE_VFORK|CLONE_PIDFD|SIGCHLD"})
	ROW("clone3", "rt_sigaction", MAP(-1), "glibc's posix_spawn since 2.38, whose child then resets every signal", "sysdeps/unix/sysv/linux/spawni.c, __spawni_child")
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct fallback *abi_fallbacks(const char *from, size_t *n)
{
	size_t first = 0;
	while (first < ROWS && strcmp(rows[first].call.from, from) != 0)
		first++;
	for (*n = 0; first + *n < ROWS && strcmp(rows[first + *n].call.from, from) == 0;)
		++*n;
	return *n > 0 ? &rows[first] : NULL;
}

const struct sibling *abi_fallback_calls(const struct fallback *f, size_t *n)
{
	size_t all;
	const struct sibling *s = f->as_sibling ? abi_siblings(f->call.from, &all) : NULL;
	*n = 1;
	if (s == NULL)
		return &f->call;
	while (all > 0 && strcmp(s->to, f->call.to) != 0)
		s++, all--;
	for (*n = 0; *n < all && strcmp(s[*n].to, f->call.to) == 0;)
		++*n;
	return s;
}
