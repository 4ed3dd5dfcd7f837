/* Finds what is known before each instruction of a filter, whichever path leads to it. SPDX-License-Identifier: MIT
 *
 * One pass is enough, because all jumps go forward. Where paths meet, the sets of numbers are united, and the rest is kept as far
 * as the paths agree. Where something is not known, a set becomes too large, never too small. */
#include "generator/inspect/dataflow.h"

#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

/* The calls in the tables need fewer ranges; a set that would need more becomes one range from its first to its last number. */
enum { RANGES_LIMIT = 512 };

/* Sets of numbers. ---------------------------------------------------------------------------------------------- */

static void numbers_clear(struct numbers *s)
{
	vec_free(&s->ranges);
}

/* Appends a range that begins after all others. */
static bool numbers_push(struct numbers *s, uint32_t lo, uint32_t hi)
{
	struct number_range *last = s->ranges.count > 0 ? &s->ranges.items[s->ranges.count - 1] : NULL;
	if (last != NULL && lo <= last->hi) {
		last->hi = hi > last->hi ? hi : last->hi;
		return true;
	}
	if (last != NULL && lo == last->hi + 1) {
		last->hi = hi;
		return true;
	}
	return vec_push(&s->ranges, (struct number_range){lo, hi});
}

static bool numbers_unite(struct numbers *into, const struct numbers *other)
{
	struct numbers out = {0};
	size_t a = 0, b = 0;
	bool ok = true;
	if (other->ranges.count == 0)
		return true;
	while (ok && (a < into->ranges.count || b < other->ranges.count)) {
		bool first = b == other->ranges.count ||
			     (a < into->ranges.count && into->ranges.items[a].lo <= other->ranges.items[b].lo);
		struct number_range r = first ? into->ranges.items[a++] : other->ranges.items[b++];
		ok = numbers_push(&out, r.lo, r.hi);
	}
	if (out.ranges.count > RANGES_LIMIT) {
		out.ranges.items[0].hi = out.ranges.items[out.ranges.count - 1].hi;
		out.ranges.count = 1;
	}
	numbers_clear(into);
	*into = out;
	return ok;
}

/* Appends the numbers that are in both sets; with `without`, those that are in a and not in b. Returns false where there is no
 * memory. */
static bool numbers_pick(const struct numbers *a, const struct numbers *b, bool without, struct numbers *out)
{
	size_t k = 0;
	bool ok = true;
	for (size_t i = 0; ok && i < a->ranges.count; i++) {
		struct number_range r = a->ranges.items[i];
		uint64_t next = r.lo; /* the numbers below it are done */
		while (k < b->ranges.count && b->ranges.items[k].hi < r.lo)
			k++;
		for (size_t j = k; ok && j < b->ranges.count && b->ranges.items[j].lo <= r.hi; j++) {
			uint32_t lo = b->ranges.items[j].lo > r.lo ? b->ranges.items[j].lo : r.lo;
			uint32_t hi = b->ranges.items[j].hi < r.hi ? b->ranges.items[j].hi : r.hi;
			if (!without)
				ok = numbers_push(out, lo, hi);
			else if (next < lo)
				ok = numbers_push(out, (uint32_t)next, lo - 1);
			next = (uint64_t)hi + 1;
		}
		if (without && ok && next <= r.hi)
			ok = numbers_push(out, (uint32_t)next, r.hi);
	}
	return ok;
}

bool numbers_all(const struct numbers *s)
{
	return s->ranges.count == 1 && s->ranges.items[0].lo == 0 && s->ranges.items[0].hi == UINT32_MAX;
}

bool numbers_equal(const struct numbers *a, const struct numbers *b)
{
	return a->ranges.count == b->ranges.count &&
	       (a->ranges.count == 0 ||
		memcmp(a->ranges.items, b->ranges.items, a->ranges.count * sizeof(a->ranges.items[0])) == 0);
}

bool numbers_have(const struct numbers *s, uint32_t nr)
{
	for (size_t i = 0; i < s->ranges.count && s->ranges.items[i].lo <= nr; i++)
		if (nr <= s->ranges.items[i].hi)
			return true;
	return false;
}

uint64_t numbers_count(const struct numbers *s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s->ranges.count; i++)
		n += (uint64_t)s->ranges.items[i].hi - s->ranges.items[i].lo + 1;
	return n;
}

/* Comparisons. -------------------------------------------------------------------------------------------------- */

