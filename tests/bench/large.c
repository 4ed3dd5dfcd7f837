/* How long a large policy takes to compile: 460 calls with 5,000 alternatives. SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CALLS	     460
#define CONSTRAINED  100
#define ALTERNATIVES 50 /* of each constrained call */
#define TIMES	     5

static bool add_values(struct rule *r, uint32_t nr, uint64_t first, uint64_t second, struct error *e)
{
	const struct range a = {first, first}, b = {second, second};
	const struct syscall_desc *call = abi_by_nr(ARCH_NATIVE, nr);
	if (!vec_push(&r->any, (struct alternative){0}))
		return false;
	struct alternative *last = &r->any.items[r->any.count - 1];
	return alternative_add_test(last, call, ARCH_NATIVE, 1, UINT64_MAX, &a, 1, e) == 0 &&
	       alternative_add_test(last, call, ARCH_NATIVE, 2, UINT64_MAX, &b, 1, e) == 0;
}

/* Of every constrained call 50 combinations of two arguments: out of `lists` lists of them. */
static struct policy *large_policy(unsigned lists)
{
	struct policy *p = policy_new();
	struct error e = {0};
	bool ok = p != NULL;
	if (ok)
		p->archs = ARCH_BIT(ARCH_NATIVE);
	for (uint32_t nr = 0; ok && nr < CALLS; nr++) {
		char buffer[32];
		struct rule *r = policy_add_rule(p, abi_name(ARCH_NATIVE, nr, buffer, sizeof(buffer)),
						 ARCH_BIT(ARCH_NATIVE), (struct action){.kind = ACTION_ALLOW}, NULL);
		ok = r != NULL;
		uint32_t constrained = nr / 4;
		for (unsigned i = 0; ok && nr % 4 == 0 && constrained < CONSTRAINED && i < ALTERNATIVES; i++)
			ok = add_values(r, nr, i * 7 + 1, ((constrained % lists) * 7919 + i * 104729) % 65521, &e);
	}
	if (ok && policy_finish(p, &e) == 0)
		return p;
	policy_free(p);
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Returns the code of the compiler; the median time in milliseconds. */
static int compile_time(const struct policy *p, const struct compile_options *options, double *ms, size_t *n,
			struct error *e)
{
	double times[TIMES];
	int rc = 0;
	for (int i = 0; i < TIMES; i++) {
		struct timespec from, to;
		struct filter f = {0};
		*e = (struct error){0};
		clock_gettime(CLOCK_MONOTONIC, &from);
		rc = filter_compile(p, options, &f, e);
		clock_gettime(CLOCK_MONOTONIC, &to);
		times[i] = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
		*n = f.code.count;
		filter_clear(&f);
	}
	qsort(times, TIMES, sizeof(times[0]), by_size);
	*ms = times[TIMES / 2];
	return rc;
}

static bool one(unsigned lists, const struct compile_options *options, int expected)
{
	struct policy *p = large_policy(lists);
	struct error e = {0};
	double ms = 0;
	size_t n = 0;
	int rc = p == NULL ? ERR_MEMORY : compile_time(p, options, &ms, &n, &e);
	policy_free(p);
	printf("- %u calls with %u alternatives of two arguments, in %u different lists, compiled for %s, proof "
	       "included: ",
	       CALLS, CONSTRAINED * ALTERNATIVES, lists, options->speed ? "speed" : "size");
	if (rc == 0)
		printf("%zu instructions in %.0f ms.\n", n, ms);
	else
		printf("refused in %.0f ms: \"%s\".\n", ms, e.text);
	bool named = rc == 0 || strstr(e.text, "these rules need most: ") != NULL;
	return rc == expected && named && ms < 1000;
}

bool bench_large(void)
{
	bool fine = true;
	for (int speed = 0; speed < 2; speed++) {
		const struct compile_options options = {.speed = speed};
		fine &= one(5, &options, 0);
		fine &= one(CONSTRAINED, &options, ERR_LIMIT);
	}
	return fine;
}
