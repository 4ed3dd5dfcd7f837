/* The contents of a program's registers and memory: each bit of a word is a function of the call.
 * SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <string.h>

/* The most nodes of one computation. Mostly sums and comparisons of two loaded words reach it. */
#define OPERATION_LIMIT (1u << 15)

struct wanted {
	const struct words *words;
	const struct word *word;
};

static bool same_word(const void *context, size_t position)
{
	const struct wanted *want = context;
	return memcmp(&want->words->all.items[position], want->word, sizeof(*want->word)) == 0;
}

static uint32_t intern(struct words *w, const struct word *word)
{
	struct wanted want = {w, word};
	uint32_t hash = index_hash(0, word, sizeof(*word));
	size_t found = index_find(&w->index, hash, same_word, &want);
	if (found != SIZE_MAX)
		return (uint32_t)found;
	if (!vec_push(&w->all, *word) || !index_add(&w->index, hash, w->all.count - 1)) {
		w->diagram->failed = true;
		return WORD_OPAQUE;
	}
	return (uint32_t)w->all.count - 1;
}

void words_free(struct words *w)
{
	vec_free(&w->all);
	index_free(&w->index);
	*w = (struct words){.diagram = w->diagram, .fixed = w->fixed};
}

uint32_t word_constant(struct words *w, uint32_t value)
{
	struct word word;
	for (unsigned i = 0; i < 32; i++)
		word.bits[i] = (value >> i & 1) ? DIAGRAM_TRUE : DIAGRAM_FALSE;
	return intern(w, &word);
}

uint32_t word_input(struct words *w, uint32_t offset)
{
	struct word word;
	if (w->fixed != NULL && offset == offsetof(struct seccomp_data, nr))
		return word_constant(w, (uint32_t)w->fixed->nr);
	if (w->fixed != NULL && offset == offsetof(struct seccomp_data, arch))
		return word_constant(w, w->fixed->arch);
	for (unsigned i = 0; i < 32; i++)
		word.bits[i] = diagram_node(w->diagram, bit_position(offset, i), DIAGRAM_FALSE, DIAGRAM_TRUE);
	return intern(w, &word);
}

bool word_is_constant(const struct words *w, uint32_t word, uint32_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < 32; i++) {
		if (word == WORD_OPAQUE || w->all.items[word].bits[i] > DIAGRAM_TRUE)
			return false;
		*value |= w->all.items[word].bits[i] << i;
	}
	return true;
}

/* Begins a computation, which has a limit of nodes of its own. Returns the diagram's limit, for end(). */
static size_t begin(struct words *w)
{
	struct diagram *d = w->diagram;
	size_t whole = d->limit;
	if (d->nodes.count + OPERATION_LIMIT < whole)
		d->limit = d->nodes.count + OPERATION_LIMIT;
	return whole;
}

/* Ends a computation. Returns false where it reached its limit. */
static bool end(struct words *w, size_t whole)
{
	struct diagram *d = w->diagram;
	bool gave_up = d->full;
	if (d->limit < whole)
		d->full = false;
	d->limit = whole;
	return !gave_up && !d->failed;
}

static uint32_t not(struct diagram *d, uint32_t a)
{
	return diagram_if(d, a, DIAGRAM_FALSE, DIAGRAM_TRUE);
}

/* Computes a + b, or a - b as a + ~b + 1. */
static void add(struct diagram *d, const struct word *a, const struct word *b, bool subtract, struct word *out)
{
	uint32_t carry = subtract ? DIAGRAM_TRUE : DIAGRAM_FALSE;
	for (unsigned i = 0; i < 32; i++) {
		uint32_t x = a->bits[i], y = subtract ? not(d, b->bits[i]) : b->bits[i];
		uint32_t differ = diagram_if(d, x, not(d, y), y);
		out->bits[i] = diagram_if(d, differ, not(d, carry), carry);
		carry = diagram_if(d, differ, carry, x);
	}
}