static bool compare(uint8_t op, uint32_t a, uint32_t k)
{
	switch (op) {
	case BPF_JEQ:
		return a == k;
	case BPF_JGT:
		return a > k;
	case BPF_JGE:
		return a >= k;
	default:
		return (a & k) != 0;
	}
}

enum answer { FAILED, UNTOLD, TOLD };

/* Adds the numbers whose bits of a mask are `value`. Each free bit above the mask's lowest bit doubles the number of ranges; UNTOLD
 * where there would be many. */
static enum answer pattern(uint32_t mask, uint32_t value, struct numbers *out)
{
	uint32_t below = mask == 0 ? UINT32_MAX : (mask & -mask) - 1, free_bits = ~mask & ~below, bits = 0;
	if ((value & ~mask) != 0)
		return TOLD;
	if (__builtin_popcount(free_bits) > 4)
		return UNTOLD;
	do {
		if (!numbers_push(out, value | bits, value | bits | below))
			return FAILED;
		bits = (bits - free_bits) & free_bits; /* the next subset */
	} while (bits != 0);
	return TOLD;
}

/* Adds the numbers whose masked bits meet a comparison. */
static enum answer numbers_where(uint8_t op, uint32_t mask, uint32_t k, struct numbers *out)
{
	static struct number_range everything = {0, UINT32_MAX};
	struct numbers all = {{&everything, 1, 1}}, clear = {0};
	enum answer told;
	switch (op) {
	case BPF_JEQ:
		return pattern(mask, k, out);
	case BPF_JSET:
		told = pattern(mask & k, 0, &clear);
		if (told == TOLD && !numbers_pick(&all, &clear, true, out))
			told = FAILED;
		numbers_clear(&clear);
		return told;
	default:
		if (mask != UINT32_MAX)
			return UNTOLD;
		if (op == BPF_JGT && k == UINT32_MAX)
			return TOLD;
		return numbers_push(out, op == BPF_JGT ? k + 1 : k, UINT32_MAX) ? TOLD : FAILED;
	}
}

/* The states after instructions. -------------------------------------------------------------------------------- */

static void clear(struct dataflow *r)
{
	for (int i = 0; i < DATAFLOW_ARCHS; i++)
		numbers_clear(&r->numbers[i]);
}

bool dataflow_never(const struct dataflow *r)
{
	for (int i = 0; i < DATAFLOW_ARCHS; i++)
		if (r->numbers[i].ranges.count > 0)
			return false;
	return true;
}

int dataflow_only_arch(const struct dataflow *r)
{
	int only = -1;
	for (int arch = 0; arch < DATAFLOW_ARCHS; arch++) {
		if (r->numbers[arch].ranges.count == 0)
			continue;
		if (only >= 0)
			return -1;
		only = arch;
	}
	return only == DATAFLOW_OTHER ? -1 : only;
}

static bool numbers_within(const struct numbers *a, const struct numbers *b)
{
	size_t k = 0;
	for (size_t i = 0; i < a->ranges.count; i++) {
		while (k < b->ranges.count && b->ranges.items[k].hi < a->ranges.items[i].lo)
			k++;
		if (k == b->ranges.count || b->ranges.items[k].lo > a->ranges.items[i].lo ||
		    b->ranges.items[k].hi < a->ranges.items[i].hi)
			return false;
	}
	return true;
}

bool dataflow_within(const struct dataflow *a, const struct dataflow *b)
{
	for (int arch = 0; arch < DATAFLOW_ARCHS; arch++)
		if (!numbers_within(&a->numbers[arch], &b->numbers[arch]))
			return false;
	return true;
}

bool dataflow_same_calls(const struct dataflow *a, const struct dataflow *b)
{
	for (int i = 0; i < DATAFLOW_ARCHS; i++)
		if (!numbers_equal(&a->numbers[i], &b->numbers[i]))
			return false;
	return true;
}

/* Adds a path to an instruction's state. Returns false where there is no memory. */
static bool meet(struct dataflow *at, const struct dataflow *from)
{
	bool ok = true;
	if (dataflow_never(from))
		return true;
	if (dataflow_never(at)) {
		at->word = from->word;
		at->mask = from->mask;
		at->known = from->known;
		memcpy(at->value, from->value, sizeof(at->value));
	} else {
		if (at->word != from->word || at->mask != from->mask)
			at->word = -1;
		for (int i = 0; i < DATAFLOW_WORDS; i++)
			if (!(from->known & 1u << i) || from->value[i] != at->value[i])
				at->known &= (uint16_t) ~(1u << i);
	}
	for (int i = 0; i < DATAFLOW_ARCHS; i++)
		ok = numbers_unite(&at->numbers[i], &from->numbers[i]) && ok;
	return ok;
}

