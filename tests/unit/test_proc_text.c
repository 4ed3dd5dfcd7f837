/* What /proc says, as text: the texts are the kernel's. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tracer/process/proc_text.h"

static void test_a_waiting_call(void **state)
{
	struct proc_waiting w;
	(void)state;
	assert_true(proc_text_syscall("0 0x3 0x7ffc1de0 0x1000 0x0 0x1 0xffffffffffffffff 0x7ffd4b1a7e28 0x7f3c2a1ce5d2\n", &w));
	assert_int_equal(w.args[0], 3);
	assert_int_equal(w.args[1], 0x7ffc1de0);
	assert_int_equal(w.args[5], UINT64_MAX);
	assert_int_equal(w.stack, 0x7ffd4b1a7e28);
	assert_int_equal(w.code, 0x7f3c2a1ce5d2);
}

static void test_no_call(void **state)
{
	static const char *const texts[] = {"", "running\n", "-1 0x7ffd4b1a7e28 0x7f3c2a1ce5d2\n", "0 0x3 0x4\n",
					    "0 0x0 0x0 0x0 0x0 0x0 0x0 0x1ffffffffffffffff 0x1\n",
					    "0 0x0 0x0 0x0 0x0 0x0 0x0 0x1 none\n"};
	struct proc_waiting w;
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(proc_text_syscall(texts[i], &w));
}

/* Of a text in pieces of that size. */
static size_t ids_of(const char *text, size_t piece, pid_t *out)
{
	struct proc_ids ids = {0};
	size_t n = strlen(text), count = 0;
	for (size_t at = 0, length;; at += length) {
		length = n - at < piece ? n - at : piece;
		const char *from = text + at, *end = from + length;
		for (pid_t id; (id = proc_ids_next(&ids, &from, end)) != 0;)
			out[count++] = id;
		if (length == 0)
			return count;
	}
}

static void test_ids(void **state)
{
	pid_t ids[8];
	(void)state;
	for (size_t piece = 1; piece < 20; piece++) {
		assert_int_equal(ids_of("12 345 6789 ", piece, ids), 3);
		assert_int_equal(ids[0], 12);
		assert_int_equal(ids[1], 345);
		assert_int_equal(ids[2], 6789);
		assert_int_equal(ids_of("4194304", piece, ids), 1); /* without an end */
		assert_int_equal(ids[0], 4194304);
		assert_int_equal(ids_of("", piece, ids), 0);
		assert_int_equal(ids_of("99999999999999999999 5 2147483648", piece, ids), 1);
		assert_int_equal(ids[0], 5);
	}
}

static void test_fields(void **state)
{
	static const char text[] = "Name:\tTgid: 5\nNTgid:\t6\nTgid:\t77\nNgid:\t0\n";
	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct proc_field f = {.name = "Tgid:"};
		for (size_t at = 0; at < sizeof(text) - 1; at += piece)
			proc_field_feed(&f, text + at, sizeof(text) - 1 - at < piece ? sizeof(text) - 1 - at : piece);
		assert_true(f.found);
		assert_string_equal(f.value, "\t77");
	}
	struct proc_field cut = {.name = "Tgid:"};
	proc_field_feed(&cut, "Tgid:\t7", 7);
	assert_false(cut.found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_waiting_call), cmocka_unit_test(test_no_call),
					   cmocka_unit_test(test_ids), cmocka_unit_test(test_fields)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
