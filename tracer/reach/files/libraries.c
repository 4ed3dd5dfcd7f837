/* Finds the libraries that a program loads, by the rules of the dynamic loaders. SPDX-License-Identifier: MIT */
#include "tracer/reach/files/libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policies/base/file.h"
#include "tracer/reach/files/ld_cache.h"

/* A search for one library. */
struct search {
	const struct library_options *o;
	struct libraries *l;
	const char *name;
	size_t loader; /* position of the module that needs it */
	bool musl;
	int level; /* of the processor, for glibc's variants */
	bool found;
	struct error *e; /* filled in where there is no memory, or the library's file is damaged */
};

static bool is_musl(const struct libraries *l)
{
	const char *interpreter = l->v.items[0].image->interpreter;
	const char *slash = interpreter != NULL ? strrchr(interpreter, '/') : NULL;
	return slash != NULL && strncmp(slash, "/ld-musl-", 9) == 0;
}

/* Opens the root folder. */
static int open_root(const char *root, struct libraries *l, struct error *e)
{
	l->root_path = realpath(root, NULL);
	l->root = l->root_path != NULL ? open(l->root_path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (l->root < 0) {
		int why = errno;
		free(l->root_path);
		l->root_path = NULL;
		return error_set(e, ERR_INPUT, "%s: cannot be used as the root folder: %s", root, strerror(why));
	}
	l->root_length = strcmp(l->root_path, "/") == 0 ? 0 : strlen(l->root_path);
	return 0;
}

/* Finds the file that a path names: below the root folder, where links are followed as if that folder were /. `real` is its
 * path on this machine. Returns false with errno. */
static bool find_file(const struct libraries *l, const char *path, char real[PATH_MAX], struct stat *st)
{
	if (l->root_path == NULL) {
		if (realpath(path, real) == NULL)
			snprintf(real, PATH_MAX, "%s", path);
		return stat(path, st) == 0;
	}
	char name[64];
	const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	int fd = (int)syscall(SYS_openat2, l->root, path, &how, sizeof(how));
	if (fd < 0)
		return false;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, real, PATH_MAX - 1);
	real[n > 0 ? n : 0] = '\0';
	bool found = n > 0 && fstat(fd, st) == 0;
	int why = errno;
	close(fd);
	errno = why;
	return found;
}

/* Adds the module at a path, unless it is one of the known ones. Returns 1 if it is known now, 0 if there is no such
 * file, or a negative code. */
static int add(struct libraries *l, const char *path, enum library_why why, size_t loader, struct error *e)
{
	struct stat st;
	char real[PATH_MAX];
	if (!find_file(l, path, real, &st))
		return 0;
	for (size_t i = 0; i < l->v.count; i++)
		if (l->v.items[i].device == st.st_dev && l->v.items[i].inode == st.st_ino)
			return 1;
	if (l->v.count == LIBRARIES)
		return error_set(e, ERR_LIMIT, "%s: more than %d libraries", l->v.items[0].image->path, LIBRARIES);
	struct image *im = image_open(real, e);
	if (im == NULL)
		return e->code;
	if (l->v.count > 0 && im->arch != l->v.items[0].image->arch) {
		error_set(e, ERR_INPUT, "%s: is for another architecture than %s", real, l->v.items[0].image->path);
		image_close(im);
		return e->code;
	}
	struct library library = {im, (uint8_t)why, loader, st.st_dev, st.st_ino};
	if (!vec_push(&l->v, library)) {
		image_close(im);
		return error_memory(e);
	}
	return 1;
}

/* Tries a path. Skips a file of another architecture, as the loaders do. */
static void try_path(struct search *s, const char *path)
{
	struct error other = {0};
	int rc = add(s->l, path, LIBRARY_NEEDED, s->loader, &other);
	s->found = rc > 0;
	if (rc == ERR_MEMORY || rc == ERR_LIMIT)
		error_set(s->e, rc, "%s", other.text);
}

static bool done(const struct search *s)
{
	return s->found || s->e->code != 0;
}

/* Returns what a token of a search path, after its $, stands for (ld.so(8), "Dynamic string tokens"), and its *length
 * in the path; NULL: it is no token. `lib`: the folder that $LIB stands for. */
static const char *token(const char *word, const char *origin, const char *lib, const char *platform, size_t *length)
{
	static const char *const names[] = {"ORIGIN", "LIB", "PLATFORM"};
	const char *values[] = {origin, lib, platform};
	bool braces = word[1] == '{';
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(names[i]);
		if (strncmp(word + 1 + braces, names[i], n) != 0 || (braces && word[2 + n] != '}'))
			continue;
		*length = 1 + n + 2 * (size_t)braces;
		return values[i];
	}
	return NULL;
}

