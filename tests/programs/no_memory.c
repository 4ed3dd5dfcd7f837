/* build: -shared -fPIC */
/* A library, to be preloaded: in the program called pinhole the NO_MEMORY-th allocation fails, with NO_MEMORY_AFTER set
 * all later ones too, and the file NO_MEMORY_MARK is made then. NO_MEMORY=0 makes none fail; at its end the process then
 * writes into that file how many there were. Elsewhere, and in what pinhole starts, it does nothing.
 * SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static char mark[4096];
static unsigned long at, made;
static bool after, armed;
static pid_t process;

/* What comes before the real ones are found; never freed. */
static _Alignas(16) char early[65536];
static size_t used;

static void *from_early(size_t n)
{
	void *p = early + used;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof(early) - used)
		return NULL;
	used += n;
	return p;
}

static bool find(void)
{
	static bool looking;

	if (next_realloc != NULL)
		return true;
	if (looking)
		return false;
	looking = true;
	next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	next_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	looking = false;
	return true;
}

static bool fails(void)
{
	if (!armed || getpid() != process)
		return false;
	made++;
	if (at == 0 || made < at || (made > at && !after))
		return false;
	if (made == at) {
		int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd >= 0)
			close(fd);
	}
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	if (!find())
		return from_early(n);
	return fails() ? NULL : next_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	if (!find())
		return from_early(n * size);
	return fails() ? NULL : next_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	if (!find())
		return from_early(n);
	return fails() ? NULL : next_realloc(p, n);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, total);
}

/* Removed from the environment: what is started from here is to find it as it would be. */
__attribute__((constructor)) static void begin(void)
{
	const char *number = getenv("NO_MEMORY"), *path = getenv("NO_MEMORY_MARK");

	if (number == NULL || path == NULL || strcmp(program_invocation_short_name, "pinhole") != 0)
		return;
	at = strtoul(number, NULL, 10);
	after = getenv("NO_MEMORY_AFTER") != NULL;
	snprintf(mark, sizeof(mark), "%s", path);
	unsetenv("LD_PRELOAD");
	unsetenv("NO_MEMORY");
	unsetenv("NO_MEMORY_AFTER");
	unsetenv("NO_MEMORY_MARK");
	process = getpid();
	armed = true;
}

__attribute__((destructor)) static void end(void)
{
	int fd;

	if (!armed || at != 0 || getpid() != process)
		return;
	fd = open(mark, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || dprintf(fd, "%lu\n", made) < 0)
		abort();
	close(fd);
}
