/* Addresses to names, on files that tests/unit/symbols/make made. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policies/base/file.h"
#include "policies/base/vector.h"
#include "tracer/symbols/demangle.h"
#include "tracer/symbols/symbols.h"

static char folder[PATH_MAX]; /* absolute, without symbolic links */

static const char *at(const char *name)
{
	static char paths[4][2 * PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static struct symbols *opened(const char *name, const char *id, const char *root)
{
	struct error e = {0};
	struct symbols *s = symbols_open_under(at(name), id, root != NULL ? at(root) : "/nonexistent", &e);
	if (s == NULL)
		fail_msg("%s", e.text);
	return s;
}

static void refused(const char *name, const char *id, const char *reason)
{
	struct error e = {0};
	assert_null(symbols_open_under(at(name), id, "/nonexistent", &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, reason));
	assert_ptr_equal(strstr(e.text, at(name)), e.text);
}

/* "NAME+OFFSET", or "?". */
static const char *name_at(const struct symbols *s, uint64_t address)
{
	static char text[600];
	char name[512];
	uint64_t offset;
	if (symbols_find(s, address, name, sizeof(name), &offset))
		snprintf(text, sizeof(text), "%s+%" PRIu64, name, offset);
	else
		strcpy(text, "?");
	return text;
}

/* What binutils says: FILE.nm has "ADDRESS [SIZE] TYPE NAME". */
static uint64_t address_of(const char *list, const char *name)
{
	char line[512], has[256];
	uint64_t address;
	FILE *f = fopen(at(list), "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%" SCNx64 " %*c %255s", &address, has) == 2 && strcmp(has, name) == 0) {
			fclose(f);
			return address;
		}
	fail_msg("%s: no %s", list, name);
	return 0;
}

static void line_of(const char *name, char *to, size_t room)
{
	FILE *f = fopen(at(name), "r");
	assert_non_null(f);
	assert_non_null(fgets(to, (int)room, f));
	to[strcspn(to, "\n")] = '\0';
	fclose(f);
}

/* All three functions of library.c, the static one among them. */
static void has_all(const struct symbols *s, const char *list)
{
	static const char *const names[] = {"hidden", "shown", "after"};
	for (size_t i = 0; i < 3; i++) {
		char expected[64];
		snprintf(expected, sizeof(expected), "%s+2", names[i]);
		assert_string_equal(name_at(s, address_of(list, names[i]) + 2), expected);
	}
}

/* Those that .dynsym tells of, and why not the third. */
static void has_exported(const struct symbols *s, const char *list, const char *why)
{
	assert_string_equal(name_at(s, address_of(list, "shown")), "shown+0");
	assert_string_equal(name_at(s, address_of(list, "after") + 3), "after+3");
	assert_string_equal(name_at(s, address_of(list, "hidden")), "?");
	assert_non_null(strstr(symbols_why(s), why));
}

static void whole(void **state)
{
	(void)state;
	struct symbols *s = opened("whole.so", NULL, NULL);
	has_all(s, "whole.so.nm");
	assert_string_equal(symbols_why(s), "");
	assert_string_equal(name_at(s, 0), "?");
	assert_string_equal(name_at(s, UINT64_MAX), "?");
	symbols_free(s);
}

static void separate_by_build_id(void **state)
{
	(void)state;
	struct symbols *s = opened("stripped.so", NULL, "root");
	has_all(s, "whole.so.nm");
	assert_string_equal(symbols_why(s), "");
	symbols_free(s);
	s = opened("stripped.so", NULL, NULL);
	has_exported(s, "whole.so.nm", "is stripped, and no separate debug file was found");
	symbols_free(s);
	s = opened("stripped.so", NULL, "wrong");
	has_exported(s, "whole.so.nm", "has another build ID");
	symbols_free(s);
}

static void separate_by_link(void **state)
{
	(void)state;
	static const struct {
		const char *file, *root, *why;
	} cases[] = {{"beside/linked.so", NULL, NULL},
		     {"below/linked.so", NULL, NULL},
		     {"far/linked.so", "root", NULL},
		     {"far/linked.so", NULL, "is stripped"},
		     {"nowhere/linked.so", "root", "is stripped"},
		     {"changed/linked.so", "root", "changed/linked.debug: its CRC is "}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct symbols *s = opened(cases[i].file, NULL, cases[i].root);
		if (cases[i].why == NULL)
			has_all(s, "linked.so.nm");
		else
			has_exported(s, "linked.so.nm", cases[i].why);
		symbols_free(s);
	}
}

static void only_that_build(void **state)
{
	(void)state;
	char id[200];
	line_of("whole.id", id, sizeof(id));
	struct symbols *s = opened("whole.so", id, NULL);
	has_all(s, "whole.so.nm");
	symbols_free(s);
	s = opened("stripped.so", id, "root");
	has_all(s, "whole.so.nm");
	symbols_free(s);
	s = opened("linked.so", "", NULL);
	has_all(s, "linked.so.nm");
	symbols_free(s);
	refused("other.so", id, "is another build now: its build ID is ");
	refused("linked.so", id, "its build ID is none, but ");
}

static void other_kinds(void **state)
{
	(void)state;
	struct error e = {0};
	struct symbols *s = opened("static", NULL, NULL);
	has_all(s, "static.nm");
	symbols_free(s);
	refused("object.o", NULL, "neither an executable nor a library");
	refused("foreign.so", NULL, "has another byte order");
	refused("whole.id", NULL, "is not an ELF file");
	refused(".", NULL, "is not a regular file");
	assert_null(symbols_open(at("missing"), NULL, &e));
	assert_int_equal(e.code, ERR_SYSTEM);
	mkfifo(at("fifo"), 0600);
	refused("fifo", NULL, "is not a regular file");
	unlink(at("fifo"));
	if (access(at("narrow.so"), F_OK) != 0)
		skip(); /* no -m32 here */
	s = opened("narrow.so", NULL, NULL);
	has_all(s, "narrow.so.nm");
	symbols_free(s);
}

static void names(void **state)
{
	(void)state;
	static const struct {
		unsigned offset;
		const char *is;
	} cases[] = {{0, "aaa+0"},
		     {15, "aaa+15"},
		     {0x10, "weak_one+0"},
		     {0x1f, "weak_one+15"},
		     {0x20, "o_8+0"},
		     {0x27, "o_8+7"},
		     {0x28, "outer+8"},
		     {0x30, "inner+0"},
		     {0x34, "inner+4"},
		     {0x3f, "inner+15"},
		     {0x40, "outer+32"},
		     {0x4f, "outer+47"},
		     {0x50, "first+0"},
		     {0x58, "second+0"},
		     {0x67, "second+15"},
		     {0x68, "?"},
		     {0x6f, "?"},
		     {0x70, "label_a+0"},
		     {0x77, "label_a+7"},
		     {0x78, "label_b+0"},
		     {0x7f, "label_b+7"},
		     {0x80, "foo::bar+0"},
		     {0x84, "core::fmt::Write::write_fmt+0"},
		     {0x88, "mycrate::baz+0"},
		     {0x8c, "std::vector<int, std::allocator<int> >::push_back+0"},
		     {0x90, "_RNvNtC3one3twoQ+0"},
		     {0x94, "shortened+0"},
		     {0x98, "with space+0"},
		     {0x9c, "?"}};
	struct symbols *s = opened("names.so", NULL, NULL);
	uint64_t text = address_of("names.so.nm", "aaa");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(name_at(s, text + cases[i].offset), cases[i].is);
	assert_string_equal(name_at(s, address_of("names.so.nm", "data_label")), "?");
	symbols_free(s);
}

static void room(void **state)
{
	(void)state;
	struct symbols *s = opened("names.so", NULL, NULL);
	uint64_t address = address_of("names.so.nm", "_ZNSt6vectorIiSaIiEE9push_backERKi"), offset;
	const char *full = "std::vector<int, std::allocator<int> >::push_back";
	for (size_t n = 1; n <= strlen(full) + 2; n++) {
		char *name = malloc(n); /* so that a sanitizer sees its end */
		assert_true(symbols_find(s, address, name, n, &offset));
		if (n > strlen(full))
			assert_string_equal(name, full);
		else
			assert_int_equal(strlen(name), n - 1);
		if (n > 4 && n <= strlen(full))
			assert_string_equal(name + n - 4, "…");
		free(name);
	}
	symbols_free(s);
}

static void demangled(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"_ZN3foo3barEi", "foo::bar"},
	    {"_ZN9wikipedia7article6formatEv.constprop.0", "wikipedia::article::format"},
	    {"_ZNK3fooclEv", "foo::operator()"},
	    {"_ZZ4mainENKUlvE_clEv", "main::{lambda()#1}::operator()"},
	    /* Rust, legacy: the hash goes, the escapes are undone. */
	    {"_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE",
	     "<Test + 'static as foo::Bar<Test>>::bar"},
	    {"_ZN4testE", "test"},
	    /* Rust, v0. */
	    {"_RNvC6_123foo3bar", "123foo::bar"},
	    {"_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}"},
	    {"_RNvMs0_NtCs5l0EXMQXRMU_21rustc_data_structures17obligation_forestINtB5_16ObligationForest"
	     "NtNtNtCs7snhGEhbuap_5trait6traits7fulfill26PendingPredicateObligationE22register_obligation_atB10_",
	     "<rustc_data_structures::obligation_forest::ObligationForest<trait::traits::fulfill::"
	     "PendingPredicateObligation>>::register_obligation_at"},
	    {"main", NULL},
	    {"_start", NULL},
	    {"_Z", NULL},
	    {"_R", NULL},
	    {"", NULL},
	    {"_ZN", NULL},
	    {"_RNv", NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[512] = "";
		bool done = demangle(cases[i][0], name, sizeof(name));
		assert_int_equal(done, cases[i][1] != NULL);
		if (done)
			assert_string_equal(name, cases[i][1]);
	}
}

