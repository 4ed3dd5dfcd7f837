/* Decision diagrams over the bits of a call: equal functions are one node (Bryant, 1986).
 * SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* Limits that no policy written by people comes near: 150 MB, and about ten seconds. */
#define NODES_MOST (1u << 22)
#define MADE_MOST  (1u << 24)
#define CACHE_MOST (1u << 20)

#define FIRST_SIZE 1024
#define VISITS_MOST 65536

/* A remembered result of diagram_if, or of diagram_where_known (WHERE_KNOWN is its condition). A slot with yes = no = 0 is free:
 * diagram_if never looks up a choice between false and false. */
struct remembered {
	uint32_t condition, yes, no, result;
};

#define WHERE_KNOWN UINT32_MAX

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the words of an argument are the other way round on a big-endian machine"
#endif

/* The words (offsets / 4) in the order in which they are asked. High words come before low ones, so that a comparison of a 64-bit
 * value has one node per bit. */
static const uint8_t order[16] = {1, 0, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14, 3, 2};

_Static_assert(sizeof(struct seccomp_data) == 64, "struct seccomp_data has 16 words");

uint32_t bit_position(uint32_t offset, unsigned bit)
{
	uint32_t rank = 0;
	while (order[rank] != offset / 4)
		rank++;
	return 32 * rank + (31 - bit);
}

void bit_set(struct seccomp_data *call, uint32_t position, bool value)
{
	char *at = (char *)call + 4 * (size_t)order[position / 32];
	uint32_t word, bit = 1u << (31 - position % 32);
	memcpy(&word, at, sizeof(word));
	word = value ? word | bit : word & ~bit;
	memcpy(at, &word, sizeof(word));
}

static uint32_t hash_of(uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t h = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 29 ^ c) * 0xbf58476d1ce4e5b9u;
	return (uint32_t)(h >> 32);
}

static void fill_buckets(struct diagram *d)
{
	memset(d->buckets, 0, d->bucket_count * sizeof(*d->buckets));
	for (size_t i = 0; i < d->nodes.count; i++) {
		struct choice_node *n = &d->nodes.items[i];
		uint32_t *bucket = &d->buckets[hash_of(n->lo, n->hi, n->bit) & (d->bucket_count - 1)];
		n->next = *bucket;
		*bucket = (uint32_t)i + 1;
	}
}

static bool grow_buckets(struct diagram *d)
{
	size_t count = d->bucket_count == 0 ? FIRST_SIZE : 2 * d->bucket_count;
	uint32_t *buckets = malloc(count * sizeof(*buckets));
	if (buckets == NULL)
		return false;
	free(d->buckets);
	d->buckets = buckets;
	d->bucket_count = count;
	fill_buckets(d);
	return true;
}

/* Makes the cache larger, and empty: it only saves time. Returns false where there is no memory. */
static bool grow_cache(struct diagram *d)
{
	size_t count = d->cache_count == 0 ? FIRST_SIZE : 4 * d->cache_count;
	struct remembered *cache = calloc(count, sizeof(*cache));
	if (cache == NULL)
		return false;
	free(d->cache);
	d->cache = cache;
	d->cache_count = count;
	return true;
}

static uint32_t intern(struct diagram *d, uint32_t bit, uint32_t lo, uint32_t hi)
{
	if (diagram_useless(d))
		return 0;
	uint32_t hash = hash_of(lo, hi, bit);
	for (uint32_t at = d->buckets[hash & (d->bucket_count - 1)]; at != 0; at = d->nodes.items[at - 1].next) {
		const struct choice_node *n = &d->nodes.items[at - 1];
		if (n->bit == bit && n->lo == lo && n->hi == hi)
			return at - 1;
	}
	if (d->nodes.count >= d->limit || d->made >= MADE_MOST) {
		d->full = true;
		return 0;
	}
	if ((d->nodes.count >= d->bucket_count && !grow_buckets(d)) ||
	    (d->nodes.count >= d->cache_count && d->cache_count < CACHE_MOST && !grow_cache(d))) {
		d->failed = true;
		return 0;
	}
	uint32_t *bucket = &d->buckets[hash & (d->bucket_count - 1)];
	if (!vec_push(&d->nodes, (struct choice_node){.lo = lo, .hi = hi, .next = *bucket, .bit = bit})) {
		d->failed = true;
		return 0;
	}
	*bucket = (uint32_t)d->nodes.count;
	d->made++;
	return (uint32_t)d->nodes.count - 1;
}

bool diagram_start(struct diagram *d)
{
	*d = (struct diagram){.limit = NODES_MOST};
	if (!grow_buckets(d) || !grow_cache(d))
		return false;
	/* The first two nodes are DIAGRAM_FALSE and DIAGRAM_TRUE. */
	diagram_end(d, END_VERDICT, 0);
	diagram_end(d, END_VERDICT, 1);
	return !d->failed;
}

void diagram_free(struct diagram *d)
{
	vec_free(&d->nodes);
	free(d->buckets);
	free(d->cache);
	*d = (struct diagram){0};
}

uint32_t diagram_end(struct diagram *d, enum end end, uint32_t value)
{
	return intern(d, BITS, value, end);
}

