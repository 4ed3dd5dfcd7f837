/* Lowers the rules of one call: makes decisions of their alternatives, in every order of the arguments, because the order decides
 * how much can be shared.
 * SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The most arguments that are tried in every order, the most words that may be asked, and the most steps of one order. */
#define ORDERED_MOST 4
#define WORDS_MOST   128
#define STEPS_MOST   ((size_t)1 << 19)

/* An alternative without tests that always hold. The tests share their ranges with the policy. */
struct choice {
	VEC(struct test) tests;
};

/* A masked word, and its rank in the order. */
struct asked {
	uint16_t word;
	uint32_t mask;
	unsigned rank;
};

/* Graphs f and g were joined to `result`. */
struct joined {
	uint32_t f, g, result;
};

/* Joining two graphs: where one of them ends in `absorbing`, so does the result; where one ends in `neutral`, the other one
 * decides. Both graphs have these two ends only. With `ordered` the second graph may have any ends. */
struct joining {
	struct decisions *d;
	uint32_t absorbing, neutral;
	const struct asked *asked; /* by word and mask */
	size_t asked_count;
	VEC(struct joined) done;
	struct index index;
	size_t *steps; /* the work left, shared by all joinings */
	bool ordered, gave_up;
};

/* Tests. --------------------------------------------------------------------------------------------------- */

static bool always_holds(const struct test *t)
{
	return t->ranges.count == 1 && t->ranges.items[0].lo == 0 && t->ranges.items[0].hi >= t->mask;
}

/* Returns whether the test is that no bit of the mask is set. */
static bool wants_zero(const struct test *t)
{
	return t->ranges.count == 1 && t->ranges.items[0].hi == 0;
}

/* Adds a test to an alternative. Two tests that no bit of a mask is set become one test of both masks. */
static bool add_test(struct choice *c, const struct test *t)
{
	for (size_t i = 0; wants_zero(t) && i < c->tests.count; i++)
		if (c->tests.items[i].arg == t->arg && wants_zero(&c->tests.items[i])) {
			c->tests.items[i].mask |= t->mask;
			return true;
		}
	return vec_push(&c->tests, *t);
}

/* Appends the alternative's tests, except those that always hold. Returns 1; 0 where the alternative never holds; -1 where there
 * is no memory. */
static int simplify(const struct alternative *a, struct choice *out)
{
	for (size_t i = 0; i < a->tests.count; i++) {
		const struct test *t = &a->tests.items[i];
		if (t->ranges.count == 0)
			return 0;
		if (!always_holds(t) && !add_test(out, t))
			return -1;
	}
	return 1;
}

/* From `lo` on (to the next case's) a 64-bit value leads to decision `to`. */
struct value_case {
	uint64_t lo;
	uint32_t to;
};

/* Splits a 64-bit value by its high word, and by its low word where a border lies within one high word. */
static uint32_t split_value(struct decisions *d, unsigned arg, uint64_t mask, const struct value_case *cases, size_t n)
{
	struct edge *low = calloc(n + 1, sizeof(*low)), *high = calloc(2 * n, sizeof(*high));
	size_t highs = 0;
	uint32_t result = 0;
	d->failed |= low == NULL || high == NULL;
	for (size_t i = 0; i < n && !d->failed;) {
		uint32_t top = (uint32_t)(cases[i].lo >> 32);
		size_t lows = 0;
		if ((uint32_t)cases[i].lo != 0)
			low[lows++] = (struct edge){0, cases[i - 1].to};
		for (; i < n && cases[i].lo >> 32 == top; i++)
			low[lows++] = (struct edge){(uint32_t)cases[i].lo, cases[i].to};
		high[highs++] = (struct edge){top, decision_split(d, WORD_LOW(arg), (uint32_t)mask, low, lows)};
		if (top != UINT32_MAX && (i == n || cases[i].lo >> 32 != (uint64_t)top + 1))
			high[highs++] = (struct edge){top + 1, cases[i - 1].to};
	}
	if (!d->failed)
		result = decision_split(d, WORD_HIGH(arg), (uint32_t)(mask >> 32), high, highs);
	free(low);
	free(high);
	return result;
}

static uint32_t split_test(struct decisions *d, const struct test *t, uint32_t yes, uint32_t no)
{
	VEC(struct value_case) cases = {0};
	bool room = vec_reserve(&cases, 2 * t->ranges.count + 1);
	if (room)
		cases.items[cases.count++] = (struct value_case){0, no};
	for (size_t i = 0; room && i < t->ranges.count; i++) {
		const struct range *r = &t->ranges.items[i];
		if (r->lo == 0)
			cases.count = 0;
		cases.items[cases.count++] = (struct value_case){r->lo, yes};
		if (r->hi != UINT64_MAX)
			cases.items[cases.count++] = (struct value_case){r->hi + 1, no};
	}
	uint32_t result = room ? split_value(d, t->arg, t->mask, cases.items, cases.count) : 0;
	d->failed |= !room;
	vec_free(&cases);
	return result;
}

