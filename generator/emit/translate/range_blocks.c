/* A range of numbers as the fewest blocks of fixed bits: the smallest disjunctive normal form of an interval (Schieber, Geist and
 * Zaks, 2005). tests/unit/test_range_blocks.c holds it against a search. SPDX-License-Identifier: MIT */
#include "generator/emit/translate/range_blocks.h"

static uint64_t bit(unsigned i) { return (uint64_t)1 << i; }

static uint64_t ones(unsigned n) { return n >= 64 ? UINT64_MAX : bit(n) - 1; }

/* The numbers from lo on: a 1 where lo - 1 has its highest 0, or its next one and the ones before it, and so on. */
static bool from(unsigned n, uint64_t lo, struct block_list *out)
{
	uint64_t above = 0, below = lo - 1;
	if (lo == 0)
		return vec_push(&out->all, (struct block){0, 0});
	for (unsigned i = n; i-- > 0;)
		if (below & bit(i))
			above |= bit(i);
		else if (!vec_push(&out->all, (struct block){above | bit(i), above | bit(i)}))
			return false;
	return true;
}

static bool up_to(unsigned n, uint64_t hi, struct block_list *out)
{
	size_t first = out->all.count;
	if (!from(n, ones(n) - hi, out))
		return false;
	for (size_t i = first; i < out->all.count; i++)
		out->all.items[i].value = 0;
	return true;
}

static void fix(struct block *b, uint64_t mask, uint64_t value)
{
	b->mask |= mask;
	b->value |= value;
}

/* The numbers have 0 in their highest bit and at least lo below it, or 1 and at most hi. */
static bool halves(unsigned n, uint64_t lo, uint64_t hi, struct block_list *out)
{
	size_t first = out->all.count;
	if (!from(n - 1, lo, out))
		return false;
	size_t second = out->all.count;
	if (!up_to(n - 1, hi, out))
		return false;
	for (size_t i = first; i < out->all.count; i++)
		fix(&out->all.items[i], bit(n - 1), i < second ? 0 : bit(n - 1));
	return true;
}

/* Blocks from `first` on are of the numbers without the bit t (the highest one), where s, the next one, stands for it. With `both`,
 * 0 there is s alone, and 1 is t alone: that needs the block of numbers with 0 and 1. Otherwise s is always `fixed`. */
static void put_between(struct block_list *out, size_t first, uint64_t t, uint64_t s, bool both, uint64_t fixed)
{
	for (size_t i = first; i < out->all.count; i++) {
		struct block *b = &out->all.items[i];
		bool tested = (b->mask & s) != 0, one = (b->value & s) != 0;
		if (both && !(tested && one))
			continue;
		b->mask &= ~s;
		b->value &= ~s;
		if (tested)
			fix(b, t, one ? t : 0);
		if (!both)
			fix(b, s, fixed);
	}
}

bool range_blocks(unsigned n, uint64_t lo, uint64_t hi, struct block_list *out)
{
	size_t first = out->all.count;
	uint64_t t = bit(n - 1), s = n > 1 ? bit(n - 2) : 0;
	if (lo == 0)
		return up_to(n, hi, out);
	if (hi == ones(n))
		return from(n, lo, out);
	if (((lo ^ hi) & t) == 0) {
		if (!range_blocks(n - 1, lo & ~t, hi & ~t, out))
			return false;
		for (size_t i = first; i < out->all.count; i++)
			fix(&out->all.items[i], t, lo & t);
		return true;
	}
	uint64_t below_lo = lo & ~s, below_hi = hi & ~t & ~s;
	if ((lo & s) > (hi & s)) /* no number is there both with t and without */
		return halves(n, lo, hi & ~t, out);
	if ((lo & s) == 0 && (hi & s) != 0 && below_lo > below_hi + 1) {
		/* 01…, 10…, and what is beside them. */
		if (!vec_push(&out->all, (struct block){t | s, s}) || !vec_push(&out->all, (struct block){t | s, t}))
			return false;
		return halves(n - 1, below_lo, below_hi, out);
	}
	/* One of 01… and 10… is a block; the rest is a range of numbers that are a bit shorter. */
	bool both = (lo & s) != (hi & s);
	if (!range_blocks(n - 1, below_lo, below_hi | s, out))
		return false;
	put_between(out, first, t, s, both, lo & s);
	return vec_push(&out->all, (struct block){t | s, both || (lo & s) == 0 ? s : t});
}

uint64_t bits_together(uint64_t value, uint64_t mask)
{
	uint64_t out = 0;
	for (unsigned to = 0; mask != 0; mask &= mask - 1, to++)
		if (value & mask & -mask)
			out |= bit(to);
	return out;
}

uint64_t bits_apart(uint64_t value, uint64_t mask)
{
	uint64_t out = 0;
	for (; mask != 0; mask &= mask - 1, value >>= 1)
		if (value & 1)
			out |= mask & -mask;
	return out;
}
