/* The reader of JSON: which texts are JSON and which are not (RFC 8259, and what pinhole refuses besides), what is in them, where
 * they stop being it; and strings as they are written. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../policies/json.h"

static void write_value(const json_t *value, struct text *out)
{
	const char *key, *between = "";
	const json_t *member;
	if (json_is_object(value)) {
		text_add(out, "{");
		json_object_foreach(value, key, member)
		{
			assert_ptr_equal(json_object_get(value, key), member);
			text_add(out, "%s", between);
			json_add_string(out, key);
			text_add(out, ":");
			write_value(member, out);
			between = ",";
		}
		text_add(out, "}");
	} else if (json_is_array(value)) {
		text_add(out, "[");
		for (size_t i = 0; i < json_array_size(value); i++, between = ",") {
			text_add(out, "%s", between);
			write_value(json_array_get(value, i), out);
		}
		text_add(out, "]");
	} else if (json_is_string(value)) {
		json_add_string(out, json_string_value(value));
	} else if (json_is_integer(value)) {
		text_add(out, "%lld", json_integer_value(value));
	} else {
		text_add(out, "%s", json_is(value, JSON_REAL)	? "real"
				    : json_is_null(value)	? "null"
				    : json_is(value, JSON_TRUE) ? "true"
								: "false");
	}
}

static void what_is_json(void **unused)
{
	(void)unused;
	static const char *const cases[][2] = {
		{"{}", "{}"},
		{" [\r\n\t] ", "[]"},
		{"[[],{}, [ [] ] ]", "[[],{},[[]]]"},
		{"{\"b\" : 1 ,\"a\":[true,false,null]}", "{\"b\":1,\"a\":[true,false,null]}"},
		{"[0,-0,7,-7,9223372036854775807,-9223372036854775808]", "[0,0,7,-7,9223372036854775807,-9223372036854775808]"},
		{"[0.5,-1e9,1E+2,3.25e-07]", "[real,real,real,real]"},
		{"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\"\\\\/\\b\\f\\n\\r\\t\"]"},
		{"[\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"]", "[\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"]"},
		{"[\"\\u0001\x7f\"]", "[\"\\u0001\x7f\"]"},
		{"{\"\":\"\"}", "{\"\":\"\"}"},
		{"{\"j\":1,\"i\":2,\"h\":3,\"g\":4,\"f\":5,\"e\":6,\"d\":7,\"c\":8,\"b\":9,\"a\":10}",
		 "{\"j\":1,\"i\":2,\"h\":3,\"g\":4,\"f\":5,\"e\":6,\"d\":7,\"c\":8,\"b\":9,\"a\":10}"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = {0};
		struct json_wrong wrong;
		struct text out = {0};
		json_t *root = json_parse(cases[i][0], strlen(cases[i][0]), &wrong, &e);
		if (root == NULL)
			fail_msg("%s: %s", cases[i][0], wrong.text);
		write_value(root, &out);
		assert_string_equal(text_string(&out), cases[i][1]);
		json_decref(root);
		text_free(&out);
	}
}

static void what_is_not(void **unused)
{
	(void)unused;
	static const struct {
		const char *text;
		size_t n; /* 0: up to its NUL */
		int line, column;
	} cases[] = {
		{"", 0, 1, 1},		   {"1", 0, 1, 1},	      {"\"a\"", 0, 1, 1},	{"[", 0, 1, 2},
		{"[1", 0, 1, 3},	   {"[1,]", 0, 1, 4},	      {"[1 2]", 0, 1, 4},	{"[1]]", 0, 1, 4},
		{"{\"a\"}", 0, 1, 5},	   {"{\"a\":}", 0, 1, 6},     {"{\"a\":1,}", 0, 1, 8},	{"{a:1}", 0, 1, 2},
		{"[01]", 0, 1, 2},	   {"[-]", 0, 1, 2},	      {"[1.]", 0, 1, 2},	{"[.5]", 0, 1, 2},
		{"[1e]", 0, 1, 2},	   {"[+1]", 0, 1, 2},	      {"[True]", 0, 1, 2},	{"[nul]", 0, 1, 2},
		{"[\n \"a\nb\"]", 0, 2, 4}, {"[\"\\x41\"]", 0, 1, 3},  {"[\"\\u12\"]", 0, 1, 3}, {"[\"\\ud800\"]", 0, 1, 3},
		{"[\"\\udc00\"]", 0, 1, 3}, {"[\"\\ud800\\u0041\"]", 0, 1, 3}, {"[\"\\u0000\"]", 0, 1, 3},
		{"[\"\xff\"]", 0, 1, 3},   {"[\"\xc3\xa9\xed\xa0\x80\"]", 0, 1, 4}, {"[\"\xc3\"]", 0, 1, 3},
		{"[\"a", 0, 1, 2},	   {"[\"a\\\"]", 0, 1, 2},    {"[9223372036854775808]", 0, 1, 2},
		{"[-9223372036854775809]", 0, 1, 2}, {"[100000000000000000000]", 0, 1, 2}, {"[1]\0", 4, 1, 4},
		{"[\"a\0b\"]", 7, 1, 4},   {"\xef\xbb\xbf{}", 0, 1, 1}, {"[1] // x", 0, 1, 5},
		{"[{\"a\":1,\n\"b\":2,\"a\":3}]", 0, 1, 2},
		{"{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,\"9\":1,\"5\":1}", 0, 1, 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = {0};
		struct json_wrong wrong = {0};
		size_t n = cases[i].n != 0 ? cases[i].n : strlen(cases[i].text);
		if (json_parse(cases[i].text, n, &wrong, &e) != NULL)
			fail_msg("%s: is taken for JSON", cases[i].text);
		assert_int_equal(e.code, 0);
		if (wrong.line != cases[i].line || wrong.column != cases[i].column)
			fail_msg("%s: %d, %d", cases[i].text, wrong.line, wrong.column);
		assert_true(wrong.text[0] != '\0');
		assert_null(json_parse(cases[i].text, n, NULL, &e));
	}
}