/* f<void (*)(), void (*)(A, A), void (*)(B, B) …>: each argument is twice as long as the one before. */
static void demangled_bomb(void **state)
{
	(void)state;
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char mangled[600] = "_Z1fIPFvvE", name[512], more[16];
	for (size_t i = 1; i < 36; i += 2) {
		snprintf(more, sizeof(more), "PFvS%c_S%c_E", digits[i], digits[i]);
		strcat(mangled, more);
	}
	strcat(mangled, "Evv");
	assert_true(demangle(mangled, name, sizeof(name)));
	assert_int_equal(strlen(name), sizeof(name) - 1);
	assert_memory_equal(name, "f<void (*)(), void (*)(void (*)(), void (*)()), ", 48);
}

/* Names with hundreds of millions of lifetimes where nothing is printed: they end the test where they are counted. */
static void demangled_lifetimes(void **state)
{
	(void)state;
	static const char *const names[] = {"_RNvC1a1bMC1cFGzzzzz_Eu", "_RNvC1a1bYFGzzzzzz_EuNtC1a1b",
					    "_RNvC1a1bINvC1a1bFGzzzzzzzzzz_EuE", "_RNvC1a1bYDGzzzzzz_pEL_NtC1a1b"};
	char name[512];
	alarm(20);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(demangle(names[i], name, sizeof(name)));
	alarm(0);
	assert_true(demangle("_RINvC1a1bFG0_EuE", name, sizeof(name)));
	assert_string_equal(name, "a::b::<for<'a, 'b> fn()>");
	assert_true(demangle("_ZN6FGabc_3bazEi", name, sizeof(name)));
	assert_string_equal(name, "FGabc_::baz");
}