/* Writes a word of n bytes with its tokens replaced, and `/NAME` after it. Returns false if that is too long. */
static bool expand(const struct code_arch *arch, const char *word, size_t n, const char *origin, const char *lib,
		   const char *name, char path[PATH_MAX])
{
	size_t at = 0;
	for (size_t i = 0; i < n;) {
		size_t length = 1;
		const char *value = word[i] == '$' ? token(word + i, origin, lib, arch->platform, &length) : NULL;
		size_t size = value != NULL ? strlen(value) : 1;
		if (at + size >= PATH_MAX || i + length > n)
			return false;
		memcpy(path + at, value != NULL ? value : word + i, size);
		at += size;
		i += length;
	}
	int more = name != NULL ? snprintf(path + at, PATH_MAX - at, "%s%s", at > 0 ? "/" : "", name) : 0;
	if (name == NULL)
		path[at] = '\0';
	return more >= 0 && (size_t)more < PATH_MAX - at;
}

/* Tries the folder that a word of a search path names: first its variants for processors, from the highest level
 * (ld.so(8), "glibc-hwcaps"). */
static void try_word(struct search *s, const char *word, size_t n, const char *origin, const char *lib)
{
	char name[PATH_MAX], path[PATH_MAX];
	const struct code_arch *arch = s->l->v.items[0].image->arch;
	for (int level = s->musl ? LEVEL_LOWEST : s->level; level >= LEVEL_LOWEST && !done(s); level--) {
		snprintf(name, sizeof(name), "glibc-hwcaps/%s%d/%s", arch->levels != NULL ? arch->levels : "", level,
			 s->name);
		if (expand(arch, word, n, origin, lib, level > LEVEL_LOWEST ? name : s->name, path))
			try_path(s, path);
	}
}

/* Tries the folders of a list. An empty word is the current folder; musl skips it. */
static void try_list(struct search *s, const char *list, const char *separators, const struct image *whose)
{
	const char *const libs[] = {whose->arch->multiarch, "lib64", "lib"}; /* Debian's, Fedora's, Arch's */
	char origin[PATH_MAX];
	snprintf(origin, sizeof(origin), "%s", whose->path + s->l->root_length);
	char *slash = strrchr(origin, '/');
	if (slash != NULL)
		*slash = '\0';
	for (const char *at = list; at != NULL && !done(s);) {
		size_t n = strcspn(at, separators);
		bool alternatives = memmem(at, n, "LIB", 3) != NULL;
		for (size_t i = 0; i < (alternatives ? 3 : 1) && (n > 0 || !s->musl) && !done(s); i++)
			try_word(s, at, n, slash != NULL ? origin : ".", libs[i]);
		at = at[n] != '\0' ? at + n + 1 : NULL;
	}
}

/* Tries DT_RPATH of the module that needs the library, of the module that needs that one, and so on. glibc leaves out
 * modules with a DT_RUNPATH, and all of them if the first has one. For musl the two are the same. */
static void try_inherited(struct search *s)
{
	const struct library *items = s->l->v.items;
	if (!s->musl && items[s->loader].image->runpath != NULL)
		return;
	size_t at = s->loader;
	for (size_t steps = 0; steps < s->l->v.count && !done(s); steps++) {
		const struct image *im = s->l->v.items[at].image;
		if (im->runpath == NULL && im->rpath != NULL)
			try_list(s, im->rpath, ":", im);
		if (s->musl && im->runpath != NULL && !done(s))
			try_list(s, im->runpath, ":", im);
		if (s->l->v.items[at].loader == at)
			break;
		at = s->l->v.items[at].loader;
	}
	if (!s->musl && !done(s) && at != 0 && items[0].image->runpath == NULL && items[0].image->rpath != NULL)
		try_list(s, s->l->v.items[0].image->rpath, ":", s->l->v.items[0].image);
}

static bool try_cached(void *context, const char *path)
{
	struct search *s = context;
	try_path(s, path);
	return done(s);
}

static void try_cache(struct search *s)
{
	char *bytes = NULL;
	size_t n = 0;
	struct error e = {0};
	struct stat st;
	char real[PATH_MAX];
	if (!find_file(s->l, s->o->cache != NULL ? s->o->cache : "/etc/ld.so.cache", real, &st) ||
	    file_read(real, (size_t)64 << 20, &bytes, &n, &e) != 0)
		return;
	cache_search(bytes, n, s->l->v.items[0].image->arch, s->name, s->level, try_cached, s); /* file_read has put a NUL behind the bytes */
	free(bytes);
}

/* Tries musl's folders: those of etc/ld-musl-ARCH.path, in the parent of the loader's folder; or the default ones. */
static void try_musl(struct search *s)
{
	const struct image *program = s->l->v.items[0].image;
	const char *slash = strrchr(program->interpreter, '/');
	size_t prefix = (size_t)(slash - program->interpreter);
	while (prefix > 0 && program->interpreter[prefix - 1] != '/')
		prefix--;
	char path[PATH_MAX], *bytes = NULL;
	size_t n = 0;
	struct error e = {0};
	size_t name = strcspn(slash + 1, ".");
	snprintf(path, sizeof(path), "%.*s/etc/%.*s.path", prefix > 0 ? (int)prefix - 1 : 0, program->interpreter,
		 (int)name, slash + 1);
	struct stat st;
	char real[PATH_MAX];
	bool there = find_file(s->l, path, real, &st) && file_read(real, 1 << 20, &bytes, &n, &e) == 0;
	try_list(s, there ? bytes : "/lib:/usr/local/lib:/usr/lib", ":\n", program);
	free(there ? bytes : NULL);
}

