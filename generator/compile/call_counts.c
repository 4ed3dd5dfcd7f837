/* The calls of a profile with their counts: the compiler makes the way of frequent calls short.
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "generator/compile/pipeline.h"

static int by_call(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	if (x->data.arch != y->data.arch)
		return x->data.arch < y->data.arch ? -1 : 1;
	uint32_t p = (uint32_t)x->data.nr, q = (uint32_t)y->data.nr;
	return (p > q) - (p < q);
}

bool samples_make(struct samples *s, const struct profile *p)
{
	*s = (struct samples){0};
	for (size_t i = 0; p != NULL && i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		struct sample one = {.count = fact_total(f)};
		if (f->wide)
			continue;
		one.data = fact_data(f, f->key.values);
		if (!vec_push(&s->all, one))
			return false;
	}
	if (s->all.count > 1)
		qsort(s->all.items, s->all.count, sizeof(*s->all.items), by_call);
	return true;
}

void samples_free(struct samples *s)
{
	vec_free(&s->all);
}

const struct sample *samples_of(const struct samples *s, enum arch arch, uint32_t lo, uint32_t hi, size_t *n)
{
	struct sample key = {.data = {.nr = (int)lo, .arch = arch_audit(arch)}};
	size_t low = sorted_first(at, s->all.count, by_call(&s->all.items[at], &key) < 0);
	for (*n = 0; low + *n < s->all.count; ++*n) {
		const struct seccomp_data *d = &s->all.items[low + *n].data;
		if (d->arch != key.data.arch || (uint32_t)d->nr > hi)
			break;
	}
	return s->all.count == 0 ? NULL : s->all.items + low;
}