static void stubs(void **state)
{
	(void)state;
	char line[512], name[256], expected[300];
	uint64_t address;
	int n = 0;
	struct symbols *s = opened("dynamic", NULL, NULL);
	FILE *f = fopen(at("dynamic.plt"), "r");
	assert_non_null(f);
	for (; fgets(line, sizeof(line), f) != NULL; n++) {
		assert_int_equal(sscanf(line, "%" SCNx64 " %255s", &address, name), 2);
		snprintf(expected, sizeof(expected), "%s+4", name);
		assert_string_equal(name_at(s, address + 4), expected);
	}
	fclose(f);
	symbols_free(s);
	if (n == 0)
		skip(); /* this toolchain makes none */
}

/* Where a file is mapped that holds an address of this process: what /proc/PID/maps says. */
static bool mapped(uint64_t address, uint64_t *from, uint64_t *to, uint64_t *offset, char path[PATH_MAX])
{
	char line[PATH_MAX + 200];
	bool found = false;
	FILE *f = fopen("/proc/self/maps", "r");
	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		path[0] = '\0';
		found = sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %4095[^\n]", from, to, offset,
			       path) >= 3 &&
			address >= *from && address < *to;
	}
	fclose(f);
	return found;
}

/* This process's own functions, by way of the file's offsets. */
static void from_offsets(void **state)
{
	(void)state;
	struct error e = {0};
	char path[PATH_MAX];
	uint64_t from, to, offset, address, here = (uint64_t)(uintptr_t)from_offsets;
	assert_true(mapped(here, &from, &to, &offset, path));
	struct symbols *s = symbols_open(path, NULL, &e);
	assert_non_null(s);
	assert_true(symbols_address(s, here - from + offset, &address));
	assert_string_equal(name_at(s, address + 1), "from_offsets+1");
	assert_false(symbols_address(s, (uint64_t)1 << 40, &address));
	assert_false(symbols_address(s, UINT64_MAX, &address));
	symbols_free(s);
}

