/* Ranges as blocks of fixed bits: they are the range, and no fewer blocks are, as a search of all ways finds for numbers of up to 6
 * bits. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "generator/emit/translate/range_blocks.h"

/* A set of numbers of up to 6 bits. */
static uint64_t members(struct block b, unsigned n)
{
	uint64_t set = 0;
	for (unsigned x = 0; x < 1u << n; x++)
		if ((x & b.mask) == b.value)
			set |= (uint64_t)1 << x;
	return set;
}

struct search {
	uint64_t blocks[729]; /* those within the range, without those within another */
	size_t count, best;
};

static size_t holding(const struct search *s, uint64_t number)
{
	size_t n = 0;
	for (size_t i = 0; i < s->count; i++)
		n += (s->blocks[i] & number) != 0;
	return n;
}

/* So many at least: numbers of which no two are in one block. */
static size_t at_least(const struct search *s, uint64_t left)
{
	size_t n = 0;
	for (; left != 0; n++) {
		uint64_t number = left & -left, near = number;
		for (size_t i = 0; i < s->count; i++)
			if (s->blocks[i] & number)
				near |= s->blocks[i];
		left &= ~near;
	}
	return n;
}

/* Covers what is left in all ways that could be better than the best one. */
static void cover(struct search *s, uint64_t left, size_t used)
{
	if (left == 0) {
		s->best = used < s->best ? used : s->best;
		return;
	}
	if (used + at_least(s, left) >= s->best)
		return;
	uint64_t hardest = left & -left;
	for (uint64_t rest = left; rest != 0; rest &= rest - 1)
		if (holding(s, rest & -rest) < holding(s, hardest))
			hardest = rest & -rest;
	for (size_t i = 0; i < s->count; i++)
		if (s->blocks[i] & hardest)
			cover(s, left & ~s->blocks[i], used + 1);
}

/* All blocks of n bits within the range that are in no larger one. */
static void find_blocks(struct search *s, unsigned n, uint64_t range)
{
	s->count = 0;
	for (unsigned fixed = 0; fixed <= n; fixed++) /* the larger ones first */
		for (uint64_t mask = 0; mask < 1u << n; mask++)
			for (uint64_t value = 0; value < 1u << n && __builtin_popcountll(mask) == (int)fixed; value++) {
				uint64_t set = members((struct block){mask, value}, n);
				bool within = (value & ~mask) != 0 || (set & ~range) != 0;
				for (size_t i = 0; i < s->count && !within; i++)
					within = (set & ~s->blocks[i]) == 0;
				if (!within)
					s->blocks[s->count++] = set;
			}
}

static void fewest(void **state)
{
	size_t ranges = 0, blocks = 0;
	(void)state;
	for (unsigned n = 1; n <= 6; n++)
		for (uint64_t lo = 0; lo < 1u << n; lo++)
			for (uint64_t hi = lo; hi < 1u << n; hi++) {
				struct block_list list = {0};
				struct search s;
				uint64_t range = 0, said = 0;
				for (uint64_t x = lo; x <= hi; x++)
					range |= (uint64_t)1 << x;
				assert_true(range_blocks(n, lo, hi, &list));
				for (size_t i = 0; i < list.all.count; i++)
					said |= members(list.all.items[i], n);
				if (said != range)
					fail_msg("%u bits: %d to %d", n, (int)lo, (int)hi);
				find_blocks(&s, n, range);
				s.best = list.all.count;
				cover(&s, range, 0);
				if (s.best < list.all.count)
					fail_msg("%u bits: %d to %d is %zu blocks, in place of %zu", n, (int)lo, (int)hi, list.all.count, s.best);
				ranges++;
				blocks += list.all.count;
				vec_free(&list.all);
			}
	print_message("%zu ranges, %zu blocks: no fewer would do\n", ranges, blocks);
}

/* Of 64 bits: numbers at every edge are in some block just where they are in the range. */
static void of_64_bits(void **state)
{
	static const struct {
		uint64_t lo, hi;
		size_t blocks;
	} cases[] = {{1, UINT64_MAX - 1, 64}, {0, UINT64_MAX, 1},		{5, 5, 1},		       {UINT64_MAX, UINT64_MAX, 1},
		     {0, UINT64_MAX - 1, 64}, {1, UINT64_MAX, 64},		{UINT64_MAX - 1, UINT64_MAX, 1}, {0x100, 0x1ff, 1},
		     {0x7fffffffffffffff, 0x8000000000000000, 2}, {0x123456789abcdef0, 0xfedcba9876543210, 0}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct block_list list = {0};
		assert_true(range_blocks(64, cases[i].lo, cases[i].hi, &list));
		assert_true(list.all.count < 128);
		if (cases[i].blocks > 0)
			assert_int_equal(list.all.count, cases[i].blocks);
		for (unsigned k = 0; k < 64 * 6; k++) {
			const uint64_t near[] = {cases[i].lo - 1, cases[i].lo, cases[i].lo + 1, cases[i].hi - 1, cases[i].hi, cases[i].hi + 1};
			uint64_t x = near[k % 6] ^ (k < 6 ? 0 : (uint64_t)1 << k / 6);
			bool in = false;
			for (size_t j = 0; j < list.all.count; j++)
				in |= (x & list.all.items[j].mask) == list.all.items[j].value;
			assert_int_equal(in, x >= cases[i].lo && x <= cases[i].hi);
		}
		vec_free(&list.all);
	}
}

static void bits_of_a_mask(void **state)
{
	(void)state;
	assert_int_equal(bits_together(0xa5, 0xf0), 0xa);
	assert_int_equal(bits_together(0x80000001, 0x80000001), 3);
	assert_int_equal(bits_apart(0xa, 0xf0), 0xa0);
	assert_true(bits_apart(UINT64_MAX, UINT64_MAX) == UINT64_MAX);
	for (uint64_t v = 0; v < 256; v++)
		assert_int_equal(bits_apart(bits_together(v, 0xaaaaaaaaaa), 0xaaaaaaaaaa), v & 0xaa);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fewest), cmocka_unit_test(of_64_bits), cmocka_unit_test(bits_of_a_mask)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