/* Joining. -------------------------------------------------------------------------------------------------- */

static int by_word(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;
	if (x->word != y->word)
		return x->word < y->word ? -1 : 1;
	return (x->mask > y->mask) - (x->mask < y->mask);
}

static unsigned rank_of(const struct joining *j, const struct decision *n)
{
	struct asked key = {n->word, n->mask, 0};
	if (n->word == WORD_NONE)
		return UINT_MAX;
	const struct asked *found = bsearch(&key, j->asked, j->asked_count, sizeof(key), by_word);
	return found->rank;
}

struct looking {
	const struct joining *j;
	uint32_t f, g;
};

static bool same_pair(const void *context, size_t position)
{
	const struct looking *l = context;
	const struct joined *x = &l->j->done.items[position];
	return x->f == l->f && x->g == l->g;
}

static uint32_t join(struct joining *j, uint32_t f, uint32_t g);

/* Joins two graphs that are not joined yet: walks through both lists of edges side by side. A graph whose first word comes later
 * in the order counts as one edge to itself. */
static uint32_t join_edges(struct joining *j, uint32_t f, uint32_t g)
{
	struct decision x = j->d->all.items[f], y = j->d->all.items[g];
	unsigned at_f = rank_of(j, &x), at_g = rank_of(j, &y);
	size_t xs = at_f <= at_g ? x.count : 0, ys = at_g <= at_f ? y.count : 0, n = 0;
	struct edge *edges = calloc(xs + ys, sizeof(*edges));
	if (edges == NULL) {
		j->d->failed = true;
		return 0;
	}
	if (xs + ys > *j->steps)
		j->gave_up = true;
	else
		*j->steps -= xs + ys;
	uint32_t left = f, right = g;
	for (size_t a = 0, b = 0; (a < xs || b < ys) && !j->gave_up && !j->d->failed; n++) {
		const struct edge *all = j->d->edges.items;
		uint64_t lo_a = a < xs ? all[x.first + a].lo : UINT64_MAX, lo_b = b < ys ? all[y.first + b].lo : UINT64_MAX;
		if (lo_a <= lo_b)
			left = all[x.first + a++].to;
		if (lo_b <= lo_a)
			right = all[y.first + b++].to;
		edges[n].lo = (uint32_t)(lo_a < lo_b ? lo_a : lo_b);
		edges[n].to = join(j, left, right);
	}
	const struct decision *first = at_f <= at_g ? &x : &y;
	uint32_t result = j->gave_up || j->d->failed ? 0 : decision_split(j->d, first->word, first->mask, edges, n);
	free(edges);
	return result;
}

static uint32_t join(struct joining *j, uint32_t f, uint32_t g)
{
	if (f == g || f == j->absorbing || g == j->neutral)
		return f;
	if (g == j->absorbing || f == j->neutral)
		return g;
	bool swap = !j->ordered && g < f;
	struct looking l = {j, swap ? g : f, swap ? f : g};
	uint32_t pair[] = {l.f, l.g}, hash = index_hash(0, pair, sizeof(pair));
	size_t found = index_find(&j->index, hash, same_pair, &l);
	if (found != SIZE_MAX)
		return j->done.items[found].result;
	uint32_t result = join_edges(j, l.f, l.g);
	if (!vec_push(&j->done, (struct joined){l.f, l.g, result}) || !index_add(&j->index, hash, j->done.count - 1))
		j->d->failed = true;
	return result;
}

static void joining_free(struct joining *j)
{
	vec_free(&j->done);
	index_free(&j->index);
}

/* Orders. --------------------------------------------------------------------------------------------------- */

/* A rule: answers `yes` where one of its choices holds, or `always`. */
struct ruled {
	VEC(struct choice) choices;
	bool always;
	uint32_t yes;
};

struct lowering {
	struct decisions *d;
	const struct ruled *rules;
	size_t count;
	uint32_t otherwise;
	/* Of one order: */
	const struct asked *asked;
	size_t asked_count, *steps;
	/* Of one rule of it: */
	uint32_t yes, no;
	struct joining all_of, any_of;
};

static uint32_t all_tests(struct lowering *l, const struct choice *c)
{
	uint32_t result = l->yes;
	for (size_t i = c->tests.count; i-- > 0 && !l->all_of.gave_up;)
		result = join(&l->all_of, split_test(l->d, &c->tests.items[i], l->yes, l->no), result);
	return result;
}