static void vdso(void **state)
{
	(void)state;
	struct error e = {0};
	char path[PATH_MAX];
	uint64_t from, to, offset, address, begin = getauxval(AT_SYSINFO_EHDR);
	if (begin == 0)
		skip(); /* under valgrind, say */
	assert_true(mapped(begin, &from, &to, &offset, path));
	struct symbols *s = symbols_of_memory((void *)(uintptr_t)begin, to - begin, &e);
	if (s == NULL)
		fail_msg("%s", e.text);
	bool found = false;
	for (uint64_t i = 0; i < to - begin && !found; i++)
		found = symbols_address(s, i, &address) && strstr(name_at(s, address), "clock_gettime+0") != NULL;
	assert_true(found);
	symbols_free(s);
}

/* A file cut anywhere, and one with any byte turned around: an answer, whatever it be. */
static void damaged(void **state)
{
	(void)state;
	struct error e = {0};
	char *bytes;
	size_t n;
	assert_int_equal(file_read(at("whole.so"), 1 << 24, &bytes, &n, &e), 0);
	for (size_t i = 0; i < 2 * n; i += i < 4096 ? 1 : 61) {
		struct error reason = {0};
		bytes[i % n] ^= (char)0xff;
		struct symbols *s = i < n ? symbols_of_memory(bytes, i, &reason) : symbols_of_memory(bytes, n, &reason);
		bytes[i % n] ^= (char)0xff;
		assert_true(s != NULL || reason.text[0] != '\0');
		for (uint64_t address = 0; s != NULL && address < 0x2000; address += 64)
			name_at(s, address);
		symbols_free(s);
	}
	free(bytes);
}

struct symbol {
	uint64_t address, size;
	char name[200];
};

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

/* 2,000 addresses of a file's functions: nm says which names each may have. */
static void agrees_with_nm(const char *path, const char *options)
{
	VEC(struct symbol) v = {0};
	struct error e = {0};
	struct symbol one;
	char command[PATH_MAX + 100], line[4096], type;
	snprintf(command, sizeof(command), "nm -S --defined-only --without-symbol-versions %s '%s' 2>/dev/null",
		 options, path);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %c %199s", &one.address, &one.size, &type, one.name) == 4 &&
		    strchr("TtWi", type) != NULL)
			assert_true(vec_push(&v, one));
	pclose(f);
	assert_true(v.count > 100);
	qsort(v.items, v.count, sizeof(*v.items), by_address);
	struct symbols *s = symbols_open_under(path, NULL, "/nonexistent", &e);
	assert_non_null(s);
	uint32_t random = 1;
	for (int i = 0; i < 2000; i++) {
		random = random * 1664525 + 1013904223;
		const struct symbol *any = &v.items[(random >> 8) % v.count];
		char name[512];
		uint64_t offset, address = any->address + random % any->size;
		bool right = false;
		if (!symbols_find(s, address, name, sizeof(name), &offset))
			fail_msg("%s: %" PRIx64 " has no name, nm says %s", path, address, any->name);
		for (size_t k = 0; k < v.count && !right; k++) /* demangled ones: the offset alone */
			right = v.items[k].address == address - offset && offset < v.items[k].size &&
				(strcmp(v.items[k].name, name) == 0 || v.items[k].name[1] == 'Z');
		if (!right)
			fail_msg("%s: %" PRIx64 " is not in %s+%" PRIu64 ", nm says %s", path, address, name, offset,
				 any->name);
	}
	symbols_free(s);
	vec_free(&v);
}

static void agrees(void **state)
{
	(void)state;
	if (system("command -v nm >/dev/null") != 0)
		skip();
	char path[PATH_MAX];
	uint64_t from, to, offset;
	assert_true(mapped((uint64_t)(uintptr_t)dlsym(RTLD_DEFAULT, "getppid"), &from, &to, &offset, path));
	if (strstr(path, "libc.so.6") != NULL)
		agrees_with_nm(path, "-D");
	assert_true(mapped((uint64_t)(uintptr_t)agrees, &from, &to, &offset, path));
	agrees_with_nm(path, "");
}

int main(void)
{
	ssize_t n = readlink("/proc/self/exe", folder, sizeof(folder) - 20);
	if (n < 0)
		return 1;
	folder[n] = '\0';
	strcpy(strrchr(folder, '/'), "/symbols");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole),
	    cmocka_unit_test(separate_by_build_id),
	    cmocka_unit_test(separate_by_link),
	    cmocka_unit_test(only_that_build),
	    cmocka_unit_test(other_kinds),
	    cmocka_unit_test(names),
	    cmocka_unit_test(room),
	    cmocka_unit_test(demangled),
	    cmocka_unit_test(demangled_bomb),
	    cmocka_unit_test(demangled_lifetimes),
	    cmocka_unit_test(stubs),
	    cmocka_unit_test(from_offsets),
	    cmocka_unit_test(vdso),
	    cmocka_unit_test(damaged),
	    cmocka_unit_test(agrees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
