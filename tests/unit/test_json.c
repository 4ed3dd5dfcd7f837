/* Strings of JSON that hold any bytes, and a member that is found without parsing. SPDX-License-Identifier: MIT */
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

/* jansson says what a text's format is; every beginning of a text is read too, from memory that ends with it. */
static void the_format_is_found(void **unused)
{
	(void)unused;
	static const char *const texts[] = {
	    "{\"format\": \"x\"}", " \n{\"a\": [1, {\"format\": \"x\"}, \"}\"], \"format\" :\t\"x\", \"b\": {}}",
	    "{\"a\": {\"format\": \"x\"}}", "{\"format\": \"xx\"}", "{\"format\": [\"x\"]}", "{\"format\": 1}", "{}", "[\"format\", \"x\"]",
	    "{\"a\": \"\\\\\", \"formats\": \"x\", \"b\": \"\\\"format\\\": \", \"format\": \"x\"}", "\"format\""};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error e = {0};
		size_t n = strlen(texts[i]);
		json_t *root = json_parse(texts[i], n, JSON_DECODE_ANY, NULL, &e);
		const char *format = json_string_value(json_object_get(root, "format"));
		assert_non_null(root);
		assert_int_equal(json_member_is(texts[i], n, "format", "x"), format != NULL && strcmp(format, "x") == 0);
		json_decref(root);
		for (size_t k = 0; k < n; k++) {
			char *part = malloc(k + 1);
			memcpy(part, texts[i], k);
			json_member_is(part, k, "format", "x");
			free(part);
		}
	}
	static const char *const others[] = {"", "{", "{{0x20, 0, 0, 4}}", "{len=1, filter=[]}", "{\"", "{\"\\", "{\"format\"", "{\"format\": \"x", "\xff{\"format\": \"x\"}"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(json_member_is(others[i], strlen(others[i]), "format", "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_bytes_are_written), cmocka_unit_test(the_format_is_found)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
