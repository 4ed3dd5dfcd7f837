/* Finds the least that any filter with the same answers needs. SPDX-License-Identifier: MIT */
#include "generator/generator.h"

#include <stdlib.h>
#include <string.h>

static int by_kind(const void *a, const void *b)
{
	const struct word_run *x = *(const struct word_run *const *)a, *y = *(const struct word_run *const *)b;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Numbers the kinds from 0. Returns false where there is no memory. */
static bool number_kinds(const struct word_run *runs, size_t n, size_t *kinds)
{
	const struct word_run **sorted = calloc(n, sizeof(const struct word_run *));
	if (sorted == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &runs[i];
	qsort(sorted, n, sizeof(const struct word_run *), by_kind);
	for (size_t i = 0, kind = 0; i < n; i++) {
		kind += i > 0 && sorted[i]->kind != sorted[i - 1]->kind;
		kinds[sorted[i] - runs] = kind;
	}
	free(sorted);
	return true;
}

/* Returns the fewest constants. cost[j] is the fewest for the runs before run j, if G has a constant at run j's beginning. Between
 * two neighbours in G, J contains every value except those of the most frequent kind. (A constant of G inside a run could as well
 * stand at one of the run's ends.) */
static size_t fewest(const struct word_run *runs, size_t n, const size_t *kinds, uint64_t *cost, uint64_t *of_kind)
{
	for (size_t j = 0; j <= n; j++)
		cost[j] = j; /* enough in any case: G at every border */
	for (size_t i = 0; i < n; i++) {
		uint64_t total = 0, most = 0, before = cost[i] + (i > 0);
		memset(of_kind, 0, n * sizeof(*of_kind));
		for (size_t j = i; j < n && before + total - most < n; j++) {
			uint64_t end = j + 1 < n ? runs[j + 1].lo : (uint64_t)UINT32_MAX + 1;
			uint64_t *values = &of_kind[kinds[j]];
			*values += end - runs[j].lo;
			total += end - runs[j].lo;
			most = *values > most ? *values : most;
			if (before + total - most < cost[j + 1])
				cost[j + 1] = before + total - most;
		}
	}
	return (size_t)cost[n];
}

size_t least_comparisons(const struct word_run *runs, size_t n)
{
	size_t *kinds = calloc(n, sizeof(*kinds)), least = SIZE_MAX;
	uint64_t *cost = calloc(n + 1, sizeof(*cost)), *of_kind = calloc(n, sizeof(*of_kind));
	if (kinds != NULL && cost != NULL && of_kind != NULL && number_kinds(runs, n, kinds))
		least = fewest(runs, n, kinds, cost, of_kind);
	free(kinds);
	free(cost);
	free(of_kind);
	return least;
}

/* Returns the fewest loads: one of the architecture and one of the number, where the answers depend on them. With one load of each,
 * all ways have forgotten the earlier word when they load the later one. If the later one is the number, all architectures that
 * load it must treat it alike; if it is the architecture, all numbers that load it must treat it alike. Where neither holds (and
 * no argument is loaded in between), a third load is needed. */
static size_t least_loads(const struct filter_cases *c)
{
	return (c->archs.count > 1) + (c->numbers.count > 1) + (!c->arguments && c->functions > 1 && c->columns > 1);
}

int filter_bound(const struct sock_filter *code, size_t n, struct filter_bound *out, struct error *e)
{
	struct filter_cases c;
	int rc = filter_cases(code, n, &c, e);
	*out = (struct filter_bound){0};
	if (rc == 0) {
		*out = (struct filter_bound){
		    .archs = least_comparisons(c.archs.items, c.archs.count),
		    .numbers = least_comparisons(c.numbers.items, c.numbers.count),
		    .loads = least_loads(&c),
		    .returns = c.verdicts,
		    .arguments = c.arguments,
		};
		if (out->archs == SIZE_MAX || out->numbers == SIZE_MAX)
			rc = error_memory(e);
	}
	filter_cases_clear(&c);
	return rc;
}
