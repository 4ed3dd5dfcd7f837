/* Demangles names with GNU's libiberty. SPDX-License-Identifier: MIT */
#include "tracer/symbols/demangle.h"

#include <setjmp.h>
#include <string.h>

/* From libiberty's demangle.h, which some distributions do not install (Fedora's binutils-devel has
 * only the library). Nonzero: demangled. Both work on the stack, without malloc, so that the
 * callback may leave by longjmp. */
typedef void (*demangled)(const char *piece, size_t n, void *context);
extern int cplus_demangle_v3_callback(const char *mangled, int options, demangled callback, void *context);
extern int rust_demangle_callback(const char *mangled, int options, demangled callback, void *context);

/* Longer names are not demangled: the stack that this needs grows with them. */
enum { MANGLED = 4096 };

struct output {
	char *to;
	size_t used, room;
	jmp_buf full;
};

static void take(const char *piece, size_t n, void *context)
{
	struct output *out = context;
	size_t left = out->room - 1 - out->used, fits = n < left ? n : left;
	memcpy(out->to + out->used, piece, fits);
	out->used += fits;
	if (fits < n)
		longjmp(out->full, 1);
}

static bool finish(struct output *out)
{
	out->to[out->used] = '\0';
	return out->used > 0 && memchr(out->to, '\0', out->used) == NULL;
}

/* A function of its own: `out` of demangle would be indeterminate after the jump (longjmp(3)). */
static bool fill(struct output *out, const char *mangled)
{
	if (setjmp(out->full) != 0)
		return finish(out);
	/* Rust first: names of its legacy scheme are also C++ names. */
	if (rust_demangle_callback(mangled, 0, take, out) != 0)
		return finish(out);
	out->used = 0;
	return cplus_demangle_v3_callback(mangled, 0, take, out) != 0 && finish(out);
}

/* Whether a Rust name may contain a type with so many lifetimes ("FGzzzzz_": 900 million) that
 * libiberty would count for minutes. It counts even in parts that it does not print, after the
 * name. Real names have a handful. If an identifier only looks like that, the name is shown
 * mangled. */
static bool is_endless(const char *s)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	enum { FEW = 2 }; /* digits: up to 3,846 lifetimes */
	for (; (s = strpbrk(s, "FD")) != NULL; s++)
		if (s[1] == 'G') {
			size_t n = strspn(s + 2, digits);
			if (n > FEW && s[2 + n] == '_')
				return true;
		}
	return false;
}

bool demangle(const char *mangled, char *to, size_t room)
{
	struct output out = {.to = to, .room = room};
	bool rust = mangled[0] == '_' && mangled[1] == 'R', other = mangled[0] == '_' && mangled[1] == 'Z';
	return (rust || other) && strnlen(mangled, MANGLED) < MANGLED && !(rust && is_endless(mangled)) &&
	       fill(&out, mangled);
}
