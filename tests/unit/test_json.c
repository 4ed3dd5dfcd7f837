/* Strings of JSON that hold any bytes. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/json/json.h"

static void any_bytes_are_written(void **unused)
{
	(void)unused;
	static const char *const bytes[] = {"", "plain", "\xff\xfe", "a\\b", "caf\xc3\xa9 \"q\"\n\x01", "\\x80", "\xed\xa0\x80"};
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		struct error e = {0};
		struct text out = {0};
		text_add(&out, "[");
		json_add_text(&out, bytes[i]);
		text_add(&out, "]");
		assert_false(out.failed);
		json_t *root = json_parse(out.bytes, out.count, 0, NULL, &e);
		char *back = json_text(json_array_get(root, 0), "here", &e);
		assert_string_equal(back, bytes[i]);
		free(back);
		json_decref(root);
		text_free(&out);
	}
	struct text out = {0};
	json_add_string(&out, "\xff");
	assert_true(out.failed);
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_bytes_are_written)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
