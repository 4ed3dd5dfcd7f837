/* Which characters are unsafe, compared with what perl knows of Unicode; and how each language writes them.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policies/base/escape.h"
#include "policies/json/json_text.h"

/* A line for each range: "from to". */
static const char perl[] =
    "perl -e 'no warnings; my $p = -2; my $s = -1;"
    "for my $c (0 .. 0x110000) {"
    "my $u = $c <= 0x10ffff && (($c >= 0xd800 && $c <= 0xdfff) || ($c >= 0xfff9 && $c <= 0xfffb) ||"
    "chr($c) =~ /[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Co}\\p{Default_Ignorable_Code_Point}\\p{Bidi_Control}"
    "\\p{Noncharacter_Code_Point}]/);"
    "if ($u && $s < 0) { $s = $c } if (!$u && $s >= 0) { print \"$s \", $c - 1, \"\\n\"; $s = -1 } }' 2>&1";

static void unicode(void **state)
{
	unsigned from, to, next = 0, ranges = 0;
	(void)state;
	FILE *f = system("perl -e 1 2>/dev/null") == 0 ? popen(perl, "r") : NULL;
	if (f == NULL)
		skip(); /* no perl here */
	while (fscanf(f, "%u %u", &from, &to) == 2) {
		for (; next < from; next++)
			if (escape_is_unsafe(next))
				fail_msg("U+%04X is unsafe here, and safe by perl", next);
		for (; next <= to; next++)
			if (!escape_is_unsafe(next))
				fail_msg("U+%04X is safe here, and unsafe by perl", next);
		ranges++;
	}
	pclose(f);
	assert_true(ranges > 20);
	assert_int_equal(next, 0x110000);
	assert_true(escape_is_unsafe(0x110000));
}

/* Some characters of each kind, and what is no UTF-8. */
static const struct {
	const char *text, *terminal, *html, *json;
} cases[] = {
    {"plain ~", "plain ~", "plain ~", "\"plain ~\""},
    {"\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80", "\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80",
     "\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80", "\"\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80\""},
    {"\x1b[m", "\\x1b[m", "\\x1b[m", "\"\\u001B[m\""},
    {"\x7f", "\\x7f", "\\x7f", "\"\\u007f\""},
    {"\xc2\x9b", "\\xc2\\x9b", "\\u{9b}", "\"\\u009b\""},
    {"\xd8\x9c", "\\xd8\\x9c", "\\u{61c}", "\"\\u061c\""},
    {"\xe2\x80\x8b", "\\xe2\\x80\\x8b", "\\u{200b}", "\"\\u200b\""},
    {"\xef\xbf\xbf", "\\xef\\xbf\\xbf", "\\u{ffff}", "\"\\uffff\""},
    {"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81", "\\u{e0041}", "\"\\udb40\\udc41\""},
    {"\xf4\x8f\xbf\xbd", "\\xf4\\x8f\\xbf\\xbd", "\\u{10fffd}", "\"\\udbff\\udffd\""},
    {"\x9b", "\\x9b", "\\x9b", "\"\\\\x9b\""},
    {"\xc0\x9b", "\\xc0\\x9b", "\\xc0\\x9b", "\"\\\\xc0\\\\x9b\""},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80", "\"\\\\xed\\\\xa0\\\\x80\""},
    {"<\"&'>", "<\"&'>", "&lt;&quot;&amp;&#39;&gt;", "\"<\\\"&'>\""},
    {"a\nb\tc", "a\\x0ab\\x09c", "a\\x0ab\\x09c", "\"a\\nb\\tc\""},
};

static void languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text terminal = {0}, html = {0}, json = {0};
		text_add_safe(&terminal, cases[i].text);
		html_escape(&html, cases[i].text);
		json_add_text(&json, cases[i].text);
		assert_string_equal(text_string(&terminal), cases[i].terminal);
		assert_string_equal(text_string(&html), cases[i].html);
		assert_string_equal(text_string(&json), cases[i].json);
		text_free(&terminal);
		text_free(&html);
		text_free(&json);
	}
	struct text lines = {0};
	text_add_safe_lines(&lines, "a\n\tb\rc");
	assert_string_equal(text_string(&lines), "a\n\tb\\x0dc");
	text_free(&lines);
}

/* The character that a string of JSON with nothing else stands for (RFC 8259, 7). */
static uint32_t read_json(const char *s)
{
	static const char letters[] = "bfnrt\"\\", values[] = "\b\f\n\r\t\"\\";
	unsigned high, low;
	uint32_t number;
	assert_int_equal(*s++, '"');
	if (sscanf(s, "\\u%4x\\u%4x\"", &high, &low) == 2)
		return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	if (sscanf(s, "\\u%4x\"", &high) == 1)
		return high;
	if (*s == '\\') {
		const char *letter = strchr(letters, s[1]);
		assert_non_null(letter);
		return (unsigned char)values[letter - letters];
	}
	assert_int_equal(s[escape_character(s, &number)], '"');
	return number;
}

/* Every character comes back from JSON as it was; what is unsafe is written in ASCII. */
static void json(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		char s[5] = {(char)c};
		int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (more > 0)
			s[0] = (char)((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | c >> 6 * more);
		for (int i = 1; i <= more; i++)
			s[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3f));
		uint32_t number;
		struct text out = {0};
		assert_int_equal(escape_character(s, &number), more + 1);
		assert_int_equal(number, c);
		json_add_string(&out, s);
		assert_int_equal(read_json(text_string(&out)), c);
		for (size_t i = 0; i < out.count && escape_is_unsafe(c); i++)
			assert_true(out.bytes[i] >= ' ' && out.bytes[i] <= '~');
		text_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(unicode),
	    cmocka_unit_test(languages),
	    cmocka_unit_test(json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