/* Returns whether calls of an architecture can be left after a comparison of the architecture with that result. */
static bool keep_arch(const struct dataflow *r, const struct sock_filter *i, int arch, bool holds)
{
	if (arch < ARCH_COUNT)
		return compare(BPF_OP(i->code), arch_audit((enum arch)arch) & r->mask, i->k) == holds;
	/* An architecture that the tables do not have may be any other value. */
	return !holds || BPF_OP(i->code) != BPF_JEQ || r->mask != UINT32_MAX || arch_by_audit(i->k) < 0;
}

/* Adds to *to what is known after a comparison with that result. Returns false where there is no memory. */
static bool branch(const struct dataflow *r, const struct sock_filter *i, bool holds, struct dataflow *to)
{
	struct dataflow out = {.word = r->word, .mask = r->mask, .known = r->known};
	struct numbers where = {0};
	memcpy(out.value, r->value, sizeof(out.value));
	bool constant = BPF_SRC(i->code) == BPF_K && r->word >= 0, ok = true;
	enum answer told = UNTOLD;
	unsigned word = r->word >= 0 ? (unsigned)r->word / 4 : 0;
	if (constant && r->word == WORD_NR) {
		told = numbers_where(BPF_OP(i->code), r->mask, i->k, &where);
		ok = told != FAILED;
	} else if (constant && r->word != WORD_ARCH) {
		if (((r->known & 1u << word) || r->mask == 0) && compare(BPF_OP(i->code), r->value[word] & r->mask, i->k) != holds)
			return true; /* the comparison never has that result */
		if (BPF_OP(i->code) == BPF_JEQ && holds && r->mask == UINT32_MAX) {
			out.known |= (uint16_t)(1u << word);
			out.value[word] = i->k;
		}
	}
	for (int arch = 0; ok && arch < DATAFLOW_ARCHS; arch++) {
		if (constant && r->word == WORD_ARCH && !keep_arch(r, i, arch, holds))
			continue;
		ok = told == TOLD ? numbers_pick(&r->numbers[arch], &where, !holds, &out.numbers[arch])
				  : numbers_unite(&out.numbers[arch], &r->numbers[arch]);
	}
	ok = ok && meet(to, &out);
	clear(&out);
	numbers_clear(&where);
	return ok;
}

/* Adds what is known after instruction `at` to the states of its successors. Returns false where there is no memory. */
static bool follow(const struct sock_filter *code, size_t at, struct dataflow *all)
{
	const struct sock_filter *i = &code[at];
	struct dataflow after = all[at]; /* shares the sets */
	switch (BPF_CLASS(i->code)) {
	case BPF_RET:
		return true;
	case BPF_JMP:
		if (BPF_OP(i->code) == BPF_JA)
			return meet(&all[at + 1 + i->k], &all[at]);
		return branch(&all[at], i, true, &all[at + 1 + i->jt]) &&
		       branch(&all[at], i, false, &all[at + 1 + i->jf]);
	case BPF_LD:
		after.word = BPF_MODE(i->code) == BPF_ABS ? (int)i->k : -1;
		after.mask = UINT32_MAX;
		break;
	case BPF_ALU:
		if (i->code == (BPF_ALU | BPF_AND | BPF_K))
			after.mask &= i->k;
		else
			after.word = -1;
		break;
	case BPF_MISC:
		if (BPF_MISCOP(i->code) == BPF_TXA)
			after.word = -1;
		break;
	}
	if (after.word < 0)
		after.mask = UINT32_MAX; /* the mask of an unknown word is always the same */
	return meet(&all[at + 1], &after);
}

struct dataflow *dataflow_find(const struct sock_filter *code, size_t n)
{
	struct dataflow *all = calloc(n, sizeof(*all));
	bool ok = all != NULL;
	for (size_t at = 0; ok && at < n; at++)
		all[at].word = -1;
	for (int arch = 0; ok && arch < DATAFLOW_ARCHS; arch++)
		ok = numbers_push(&all[0].numbers[arch], 0, UINT32_MAX);
	for (size_t at = 0; ok && at < n; at++)
		if (!dataflow_never(&all[at]))
			ok = follow(code, at, all);
	if (!ok) {
		dataflow_free(all, n);
		return NULL;
	}
	return all;
}

void dataflow_free(struct dataflow *r, size_t n)
{
	for (size_t i = 0; r != NULL && i < n; i++)
		clear(&r[i]);
	free(r);
}
