/* The table of errors that calls can fail with: every name in it is a name. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/abi.h"
#include "policies/abi/failures.h"
#include "policies/base/text.h"

/* The look-up is binary, so that a row in the wrong place is not found. */
static void test_names(void **state)
{
	(void)state;
	size_t rows = 0;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const char *errors = abi_failures(abi_syscalls[i].name);
		if (errors == NULL)
			continue;
		rows++;
		char *copy = strdup(errors), *rest = copy, *one;
		while ((one = strsep(&rest, " ")) != NULL) {
			if (errno_by_name(one) <= 0)
				fail_msg("%s: \"%s\" is no error", abi_syscalls[i].name, one);
			if (rest != NULL && text_has_word(rest, one))
				fail_msg("%s: %s is there twice", abi_syscalls[i].name, one);
		}
		free(copy);
	}
	assert_int_equal(rows, abi_failures_count());
}

static void test_members(void **state)
{
	(void)state;
	static const char *const calls[][2] = {{"openat", "EMFILE"}, {"write", "ENOSPC"}, {"mmap", "ENOMEM"}, {"connect", "ECONNREFUSED"},
					       {"clone", "EAGAIN"},  {"getrandom", "ENOSYS"}, {"accept", "EMFILE"}, {"writev", "EPIPE"}};
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		assert_non_null(abi_failures(calls[i][0]));
		assert_true(text_has_word(abi_failures(calls[i][0]), calls[i][1]));
	}
	assert_null(abi_failures("exit_group"));
	assert_null(abi_failures("getpid"));
	assert_null(abi_failures("no_such_call"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_members)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
