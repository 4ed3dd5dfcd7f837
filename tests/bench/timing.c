/* How long a call takes under each filter, as the kernel runs it. SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../unit/harmless_helper.h"
#include "../unit/kernel_helper.h"

/* The clock is read before and after so many calls: few enough that most blocks are not interrupted. */
#define BLOCK 500

/* What a child leaves. */
struct measured {
	bool done, no_clock;
	long result[PROBES];
	double ns[]; /* of each probe's blocks */
};

static uint64_t fact_calls(const struct profile *p, uint32_t nr)
{
	uint64_t n = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++)
		if (profile_fact(p, i)->key.nr == nr && profile_fact(p, i)->key.arch == ARCH_NATIVE)
			n += fact_total(profile_fact(p, i));
	return n;
}

/* Makes the probe a harmless call; false where the policy does not answer it as it should. */
static bool probe_set(struct probe_call *probe, const struct policy *p, const char *name, const struct fact *f,
		      enum action_kind wanted)
{
	const struct harmless *h = harmless_call(name);
	const struct syscall_desc *call = abi_call(ARCH_NATIVE, name);
	if (h == NULL || call == NULL)
		return false;
	struct seccomp_data d = {.arch = arch_audit(ARCH_NATIVE), .nr = call->nr[ARCH_NATIVE]};
	for (int i = 0; i < 6; i++)
		d.args[i] = h->fixed >> i & 1 ? h->args[i] : f != NULL ? f->key.values[i] : 0;
	const uint64_t *args = (const uint64_t *)d.args;
	/* A fault takes many times longer than any filter. */
	if (policy_evaluate(p, &d).kind != wanted || kernel_raw(false, (uint32_t)d.nr, args) == -EFAULT)
		return false;
	*probe = (struct probe_call){.name = call->name, .nr = (uint32_t)d.nr};
	memcpy(probe->args, d.args, sizeof(probe->args));
	return true;
}

/* The call most often made of those that are harmless and allowed, with tests or without. */
static void hottest(struct subject *s, bool tested)
{
	uint64_t most = 0;
	for (size_t i = 0; s->profile != NULL && i < profile_fact_count(s->profile); i++) {
		const struct fact *f = profile_fact(s->profile, i);
		char buffer[32];
		const char *name = abi_name((enum arch)f->key.arch, f->key.nr, buffer, sizeof(buffer));
		uint64_t n = tested ? fact_total(f) : fact_calls(s->profile, f->key.nr);
		if (f->key.arch == ARCH_NATIVE && !f->wide && n > most &&
		    (unconditional(s->policy, f->key.nr) == NULL) == tested &&
		    probe_set(&s->probes[tested ? PROBE_TESTED : PROBE_CACHED], s->policy, name, f, ACTION_ALLOW))
			most = n;
	}
}

static void choose_probes(struct subject *s)
{
	size_t n = sizeof(harmless) / sizeof(harmless[0]);
	hottest(s, false);
	hottest(s, true);
	if (s->profile == NULL)
		probe_set(&s->probes[PROBE_CACHED], s->policy, "getppid", NULL, ACTION_ALLOW);
	/* From the end: calls that there is no command for. */
	for (size_t i = n; i > 0 && s->probes[PROBE_DENIED].name == NULL; i--)
		if (policy_rule(s->policy, ARCH_NATIVE, harmless[i - 1].name) == NULL)
			probe_set(&s->probes[PROBE_DENIED], s->policy, harmless[i - 1].name, NULL, ACTION_ERRNO);
}

static double now_ns(bool *failed)
{
	struct timespec t = {0};
	/* The vDSO's, else the filter may deny it. */
	*failed |= clock_gettime(CLOCK_MONOTONIC, &t) != 0;
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static _Noreturn void child(const struct subject *s, enum variant v, unsigned blocks, volatile struct measured *out)
{
	bool no_clock = false;
	kernel_install(s->filters[v].code.items, s->filters[v].code.count);
	for (unsigned i = 0; i < PROBES; i++) {
		const struct probe_call *probe = &s->probes[i];
		for (unsigned block = 0; probe->name != NULL && block < blocks; block++) {
			double began = now_ns(&no_clock);
			for (unsigned n = 0; n < BLOCK; n++)
				out->result[i] = kernel_raw(false, probe->nr, probe->args);
			out->ns[i * blocks + block] = (now_ns(&no_clock) - began) / BLOCK;
		}
	}
	out->no_clock = no_clock;
	out->done = true;
	__builtin_trap();
}

static int check_child(const struct subject *s, enum variant v, const volatile struct measured *m, struct error *e)
{
	if (kernel_shared->end == KERNEL_REFUSED)
		return error_set(e, ERR_SYSTEM, "%s: no filter can be installed: %s", s->name,
				 strerror((int)kernel_shared->value));
	if (m->no_clock)
		return error_set(e, ERR_SYSTEM, "the clock needs a system call here, and a filter denies it");
	if (!m->done)
		return error_set(e, ERR_SYSTEM, "%s: a measuring child died", s->name);
	if (v >= PINHOLE && s->probes[PROBE_DENIED].name != NULL &&
	    m->result[PROBE_DENIED] != -s->policy->default_action.data)
		return error_set(e, ERR_INPUT, "%s: %s was not denied", s->name, s->probes[PROBE_DENIED].name);
	return 0;
}

static int measure(const struct subject *s, enum variant v, unsigned blocks, volatile struct measured *m,
		   struct error *e)
{
	m->done = false;
	kernel_shared->end = KERNEL_OTHER;
	pid_t pid = fork();
	if (pid < 0)
		return error_system(e, "fork");
	if (pid == 0)
		child(s, v, blocks, m);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return check_child(s, v, m, e);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *values, unsigned n)
{
	qsort(values, n, sizeof(*values), by_size);
	return values[n / 2];
}

int bench_timing(struct subject *s, const struct bench_options *options, struct error *e)
{
	unsigned rounds = options->rounds, blocks = (options->calls + BLOCK - 1) / BLOCK;
	size_t size = sizeof(struct measured) + (size_t)PROBES * blocks * sizeof(double);
	struct measured *m = kernel_share(size);
	double *times = calloc((size_t)PROBES * VARIANTS * rounds, sizeof(*times));
	if (kernel_shared == NULL)
		kernel_shared = kernel_share(4096);
	if (m == NULL || times == NULL || kernel_shared == NULL)
		error_memory(e);
	choose_probes(s);
	for (unsigned round = 0; e->code == 0 && round < rounds; round++)
		for (unsigned turn = 0; e->code == 0 && turn < VARIANTS; turn++) {
			enum variant v = (enum variant)((turn + round) % VARIANTS);
			if (s->missing[v] || measure(s, v, blocks, m, e) != 0)
				continue;
			for (unsigned i = 0; i < PROBES; i++)
				times[(i * VARIANTS + v) * rounds + round] = median(m->ns + i * blocks, blocks);
		}
	for (unsigned i = 0; e->code == 0 && i < PROBES * VARIANTS; i++)
		s->probes[i / VARIANTS].ns[i % VARIANTS] = median(times + i * rounds, rounds);
	free(times);
	if (m != NULL)
		munmap(m, size);
	return e->code;
}