/* Nesting is bounded, for the stack's sake; the number of members is not. */
static void deep_and_long(void **unused)
{
	(void)unused;
	struct error e = {0};
	struct json_wrong wrong;
	for (int n = 100; n <= 1000000; n *= 100) {
		char *deep = malloc((size_t)n * 2 + 1);
		memset(deep, '[', (size_t)n);
		memset(deep + n, ']', (size_t)n);
		deep[n * 2] = '\0';
		json_t *root = json_parse(deep, (size_t)n * 2, &wrong, &e);
		assert_true((root != NULL) == (n == 100));
		json_decref(root);
		free(deep);
	}
	struct text wide = {0};
	char key[16];
	for (int i = 0; i < 20000; i++)
		text_add(&wide, "%s\"%d\":%d", i == 0 ? "{" : ",", i * 7919 % 20000, i);
	text_add(&wide, "}");
	json_t *root = json_parse(wide.bytes, wide.count, &wrong, &e);
	assert_int_equal(json_object_size(root), 20000);
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "%d", i * 7919 % 20000);
		assert_int_equal(json_integer_value(json_object_get(root, key)), i);
	}
	assert_null(json_object_get(root, "20000"));
	json_decref(root);
	text_free(&wide);
}

/* Nothing is in what is not there, or is of another type. */
static void of_another_type(void **unused)
{
	(void)unused;
	struct error e = {0};
	json_t *root = json_parse("[1,\"a\",{}]", 10, NULL, &e);
	assert_non_null(root);
	assert_null(json_object_get(root, "a"));
	assert_null(json_array_get(root, 3));
	assert_null(json_string_value(json_array_get(root, 0)));
	assert_int_equal(json_integer_value(json_array_get(root, 1)), 0);
	assert_null(json_array_get(json_array_get(root, 2), 0));
	assert_null(json_object_get(NULL, "a"));
	assert_int_equal(json_array_size(NULL) + json_object_size(root) + json_object_size(NULL), 0);
	json_decref(root);
	json_decref(NULL);
}

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
		json_t *root = json_parse(out.bytes, out.count, NULL, &e);
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_json),	   cmocka_unit_test(what_is_not),	    cmocka_unit_test(deep_and_long),
		cmocka_unit_test(of_another_type), cmocka_unit_test(any_bytes_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