static bool gave_up(const struct lowering *l)
{
	return l->all_of.gave_up || l->any_of.gave_up || l->d->failed || l->d->too_big;
}

static uint32_t any_choice(struct lowering *l, const struct choice *choices, size_t n)
{
	if (gave_up(l))
		return l->no;
	if (n == 1)
		return all_tests(l, choices);
	uint32_t a = any_choice(l, choices, n / 2), b = any_choice(l, choices + n / 2, n - n / 2);
	return gave_up(l) ? l->no : join(&l->any_of, a, b);
}

/* Makes the graph of a rule, which leads to `otherwise` where the rule does not hold. Sets *fits to false where that takes too
 * many steps. */
static uint32_t rule_or(struct lowering *l, const struct ruled *r, uint32_t otherwise, bool *fits)
{
	/* No rule ends in this. */
	uint32_t neutral = decision_end(l->d, UINT32_MAX);
	bool end = l->d->all.items[otherwise].word == WORD_NONE;
	if (otherwise == r->yes || r->always || r->choices.count == 0 || l->d->failed || l->d->too_big)
		return r->always ? r->yes : otherwise;
	l->yes = r->yes;
	l->no = end ? otherwise : neutral;
	l->all_of = (struct joining){l->d, l->no, l->yes, l->asked, l->asked_count, .steps = l->steps};
	l->any_of = (struct joining){l->d, l->yes, l->no, l->asked, l->asked_count, .steps = l->steps};
	uint32_t result = any_choice(l, r->choices.items, r->choices.count);
	*fits = *fits && !l->all_of.gave_up && !l->any_of.gave_up;
	joining_free(&l->all_of);
	joining_free(&l->any_of);
	if (end || !*fits || l->d->failed || l->d->too_big)
		return result;
	struct joining over = {l->d, l->yes, l->no, l->asked, l->asked_count, .steps = l->steps, .ordered = true};
	result = join(&over, result, otherwise);
	*fits = !over.gave_up;
	joining_free(&over);
	return result;
}

/* An argument and a mask that tests use together. */
struct key {
	uint8_t arg;
	uint64_t mask;
	bool zero; /* all its tests only ask whether no bit is set */
};

struct keys {
	VEC(struct key) all;
};

static bool collect_keys(const struct choice *choices, size_t n, struct keys *out)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < choices[i].tests.count; k++) {
			const struct test *t = &choices[i].tests.items[k];
			size_t at = 0;
			while (at < out->all.count && (out->all.items[at].arg != t->arg || out->all.items[at].mask != t->mask))
				at++;
			if (at < out->all.count)
				out->all.items[at].zero &= wants_zero(t);
			else if (at > WORDS_MOST || !vec_push(&out->all, (struct key){t->arg, t->mask, wants_zero(t)}))
				return at > WORDS_MOST;
		}
	return true;
}

/* Orders the masks of one argument: tests for zero first, because JSET leaves the word in the accumulator; then larger masks first,
 * because a mask within the one before needs no load (node_graph.c). */
static int by_use(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	if (x->zero != y->zero)
		return x->zero ? -1 : 1;
	int bits_x = __builtin_popcountll(x->mask), bits_y = __builtin_popcountll(y->mask);
	if (bits_x != bits_y)
		return bits_x > bits_y ? -1 : 1;
	return (x->mask > y->mask) - (x->mask < y->mask);
}

/* Lists all words in the order that follows from one order of the arguments, and sorts them for look-ups. Returns their number. */
static size_t order_words(const struct keys *k, const uint8_t *args, size_t arg_count, struct asked *out)
{
	size_t n = 0;
	for (size_t i = 0; i < arg_count; i++)
		for (int half = 1; half >= 0; half--)
			for (size_t at = 0; at < k->all.count; at++) {
				const struct key *key = &k->all.items[at];
				uint32_t mask = (uint32_t)(key->mask >> 32 * half);
				if (key->arg != args[i] || mask == 0)
					continue;
				uint16_t word = half ? WORD_HIGH(args[i]) : WORD_LOW(args[i]);
				bool known = false;
				for (size_t o = 0; o < n && !known; o++)
					known = out[o].word == word && out[o].mask == mask;
				if (!known) {
					out[n] = (struct asked){word, mask, (unsigned)n};
					n++;
				}
			}
	qsort(out, n, sizeof(*out), by_word);
	return n;
}

static bool add_root(struct roots *out, uint32_t root)
{
	for (size_t i = 0; i < out->of.count; i++)
		if (out->of.items[i] == root)
			return true;
	return vec_push(&out->of, root);
}

/* Adds the graph for one order, made from the last rule to the first. Adds none where that takes too many steps. Returns false
 * where there is no memory. */
