/* Styles of text, and how lines are broken for a terminal. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policies/base/style.h"

static void plain_has_no_codes(void **state)
{
	(void)state;
	struct text out = {0};
	for (int s = STYLE_HEADING; s <= STYLE_FAINT; s++)
		style_add(&out, (enum style)s, "x");
	assert_string_equal(text_string(&out), "xxxxxxxxx");
	text_free(&out);
}

static void colours_are_ended(void **state)
{
	(void)state;
	for (int s = STYLE_HEADING; s <= STYLE_FAINT; s++) {
		struct text out = {.colours = true};
		style_add(&out, (enum style)s, "x");
		assert_int_equal(out.bytes[0], '\033');
		assert_non_null(strstr(out.bytes, "mx\033[0m"));
		text_free(&out);
	}
}

static const struct {
	const char *in, *out;
	size_t columns;
} folds[] = {
    {"", "", 10},
    {"short\n", "short\n", 10},
    {"0123456789\n", "0123456789\n", 10},
    {"one two three\n", "one two\n  three\n", 10},
    {"one two three", "one two\n  three", 10},
    {"\n\na\n", "\n\na\n", 10},
    /* a word that is too long stays whole, but for flags */
    {"aaaaaaaaaaaaaaa\n", "aaaaaaaaaaaaaaa\n", 10},
    {"AAAA|BBBB|CCCC\n", "AAAA|BBBB|\n  CCCC\n", 10},
    /* under its own column */
    {"   12  some words that go on\n", "   12  some words\n         that go on\n", 20},
    {"  3: jeq #1, L1     ; what it means for you\n", "  3: jeq #1, L1     ; what it means\n                      for you\n", 46 - 10},
    /* a paragraph that begins with a number */
    {"107 facts in 5 runs\n", "107 facts in\n  5 runs\n", 12},
    /* characters and codes of styles: three columns, two characters */
    {"\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\n", "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\n", 6},
    {"\033[1mabc\033[0m de\n", "\033[1mabc\033[0m de\n", 6},
};

static void lines_are_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		struct text out = {0};
		style_fold(folds[i].in, folds[i].columns, &out);
		assert_string_equal(text_string(&out), folds[i].out);
		text_free(&out);
	}
}

/* Nothing is lost, and it ends, at any width. */
static void nothing_is_lost(void **state)
{
	(void)state;
	static const char words[] = "  12  a b|c|d  \033[1mee\033[0m ; f gg|hh \xff\xfe  i\n ;\n\n  |x|| y\n\033[ z";
	for (size_t columns = 0; columns < 40; columns++) {
		struct text out = {0}, a = {0}, b = {0};
		style_fold(words, columns, &out);
		for (const char *s = words; *s != '\0'; s++)
			if (*s != ' ' && *s != '\n')
				text_add_bytes(&a, s, 1);
		for (const char *s = text_string(&out); *s != '\0'; s++)
			if (*s != ' ' && *s != '\n')
				text_add_bytes(&b, s, 1);
		assert_string_equal(text_string(&a), text_string(&b));
		text_free(&out);
		text_free(&a);
		text_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_has_no_codes),
	    cmocka_unit_test(colours_are_ended),
	    cmocka_unit_test(lines_are_broken),
	    cmocka_unit_test(nothing_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