/* Shifts a word by `by` bits to the left or to the right. */
static void shift(const struct word *a, unsigned by, bool left, struct word *out)
{
	for (unsigned i = 0; i < 32; i++) {
		unsigned from = left ? i - by : i + by; /* more than 31 (also below 0): a 0 comes in */
		out->bits[i] = from < 32 ? a->bits[from] : DIAGRAM_FALSE;
	}
}

/* Multiplies or divides constants. A divisor is not 0. */
static uint32_t fold(unsigned op, uint32_t a, uint32_t b)
{
	return op == BPF_MUL ? a * b : a / b;
}

uint32_t word_compute(struct words *w, unsigned op, uint32_t a, uint32_t b)
{
	struct diagram *d = w->diagram;
	uint32_t k, l;
	bool a_constant = word_is_constant(w, a, &l), b_constant = word_is_constant(w, b, &k);
	if (op == BPF_MUL || op == BPF_DIV)
		return a_constant && b_constant && (op == BPF_MUL || k != 0) ? word_constant(w, fold(op, l, k))
									    : WORD_OPAQUE;
	/* AND with 0 would make a known word of an opaque one, but no filter needs that. */
	if (a == WORD_OPAQUE || b == WORD_OPAQUE || ((op == BPF_LSH || op == BPF_RSH) && !b_constant))
		return WORD_OPAQUE;
	struct word x = w->all.items[a], y = w->all.items[b], out;
	size_t whole = begin(w);
	switch (op) {
	case BPF_ADD:
	case BPF_SUB:
		add(d, &x, &y, op == BPF_SUB, &out);
		break;
	case BPF_LSH:
	case BPF_RSH:
		shift(&x, k & 31, op == BPF_LSH, &out);
		break;
	default:
		for (unsigned i = 0; i < 32; i++)
			if (op == BPF_AND)
				out.bits[i] = diagram_if(d, x.bits[i], y.bits[i], DIAGRAM_FALSE);
			else if (op == BPF_OR)
				out.bits[i] = diagram_if(d, x.bits[i], DIAGRAM_TRUE, y.bits[i]);
			else
				out.bits[i] = diagram_if(d, x.bits[i], not(d, y.bits[i]), y.bits[i]);
	}
	return end(w, whole) ? intern(w, &out) : WORD_OPAQUE;
}

/* Goes from the lowest bit, which is asked last, to the highest: a bit decides the comparison, or leaves it to the lower bits. */
uint32_t word_compare(struct words *w, unsigned op, uint32_t a, uint32_t b)
{
	struct diagram *d = w->diagram;
	if (a == WORD_OPAQUE || b == WORD_OPAQUE)
		return NOT_FOLLOWED;
	struct word x = w->all.items[a], y = w->all.items[b];
	size_t whole = begin(w);
	uint32_t holds = op == BPF_JEQ || op == BPF_JGE ? DIAGRAM_TRUE : DIAGRAM_FALSE;
	for (unsigned i = 0; i < 32; i++) {
		uint32_t one, zero; /* where x's bit is 1, and where it is 0 */
		switch (op) {
		case BPF_JEQ:
			one = diagram_if(d, y.bits[i], holds, DIAGRAM_FALSE);
			zero = diagram_if(d, y.bits[i], DIAGRAM_FALSE, holds);
			break;
		case BPF_JSET:
			one = diagram_if(d, y.bits[i], DIAGRAM_TRUE, holds);
			zero = holds;
			break;
		default: /* BPF_JGE, BPF_JGT */
			one = diagram_if(d, y.bits[i], holds, DIAGRAM_TRUE);
			zero = diagram_if(d, y.bits[i], DIAGRAM_FALSE, holds);
		}
		holds = diagram_if(d, x.bits[i], one, zero);
	}
	return end(w, whole) ? holds : NOT_FOLLOWED;
}
