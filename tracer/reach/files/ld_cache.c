/* ldconfig's cache, and which variants of libraries a processor can have. SPDX-License-Identifier: MIT */
#include "tracer/reach/files/ld_cache.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tracer/reach/files/module.h"
#ifdef __x86_64__
#include <cpuid.h>
#endif

/* The formats of glibc's sysdeps/generic/dl-cache.h. Old: magic, padding to 12 bytes, the number of entries; entries
 * (flags; offsets of name and path from the end of the entries); strings. New: magic, the number of entries, the length
 * of the strings, flags, the offset of the extensions, 12 bytes; entries (flags; offsets of name and path from the
 * magic; a version; hardware capabilities); strings. A file may have both: then the new one follows the entries of the
 * old one, at a multiple of 8. */
static const char old_magic[] = "ld.so-1.7.0", new_magic[] = "glibc-ld.so.cache1.1";
enum { OLD_HEAD = 16, OLD_ENTRY = 12, NEW_HEAD = 48, NEW_ENTRY = 24 };

/* The level of an entry whose capabilities are no level: they name a processor of which nothing is known, or are of
 * glibc before 2.37. */
enum { LEVEL_OTHER = 0 };

struct cache {
	const char *bytes;
	size_t size;
	const char *name;
	const struct code_arch *arch;
	uint64_t extensions; /* where the offsets of the names of glibc-hwcaps folders are, 4 bytes each */
	uint64_t extension_count;
};

static uint64_t number(const struct cache *c, uint64_t at, unsigned n)
{
	return at <= c->size && n <= c->size - at ? image_number((const unsigned char *)c->bytes + at, n) : 0;
}

/* Returns the string at an offset; "" where there is none. */
static const char *string(const struct cache *c, uint64_t at)
{
	return at < c->size ? c->bytes + at : "";
}

static void find_extensions(struct cache *c)
{
	uint64_t at = number(c, 32, 4), count = number(c, at + 4, 4);
	if (at == 0 || number(c, at, 4) != 0xeaa42174)
		return;
	for (uint64_t i = 0; i < count && at + 8 + 16 * (i + 1) <= c->size; i++) {
		uint64_t section = at + 8 + 16 * i;
		if (number(c, section, 4) != 1) /* cache_extension_tag_glibc_hwcaps */
			continue;
		c->extensions = number(c, section + 8, 4);
		c->extension_count = number(c, section + 12, 4) / 4;
	}
}

/* Returns the level for which an entry of the new format is. */
static int level_of(const struct cache *c, uint64_t capabilities)
{
	/* Bit 62 says that the lower half is a position among the names. The ten bits above it hold the level that the
	 * library says it needs. */
	uint64_t upper = capabilities >> 32 & ~UINT64_C(1023), at = capabilities & UINT32_MAX;
	if (capabilities == 0)
		return LEVEL_LOWEST;
	if (upper != UINT64_C(1) << 30 || at >= c->extension_count)
		return LEVEL_OTHER;
	const char *folder = string(c, number(c, c->extensions + 4 * at, 4));
	for (int level = LEVEL_LOWEST + 1; level <= LEVEL_HIGHEST && c->arch->levels != NULL; level++) {
		char of_level[16];
		snprintf(of_level, sizeof(of_level), "%s%d", c->arch->levels, level);
		if (strcmp(folder, of_level) == 0)
			return level;
	}
	return LEVEL_OTHER;
}

static bool search_new(struct cache *c, int level, cache_try *try, void *context)
{
	uint64_t count = number(c, sizeof(new_magic) - 1, 4);
	find_extensions(c);
	for (; level >= LEVEL_OTHER; level--)
		for (uint64_t i = 0; i < count && NEW_HEAD + NEW_ENTRY * (i + 1) <= c->size; i++) {
			uint64_t entry = NEW_HEAD + NEW_ENTRY * i;
			if (number(c, entry, 4) == c->arch->cache_flags && level_of(c, number(c, entry + 16, 8)) == level &&
			    strcmp(string(c, number(c, entry + 4, 4)), c->name) == 0 &&
			    try(context, string(c, number(c, entry + 8, 4))))
				return true;
		}
	return false;
}

static bool search_old(const struct cache *c, cache_try *try, void *context)
{
	uint64_t count = number(c, 12, 4), strings = OLD_HEAD + OLD_ENTRY * count;
	for (uint64_t i = 0; i < count && OLD_HEAD + OLD_ENTRY * (i + 1) <= c->size; i++) {
		uint64_t entry = OLD_HEAD + OLD_ENTRY * i;
		if (number(c, entry, 4) == c->arch->cache_flags &&
		    strcmp(string(c, strings + number(c, entry + 4, 4)), c->name) == 0 &&
		    try(context, string(c, strings + number(c, entry + 8, 4))))
			return true;
	}
	return false;
}

bool cache_search(const char *bytes, size_t n, const struct code_arch *arch, const char *name, int level,
		  cache_try *try, void *context)
{
	struct cache c = {.bytes = bytes, .size = n, .name = name, .arch = arch};
	if (n >= OLD_HEAD && memcmp(bytes, old_magic, sizeof(old_magic) - 1) == 0) {
		uint64_t after = (OLD_HEAD + OLD_ENTRY * number(&c, 12, 4) + 7) & ~UINT64_C(7);
		if (after > n || n - after < NEW_HEAD || memcmp(bytes + after, new_magic, sizeof(new_magic) - 1) != 0)
			return search_old(&c, try, context);
		c.bytes += after;
		c.size -= after;
	}
	return c.size >= NEW_HEAD && memcmp(c.bytes, new_magic, sizeof(new_magic) - 1) == 0 &&
	       search_new(&c, level, try, context);
}

int cache_level(void)
{
#ifdef __x86_64__
	enum { LAHF = 1 << 0, LZCNT = 1 << 5 };					     /* 0x80000001, ecx */
	enum { CX16 = 1 << 13, MOVBE = 1 << 22, OSXSAVE = 1 << 27, F16C = 1 << 29 }; /* 1, ecx */
	unsigned a, b, c = 0, d, more = 0;
	if (!__get_cpuid(1, &a, &b, &c, &d) || !__get_cpuid(0x80000001, &a, &b, &more, &d))
		return 1;
	__builtin_cpu_init();
	if ((more & LAHF) == 0 || (c & CX16) == 0 || !__builtin_cpu_supports("popcnt") ||
	    !__builtin_cpu_supports("sse3") || !__builtin_cpu_supports("ssse3") || !__builtin_cpu_supports("sse4.1") ||
	    !__builtin_cpu_supports("sse4.2"))
		return 1;
	if ((more & LZCNT) == 0 || (c & MOVBE) == 0 || (c & OSXSAVE) == 0 || (c & F16C) == 0 ||
	    !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") ||
	    !__builtin_cpu_supports("fma"))
		return 2;
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
		       __builtin_cpu_supports("avx512vl")
		   ? 4
		   : 3;
#else
	return LEVEL_LOWEST;
#endif
}
