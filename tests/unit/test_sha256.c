/* SHA-256 against the examples of NIST (FIPS 180-4's examples and the million a's of the long message test).
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policies/base/sha256.h"

static void hex_of(struct sha256 *s, char out[65])
{
	uint8_t digest[32];
	sha256_end(s, digest);
	for (unsigned i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void examples(void **state)
{
	static const char *const rows[][2] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	};
	char hex[65];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t piece = 1; piece < 120; piece++) { /* added in pieces of every size */
			struct sha256 s = sha256_new();
			size_t n = strlen(rows[i][0]);
			for (size_t at = 0; at < n; at += piece)
				sha256_add(&s, rows[i][0] + at, n - at < piece ? n - at : piece);
			hex_of(&s, hex);
			assert_string_equal(hex, rows[i][1]);
		}
}

static void million(void **state)
{
	struct sha256 s = sha256_new();
	char hex[65], block[1000];
	(void)state;
	memset(block, 'a', sizeof(block));
	for (unsigned i = 0; i < 1000; i++)
		sha256_add(&s, block, sizeof(block));
	hex_of(&s, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Every length around the ends of blocks, against another implementation. */
static void lengths(void **state)
{
	char command[128], hex[65], expected[65];
	(void)state;
	if (system("sha256sum </dev/null >/dev/null 2>&1") != 0)
		skip();
	for (size_t n = 50; n < 140; n += 1) {
		struct sha256 s = sha256_new();
		for (size_t i = 0; i < n; i++)
			sha256_add(&s, "x", 1);
		hex_of(&s, hex);
		snprintf(command, sizeof(command), "head -c %zu /dev/zero | tr '\\0' x | sha256sum", n);
		FILE *f = popen(command, "r");
		assert_int_equal(fscanf(f, "%64s", expected), 1);
		pclose(f);
		assert_string_equal(hex, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(examples), cmocka_unit_test(million), cmocka_unit_test(lengths)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
