/* exec_words: the words of an exec, whatever a process's memory holds. The process is this one. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/notify/exec_words.h"

enum { ROOM = 4096 };

static char out[ROOM];

/* Returns a copy of a text in memory that is present: a page of the program's file need not be. */
static const char *present(const char *text)
{
	static char all[1024];
	static size_t used;
	size_t n = strlen(text) + 1;
	assert_true(used + n <= sizeof(all));
	used += n;
	return memcpy(all + used - n, text, n);
}

static size_t words(const char *const *list, size_t room)
{
	const struct call call = {ARCH_NATIVE, SYS_execve, {0, (uint64_t)(uintptr_t)list}};
	memset(out, '#', sizeof(out));
	size_t n = exec_words(getpid(), &call, out, room);
	assert_true(n <= room);
	for (size_t i = 0; i < n; i++)
		if (i == n - 1)
			assert_int_equal(out[i], '\0'); /* so that whoever reads words stays within */
	return n;
}

static void plain(void **state)
{
	(void)state;
	const char *const list[] = {present("nginx"), present("-g"), present(""), present("daemon off;"), NULL};
	static const char want[] = "nginx\0-g\0\0daemon off;";
	assert_int_equal(words(list, ROOM), sizeof(want));
	assert_memory_equal(out, want, sizeof(want));
	const struct call at = {ARCH_NATIVE, SYS_execveat, {3, 0, (uint64_t)(uintptr_t)list}};
	assert_int_equal(exec_words(getpid(), &at, out, ROOM), sizeof(want));
	assert_memory_equal(out, want, sizeof(want));
}

static void no_exec(void **state)
{
	(void)state;
	const char *const list[] = {present("x"), NULL};
	const struct call other = {ARCH_NATIVE, SYS_read, {0, (uint64_t)(uintptr_t)list}}, unknown = {ARCH_NATIVE, 99999, {0}};
	assert_int_equal(exec_words(getpid(), &other, out, ROOM), 0);
	assert_int_equal(exec_words(getpid(), &unknown, out, ROOM), 0);
#if defined(__x86_64__)
	const struct call narrow = {ARCH_I386, 11, {0, (uint64_t)(uintptr_t)list}};
	assert_int_equal(exec_words(getpid(), &narrow, out, ROOM), 0);
#endif
	const struct call nobody = {ARCH_NATIVE, SYS_execve, {0, (uint64_t)(uintptr_t)list}};
	assert_int_equal(exec_words(1 << 22, &nobody, out, ROOM), 0);
}

static void bad_pointers(void **state)
{
	(void)state;
	const char *const bad[] = {present("a"), (const char *)1, present("b"), NULL};
	assert_int_equal(words(NULL, ROOM), 0);
	assert_int_equal(words((const char *const *)16, ROOM), 0);
	assert_int_equal(words((const char *const *)UINTPTR_MAX, ROOM), 0);
	assert_int_equal(words(bad, ROOM), 2); /* what can be read of it */
	const char *const high[] = {present("a"), (const char *)(UINTPTR_MAX - 3), NULL};
	assert_int_equal(words(high, ROOM), 2);
}

/* A word, or the list, that runs into a page that is not there. */
static void end_of_memory(void **state)
{
	(void)state;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	memset(memory, 'x', page);
	assert_int_equal(munmap(memory + page, page), 0);
	const char *list[] = {present("first"), memory + page - 5, NULL};
	assert_int_equal(words(list, ROOM), 6); /* it has no end */
	memory[page - 1] = '\0';
	assert_int_equal(words(list, ROOM), 11);
	const char **cut = (const char **)(void *)(memory + page) - 2;
	cut[0] = present("one");
	cut[1] = present("two");
	assert_int_equal(words(cut, ROOM), 8);
	munmap(memory, page);
}

/* Longer than there is room, and more words than are read. */
static void limits(void **state)
{
	(void)state;
	size_t many = 3000;
	char *longest = malloc(3 * ROOM);
	const char **list = calloc(many + 1, sizeof(*list));
	assert_non_null(longest);
	assert_non_null(list);
	memset(longest, 'y', 3 * ROOM - 1);
	longest[3 * ROOM - 1] = '\0';
	const char *cut[] = {present("program"), longest, present("after"), NULL};
	assert_int_equal(words(cut, ROOM), 8);
	assert_int_equal(words(cut, 8), 8);
	assert_int_equal(words(cut, 7), 0);
	assert_int_equal(words(cut, 0), 0);
	const char *empty = present("");
	for (size_t i = 0; i < many; i++)
		list[i] = empty;
	assert_int_equal(words(list, ROOM), 1024);
	free(list);
	free(longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain),	     cmocka_unit_test(no_exec), cmocka_unit_test(bad_pointers),
	    cmocka_unit_test(end_of_memory), cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
