/* Turns a test of an argument into comparisons of its register. SPDX-License-Identifier: MIT */
#include "generator/emit/translate/range_blocks.h"
#include "generator/emit/translate/translate.h"

const char *comparison_sign(const struct comparison *c)
{
	static const char *const signs[] = {[COMPARE_MASKED] = "==", [COMPARE_LEAST] = ">=", [COMPARE_MOST] = "<=", [COMPARE_OTHER] = "!="};
	return signs[c->op];
}

/* Finds the values between lo and hi that the mask can have, by their rank among all such values.
 * false: there is none. */
static bool numbered(uint64_t mask, struct range r, struct range *out)
{
	uint64_t no_lo = r.lo & ~mask, no_hi = r.hi & ~mask, below, most = bits_together(mask, mask);
	*out = (struct range){bits_together(r.lo, mask), bits_together(r.hi, mask)};
	if (no_lo != 0) { /* the next value: add one to the bits above that one */
		below = bits_together(UINT64_MAX >> __builtin_clzll(no_lo), mask);
		if ((out->lo | below) == most)
			return false;
		out->lo = (out->lo | below) + 1;
	}
	if (no_hi != 0)
		out->hi |= bits_together(UINT64_MAX >> __builtin_clzll(no_hi), mask);
	return out->lo <= out->hi;
}

static bool add_blocks(const struct test *t, struct range r, struct comparison_list *out)
{
	struct block_list blocks = {0};
	bool room = range_blocks((unsigned)__builtin_popcountll(t->mask), r.lo, r.hi, &blocks);
	for (size_t i = 0; i < blocks.all.count && room; i++) {
		struct block b = blocks.all.items[i];
		room = vec_push(&out->all, (struct comparison){t->arg, COMPARE_MASKED, bits_apart(b.mask, t->mask), bits_apart(b.value, t->mask)});
	}
	vec_free(&blocks.all);
	return room;
}

/* Adds all numbers except one. */
static bool all_but_one(const struct test *t, uint64_t *value)
{
	const struct range *r = t->ranges.items;
	if (t->ranges.count != 2 || r[0].lo != 0 || r[1].hi != UINT64_MAX || r[1].lo - r[0].hi != 2)
		return false;
	*value = r[0].hi + 1;
	return true;
}

bool test_comparisons(const struct test *t, bool whole, struct comparison_list *out)
{
	uint64_t value;
	if (whole && all_but_one(t, &value))
		return vec_push(&out->all, (struct comparison){t->arg, COMPARE_OTHER, 0, value});
	if (t->mask == 0) /* always 0 */
		return t->ranges.count == 0 || t->ranges.items[0].lo > 0 || vec_push(&out->all, (struct comparison){t->arg, COMPARE_MASKED, 0, 0});
	for (size_t i = 0, next; i < t->ranges.count; i = next) {
		struct range r, more;
		next = i + 1;
		if (!numbered(t->mask, t->ranges.items[i], &r))
			continue;
		/* Ranges that are apart may be adjacent by rank. */
		for (; next < t->ranges.count && r.hi < UINT64_MAX; next++) {
			if (!numbered(t->mask, t->ranges.items[next], &more))
				continue;
			if (more.lo > r.hi + 1)
				break;
			r.hi = more.hi > r.hi ? more.hi : r.hi;
		}
		bool room;
		if (whole && r.lo < r.hi && r.hi == UINT64_MAX && r.lo > 0)
			room = vec_push(&out->all, (struct comparison){t->arg, COMPARE_LEAST, 0, r.lo});
		else if (whole && r.lo == 0 && r.hi < UINT64_MAX && r.lo < r.hi)
			room = vec_push(&out->all, (struct comparison){t->arg, COMPARE_MOST, 0, r.hi});
		else
			room = add_blocks(t, r, out);
		if (!room)
			return false;
	}
	return true;
}
