/* What the parts of the benchmark of filters share. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_BENCH_H
#define PINHOLE_BENCH_H

#include "generator/generator.h"

/* The filters that are compared. */
enum variant { NO_FILTER, ALLOW_ALL, PINHOLE, PINHOLE_SPEED, LIBSECCOMP, LIBSECCOMP_TREE, VARIANTS };

/* The calls whose time is taken. */
enum probe { PROBE_CACHED, PROBE_TESTED, PROBE_DENIED, PROBES };

struct probe_call {
	const char *name; /* NULL: the policy has none of that kind */
	uint32_t nr;
	uint64_t args[6];
	double ns[VARIANTS]; /* medians */
};

/* One policy with all that is found out about it. */
struct subject {
	const char *name;
	struct policy *policy;
	struct profile *profile; /* what it was learned from, or NULL */
	struct filter filters[VARIANTS];
	bool missing[VARIANTS];
	size_t rules; /* of libseccomp's for it */
	struct probe_call probes[PROBES];
};

struct bench_options {
	unsigned rounds, calls;
};

/* The rule that allows every call of that number, or NULL. */
const struct rule *unconditional(const struct policy *p, uint32_t nr);

/* timing.c: takes the times of a subject's calls under all its filters, in turns. Returns 0 or a negative code. */
int bench_timing(struct subject *s, const struct bench_options *options, struct error *e);

/* cached.c: whether the kernel answers the unconditional calls without running the filter, by the time they take under
 * one that was made much longer. Only calls that do no harm are made. */
struct cached_count {
	size_t calls, timed, cached;
};
int bench_cached(const struct subject *s, enum variant v, struct cached_count *out, struct error *e);

/* large.c: prints how long compiling 460 calls with 5,000 alternatives takes. Returns whether all is as it must be. */
bool bench_large(void);

#endif