/* Whether a known module has that name. musl's libc stands for all parts of libc. */
static bool known(const struct search *s)
{
	static const char *const parts[] = {"c", "pthread", "rt", "m", "dl", "util", "xnet"};
	for (size_t i = 0; i < s->l->v.count; i++) {
		const struct image *im = s->l->v.items[i].image;
		const char *file = strrchr(im->path, '/');
		if ((im->soname != NULL && strcmp(im->soname, s->name) == 0) ||
		    (i > 0 && strcmp(file != NULL ? file + 1 : im->path, s->name) == 0))
			return true;
	}
	for (size_t i = 0; s->musl && i < sizeof(parts) / sizeof(parts[0]) && strncmp(s->name, "lib", 3) == 0; i++) {
		size_t n = strlen(parts[i]);
		if (strncmp(s->name + 3, parts[i], n) == 0 && s->name[3 + n] == '.')
			return true;
	}
	return false;
}

static void try_folders(struct search *s)
{
	const struct image *im = s->l->v.items[s->loader].image;
	if (!s->musl)
		try_inherited(s);
	if (!done(s) && s->o->library_path != NULL && *s->o->library_path != '\0')
		try_list(s, s->o->library_path, s->musl ? ":\n" : ":;", s->l->v.items[0].image);
	if (s->musl && !done(s))
		try_inherited(s);
	if (s->musl && !done(s))
		try_musl(s);
	if (!s->musl && !done(s) && im->runpath != NULL)
		try_list(s, im->runpath, ":", im);
	if (!s->musl && !done(s))
		try_cache(s);
	if (!s->musl && !done(s))
		try_list(s, im->arch->folders, ":", s->l->v.items[0].image);
}

static int need(struct search *s)
{
	char path[PATH_MAX];
	const struct image *im = s->l->v.items[s->loader].image;
	if (known(s))
		return 0;
	if (strchr(s->name, '/') != NULL) {
		char origin[PATH_MAX];
		snprintf(origin, sizeof(origin), "%s", im->path + s->l->root_length);
		char *slash = strrchr(origin, '/');
		*(slash != NULL ? slash : origin) = '\0';
		if (expand(im->arch, s->name, strlen(s->name), origin, "lib", NULL, path))
			try_path(s, path);
	} else {
		try_folders(s);
	}
	if (s->e->code != 0 || s->found)
		return s->e->code;
	return error_set(
	    s->e, ERR_INPUT,
	    "%s: needs %.100s, which is in no folder that its "
	    "loader searches; install it, or name its folder in LD_LIBRARY_PATH",
	    im->path, s->name);
}

/* Adds the libraries that the modules from `from` on need, and those that these need. */
static int need_all(const struct library_options *o, struct libraries *l, size_t from, struct error *e)
{
	bool musl = is_musl(l);
	int level = o->level != 0				   ? o->level
		    : l->v.items[0].image->arch->levels != NULL ? cache_level()
								   : LEVEL_LOWEST;
	for (size_t i = from; i < l->v.count; i++)
		for (size_t k = 0; k < l->v.items[i].image->needed.count; k++) {
			struct search s = {.o = o,
					   .l = l,
					   .name = l->v.items[i].image->needed.items[k],
					   .loader = i,
					   .musl = musl,
					   .level = level,
					   .e = e};
			if (need(&s) < 0)
				return e->code;
		}
	return 0;
}

static int must(int rc, const char *path, const char *whose, struct error *e)
{
	if (rc == 0)
		return error_set(e, ERR_INPUT, "%s: cannot open %s%s: %s", path, whose, path, strerror(errno));
	return rc < 0 ? rc : 0;
}

int libraries_load(const struct library_options *o, struct libraries *l, struct error *e)
{
	if (o->root != NULL && open_root(o->root, l, e) < 0)
		return e->code;
	int rc = add(l, o->path, LIBRARY_PROGRAM, 0, e);
	if (rc == 0)
		return error_set(e, ERR_INPUT, "%s: %s", o->path, strerror(errno));
	if (rc < 0 || o->alone)
		return rc < 0 ? rc : 0;
	struct image *program = l->v.items[0].image;
	if (program->interpreter != NULL)
		rc = must(add(l, program->interpreter, LIBRARY_INTERPRETER, 1, e), program->interpreter, "the loader ",
			  e);
	/* The libraries come before the loader (libc needs it), as symbols are looked up in that order. */
	if (rc >= 0)
		rc = need_all(o, l, 0, e);
	for (size_t i = 0; rc >= 0 && i < o->extra_count; i++) {
		size_t at = l->v.count;
		rc = must(add(l, o->extra[i], LIBRARY_SEEN, at, e), o->extra[i], "", e);
		if (rc >= 0)
			rc = need_all(o, l, at, e);
	}
	return rc < 0 ? rc : 0;
}

void libraries_free(struct libraries *l)
{
	for (size_t i = 0; i < l->v.count; i++)
		image_close(l->v.items[i].image);
	vec_free(&l->v);
	if (l->root_path != NULL)
		close(l->root);
	free(l->root_path);
}
