/* ldconfig's cache in its formats: which paths are tried for a name, in which order. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policies/base/text.h"
#include "tracer/reach/files/ld_cache.h"

struct entry {
	uint32_t flags;
	const char *name, *path;
	uint64_t capabilities;
};

#define EXTENSION ((uint64_t)1 << 62)

/* libfar.so twice for processors, once for i386, once as such; and older marks. */
static const struct entry entries[] = {
    {0x803, "libfar.so", "/i386", 0},
    {0x303, "libfar.so", "/plain", 0},
    {0x303, "libfar.so", "/haswell", (uint64_t)1 << 49},
    {0x303, "libfar.so", "/v2", EXTENSION | 1},
    {0x303, "libfar.so", "/v3", EXTENSION | (uint64_t)3 << 32 | 0},
    {0x303, "libfar.so", "/v9", EXTENSION | 2},
    {0x303, "libfar.so.1", "/other", 0},
};
enum { COUNT = sizeof(entries) / sizeof(entries[0]) };

static void add_number(struct text *out, uint64_t value, unsigned n)
{
	text_add_bytes(out, (const char *)&value, n);
}

static uint32_t add_string(struct text *strings, const char *s)
{
	uint32_t at = (uint32_t)strings->count;
	text_add_bytes(strings, s, strlen(s) + 1);
	return at;
}

static void add_old(struct text *out)
{
	struct text strings = {0};
	text_add_bytes(out, "ld.so-1.7.0\0", 12);
	add_number(out, COUNT, 4);
	for (size_t i = 0; i < COUNT; i++) {
		add_number(out, entries[i].flags, 4);
		add_number(out, add_string(&strings, entries[i].name), 4);
		add_number(out, add_string(&strings, entries[i].path), 4);
	}
	text_add_bytes(out, strings.bytes, strings.count);
	text_free(&strings);
}

static void add_new(struct text *out)
{
	static const char *const folders[] = {"x86-64-v3", "x86-64-v2", "x86-64-v9"};
	struct text strings = {0};
	uint32_t base = 48 + 24 * COUNT, names[3];
	size_t begin = out->count;
	for (unsigned i = 0; i < 3; i++)
		names[i] = base + add_string(&strings, folders[i]);
	struct text table = {0};
	for (size_t i = 0; i < COUNT; i++) {
		add_number(&table, entries[i].flags, 4);
		add_number(&table, base + add_string(&strings, entries[i].name), 4);
		add_number(&table, base + add_string(&strings, entries[i].path), 4);
		add_number(&table, 0, 4);
		add_number(&table, entries[i].capabilities, 8);
	}
	while (strings.count % 4 != 0)
		text_add_bytes(&strings, "", 1);
	uint32_t extensions = base + (uint32_t)strings.count;
	text_add_bytes(out, "glibc-ld.so.cache1.1", 20);
	add_number(out, COUNT, 4);
	add_number(out, strings.count, 4);
	add_number(out, 2, 4);
	add_number(out, extensions, 4);
	while (out->count < begin + 48)
		text_add_bytes(out, "", 1);
	text_add_bytes(out, table.bytes, table.count);
	text_add_bytes(out, strings.bytes, strings.count);
	const uint64_t tail[] = {0xeaa42174, 2, 0, 0, 0, 0, 1, 0, extensions + 40, 12, names[0], names[1], names[2]};
	for (size_t i = 0; i < sizeof(tail) / sizeof(tail[0]); i++)
		add_number(out, tail[i], 4);
	text_free(&table);
	text_free(&strings);
}

static bool note(void *context, const char *path)
{
	text_add(context, "%s ", path);
	return false;
}

static void expect_paths(const struct text *cache, int level, const char *paths)
{
	struct text tried = {0};
	assert_false(cache_search(cache->bytes, cache->count, &code_x86_64, "libfar.so", level, note, &tried));
	assert_string_equal(text_string(&tried), paths);
	text_free(&tried);
}

static void the_new_format(void **state)
{
	struct text cache = {0};
	(void)state;
	add_new(&cache);
	expect_paths(&cache, 1, "/plain /haswell /v9 ");
	expect_paths(&cache, 2, "/v2 /plain /haswell /v9 ");
	expect_paths(&cache, 4, "/v3 /v2 /plain /haswell /v9 ");
	text_free(&cache);
}

static void the_old_format(void **state)
{
	struct text cache = {0};
	(void)state;
	add_old(&cache);
	expect_paths(&cache, 4, "/plain /haswell /v2 /v3 /v9 ");
	text_free(&cache);
}

/* ldconfig --format=compat: the old one's strings stand after the new one. */
static void both_formats(void **state)
{
	struct text cache = {0};
	(void)state;
	text_add_bytes(&cache, "ld.so-1.7.0\0", 12);
	add_number(&cache, 1, 4);
	for (unsigned i = 0; i < 3; i++)
		add_number(&cache, 0xffffffff, 4);
	while (cache.count % 8 != 0)
		text_add_bytes(&cache, "", 1);
	add_new(&cache);
	expect_paths(&cache, 3, "/v3 /v2 /plain /haswell /v9 ");
	text_free(&cache);
}

static bool any(void *context, const char *path)
{
	*(size_t *)context += strlen(path);
	return false;
}

/* Every length, and each byte changed: nothing is read outside (the sanitizers tell). */
static void damage(void **state)
{
	(void)state;
	for (int old = 0; old < 2; old++) {
		struct text cache = {0};
		size_t sum = 0;
		(old ? add_old : add_new)(&cache);
		text_string(&cache); /* ends it by a NUL */
		for (size_t n = 0; n < cache.count; n++) {
			char *copy = test_malloc(n + 1);
			memcpy(copy, cache.bytes, n);
			copy[n] = '\0';
			cache_search(copy, n, &code_x86_64, "libfar.so", 4, any, &sum);
			test_free(copy);
		}
		for (size_t i = 0; i < cache.count; i++) {
			char kept = cache.bytes[i];
			cache.bytes[i] = (char)0xff;
			cache_search(cache.bytes, cache.count, &code_x86_64, "libfar.so", 4, any, &sum);
			cache.bytes[i] = kept;
		}
		assert_true(sum > 0);
		text_free(&cache);
	}
}

static void this_machine(void **state)
{
	(void)state;
	assert_true(cache_level() >= LEVEL_LOWEST && cache_level() <= LEVEL_HIGHEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_new_format), cmocka_unit_test(the_old_format), cmocka_unit_test(both_formats),
	    cmocka_unit_test(damage),	      cmocka_unit_test(this_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