static bool lower_order(struct lowering *l, const struct keys *k, const uint8_t *args, size_t arg_count, size_t *steps,
			struct roots *out)
{
	struct asked asked[2 * (WORDS_MOST + 1)];
	size_t n = order_words(k, args, arg_count, asked);
	size_t most = *steps < STEPS_MOST ? *steps : STEPS_MOST, left = most;
	uint32_t root = l->otherwise;
	bool fits = true;
	l->asked = asked;
	l->asked_count = n;
	l->steps = &left;
	for (size_t i = l->count; i-- > 0 && fits;)
		root = rule_or(l, &l->rules[i], root, &fits);
	*steps -= most - left;
	l->steps = NULL; /* both are gone with this function */
	l->asked = NULL;
	return l->d->failed || l->d->too_big || !fits || add_root(out, root);
}

/* The next permutation in ascending order; false after the last. */
static bool next_order(uint8_t *args, size_t n)
{
	size_t i = n - 1;
	while (i > 0 && args[i - 1] >= args[i])
		i--;
	if (i == 0)
		return false;
	size_t swap = n - 1;
	while (args[swap] <= args[i - 1])
		swap--;
	uint8_t kept = args[i - 1];
	args[i - 1] = args[swap];
	args[swap] = kept;
	for (size_t low = i, high = n - 1; low < high; low++, high--) {
		kept = args[low];
		args[low] = args[high];
		args[high] = kept;
	}
	return true;
}

static bool lower_orders(struct lowering *l, size_t *steps, struct roots *out)
{
	struct keys k = {0};
	uint8_t args[6];
	size_t n = 0;
	bool room = true;
	for (size_t i = 0; i < l->count && room; i++)
		room = collect_keys(l->rules[i].choices.items, l->rules[i].choices.count, &k);
	if (k.all.count > 1)
		qsort(k.all.items, k.all.count, sizeof(*k.all.items), by_use);
	for (uint8_t arg = 0; arg < 6; arg++)
		for (size_t i = 0; i < k.all.count; i++)
			if (k.all.items[i].arg == arg) {
				args[n++] = arg;
				break;
			}
	if (room && n == 0)
		room = lower_order(l, &k, args, n, steps, out);
	else if (room && k.all.count <= WORDS_MOST)
		do
			room = lower_order(l, &k, args, n, steps, out);
		while (room && n <= ORDERED_MOST && next_order(args, n));
	vec_free(&k.all);
	return room;
}

/* Makes the graph that tries one alternative after the other, test by test. */
static uint32_t in_sequence(struct decisions *d, const struct ruled *r, uint32_t otherwise)
{
	for (size_t i = r->choices.count; i-- > 0;) {
		const struct choice *c = &r->choices.items[i];
		uint32_t node = r->yes;
		for (size_t j = c->tests.count; j-- > 0 && !d->failed && !d->too_big;)
			node = split_test(d, &c->tests.items[j], node, otherwise);
		otherwise = node;
	}
	return r->always ? r->yes : otherwise;
}

/* Fills in the rule's alternatives without those that never hold, and whether one always holds. Returns false where there is no
 * memory. */
static bool rule_simplify(const struct rule *rule, struct ruled *out)
{
	bool room = true;
	out->always = rule->any.count == 0;
	for (size_t i = 0; i < rule->any.count && room && !out->always; i++) {
		struct choice c = {0};
		int held = simplify(&rule->any.items[i], &c);
		out->always = held == 1 && c.tests.count == 0;
		room = held >= 0;
		if (held <= 0 || out->always || !(room = vec_push(&out->choices, c)))
			vec_free(&c.tests);
	}
	return room;
}

bool rules_lower(struct decisions *d, const struct numbered *rules, size_t n, uint32_t otherwise, size_t *steps,
		 struct roots *out)
{
	struct ruled *ruled = calloc(n, sizeof(*ruled));
	bool room = ruled != NULL;
	for (size_t i = 0; i < n && room; i++) {
		room = rule_simplify(rules[i].rule, &ruled[i]);
		ruled[i].yes = decision_end(d, action_ret(rules[i].rule->action));
	}
	struct lowering l = {.d = d, .rules = ruled, .count = n, .otherwise = otherwise};
	room = room && lower_orders(&l, steps, out);
	uint32_t node = otherwise;
	for (size_t i = n; i-- > 0 && room && !d->failed && !d->too_big;)
		node = in_sequence(d, &ruled[i], node);
	room = room && (d->failed || d->too_big || add_root(out, node));
	for (size_t i = 0; i < n && ruled != NULL; i++) {
		for (size_t k = 0; k < ruled[i].choices.count; k++)
			vec_free(&ruled[i].choices.items[k].tests);
		vec_free(&ruled[i].choices);
	}
	free(ruled);
	return room;
}