uint32_t diagram_node(struct diagram *d, uint32_t bit, uint32_t lo, uint32_t hi)
{
	return lo == hi ? lo : intern(d, bit, lo, hi);
}

/* Returns the rest of a function once a bit is known. The bit is not later than the function's first one. */
static uint32_t after(const struct diagram *d, uint32_t node, uint32_t bit, bool value)
{
	const struct choice_node *n = &d->nodes.items[node];
	if (n->bit != bit)
		return node;
	return value ? n->hi : n->lo;
}

static uint32_t first_bit(const struct diagram *d, uint32_t a, uint32_t b)
{
	uint32_t x = d->nodes.items[a].bit, y = d->nodes.items[b].bit;
	return x < y ? x : y;
}

static struct remembered *slot(struct diagram *d, uint32_t condition, uint32_t yes, uint32_t no)
{
	return &d->cache[hash_of(condition, yes, no) & (d->cache_count - 1)];
}

static bool known(const struct remembered *r, uint32_t condition, uint32_t yes, uint32_t no)
{
	return r->condition == condition && r->yes == yes && r->no == no && (yes | no) != 0;
}

/* Remembers a result and returns it. Meaningless results (diagram_useless) are not remembered. */
static uint32_t remember(struct diagram *d, uint32_t condition, uint32_t yes, uint32_t no, uint32_t result)
{
	if (diagram_useless(d))
		return 0;
	*slot(d, condition, yes, no) = (struct remembered){condition, yes, no, result};
	return result;
}

uint32_t diagram_if(struct diagram *d, uint32_t condition, uint32_t yes, uint32_t no)
{
	if (diagram_useless(d))
		return 0;
	if (condition == DIAGRAM_TRUE || yes == no)
		return yes;
	if (condition == DIAGRAM_FALSE)
		return no;
	if (yes == DIAGRAM_TRUE && no == DIAGRAM_FALSE)
		return condition;
	struct remembered *r = slot(d, condition, yes, no);
	if (known(r, condition, yes, no))
		return r->result;
	uint32_t bit = first_bit(d, yes, no);
	if (d->nodes.items[condition].bit < bit)
		bit = d->nodes.items[condition].bit;
	uint32_t lo = diagram_if(d, after(d, condition, bit, false), after(d, yes, bit, false), after(d, no, bit, false));
	uint32_t hi = diagram_if(d, after(d, condition, bit, true), after(d, yes, bit, true), after(d, no, bit, true));
	return remember(d, condition, yes, no, diagram_node(d, bit, lo, hi));
}

uint32_t diagram_where_known(struct diagram *d, uint32_t f, uint32_t otherwise)
{
	if (diagram_useless(d))
		return 0;
	if (f == otherwise)
		return f;
	if (diagram_is_end(d, f))
		return d->nodes.items[f].hi == END_UNKNOWN ? otherwise : f;
	struct remembered *r = slot(d, WHERE_KNOWN, f, otherwise);
	if (known(r, WHERE_KNOWN, f, otherwise))
		return r->result;
	uint32_t bit = first_bit(d, f, otherwise);
	uint32_t lo = diagram_where_known(d, after(d, f, bit, false), after(d, otherwise, bit, false));
	uint32_t hi = diagram_where_known(d, after(d, f, bit, true), after(d, otherwise, bit, true));
	return remember(d, WHERE_KNOWN, f, otherwise, diagram_node(d, bit, lo, hi));
}

static bool asks_before(const struct diagram *d, uint32_t node, uint32_t position, unsigned *visits)
{
	const struct choice_node *n = &d->nodes.items[node];
	if (n->bit == BITS)
		return true;
	return n->bit < position && (*visits)-- > 0 && asks_before(d, n->lo, position, visits) &&
	       asks_before(d, n->hi, position, visits);
}

bool diagram_asks_before(const struct diagram *d, uint32_t node, uint32_t position)
{
	unsigned visits = VISITS_MOST;
	return asks_before(d, node, position, &visits);
}

/* Children have smaller indices than their parents: one pass down marks what stays, one pass up moves it. */
bool diagram_collect(struct diagram *d, uint32_t *const *roots, size_t n)
{
	uint32_t *to = calloc(d->nodes.count, sizeof(*to)), kept = 0;
	if (to == NULL)
		return false;
	to[DIAGRAM_FALSE] = to[DIAGRAM_TRUE] = 1;
	for (size_t i = 0; i < n; i++)
		to[*roots[i]] = 1;
	for (size_t i = d->nodes.count; i-- > 0;)
		if (to[i] != 0 && d->nodes.items[i].bit != BITS)
			to[d->nodes.items[i].lo] = to[d->nodes.items[i].hi] = 1;
	for (size_t i = 0; i < d->nodes.count; i++) {
		struct choice_node node = d->nodes.items[i];
		if (to[i] == 0)
			continue;
		if (node.bit != BITS) {
			node.lo = to[node.lo];
			node.hi = to[node.hi];
		}
		to[i] = kept;
		d->nodes.items[kept++] = node;
	}
	for (size_t i = 0; i < n; i++)
		*roots[i] = to[*roots[i]];
	d->nodes.count = kept;
	fill_buckets(d);
	memset(d->cache, 0, d->cache_count * sizeof(*d->cache));
	free(to);
	return true;
}
