/* Whether the kernel's bitmap answers a call, told by time: before the filter stand thousands of comparisons that
 * change nothing, and the kernel looks through them (seccomp_is_const_allow) when the filter is installed. A call that
 * still runs the filter runs them too, and takes a microsecond more than one that does not. SPDX-License-Identifier:
 * MIT */
#include "bench.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "../unit/harmless_helper.h"
#include "../unit/kernel_helper.h"

/* So many filters of comparisons alone are installed before it. (The kernel takes 32768 instructions for one process.)
 */
#define PADDING 5

/* A call is timed so often, so many at a time; the shortest counts. */
#define TIMES	 50
#define AT_ATIME 20

/* The calls that are timed: the first is denied, so that the filter must run for it. */
struct timed {
	bool no_clock;
	size_t n;
	struct {
		uint32_t nr;
		uint64_t args[6];
		double ns[2]; /* without a filter and with */
	} calls[sizeof(harmless) / sizeof(harmless[0]) + 1];
};

/* The comparisons, and the filter after them. */
static bool lengthen(const struct filter *f, struct filter *out)
{
	bool ok = vec_push(
	    &out->code, ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch))));
	while (ok && out->code.count + f->code.count < BPF_MAXINSNS)
		ok = vec_push(&out->code, ((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0)));
	for (size_t i = 0; ok && i < f->code.count; i++)
		ok = vec_push(&out->code, f->code.items[i]);
	return ok;
}

static double shortest(const struct timed *t, size_t call, bool *no_clock)
{
	double best = 1e12;
	for (int time = 0; time < TIMES; time++) {
		struct timespec from = {0}, to = {0};
		*no_clock |= clock_gettime(CLOCK_MONOTONIC, &from) != 0;
		for (int n = 0; n < AT_ATIME; n++)
			kernel_raw(false, t->calls[call].nr, t->calls[call].args);
		*no_clock |= clock_gettime(CLOCK_MONOTONIC, &to) != 0;
		double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
		best = ns < best ? ns : best;
	}
	return best / AT_ATIME;
}

/* f: NULL for no filter at all. */
static int run_child(const struct filter *padding, const struct filter *f, struct timed *t, int column, struct error *e)
{
	kernel_shared->end = KERNEL_OTHER;
	pid_t pid = fork();
	if (pid < 0)
		return error_system(e, "fork");
	if (pid == 0) {
		bool no_clock = false;
		for (int i = 0; f != NULL && i < PADDING; i++)
			kernel_install(padding->code.items, padding->code.count);
		if (f != NULL)
			kernel_install(f->code.items, f->code.count);
		for (size_t i = 0; i < t->n; i++)
			t->calls[i].ns[column] = shortest(t, i, &no_clock);
		t->no_clock |= no_clock;
		kernel_shared->end = KERNEL_RETURNED;
		__builtin_trap();
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return kernel_shared->end == KERNEL_RETURNED && !t->no_clock
		   ? 0
		   : error_set(e, ERR_SYSTEM, "timing of cached calls: a child died, or has no clock");
}

static void add(struct timed *t, const struct harmless *h, uint32_t nr)
{
	t->calls[t->n].nr = nr;
	memcpy(t->calls[t->n].args, h->args, sizeof(h->args));
	t->n++;
}

/* The denied one, then those that are allowed whatever their arguments. */
static void choose(const struct subject *s, struct timed *t)
{
	add(t, harmless_call(s->probes[PROBE_DENIED].name), s->probes[PROBE_DENIED].nr);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		struct error none = {0};
		uint32_t nr;
		if (abi_number(ARCH_NATIVE, harmless[i].name, &nr, &none) == 0 &&
		    unconditional(s->policy, nr) != NULL &&
		    kernel_raw(false, nr, harmless[i].args) != -EFAULT) /* which takes longer than any filter */
			add(t, &harmless[i], nr);
	}
}

int bench_cached(const struct subject *s, enum variant v, struct cached_count *out, struct error *e)
{
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct filter padding = {0}, all = {0}, longer = {0};
	struct timed *t = kernel_share(sizeof(*t));
	if (kernel_shared == NULL)
		kernel_shared = kernel_share(4096);
	if (s->probes[PROBE_DENIED].name == NULL)
		error_set(e, ERR_INPUT, "%s: no harmless call is denied", s->name);
	else if (t == NULL || kernel_shared == NULL || !vec_push(&all.code, allow) || !lengthen(&all, &padding) ||
		 !lengthen(&s->filters[v], &longer))
		error_memory(e);
	else
		choose(s, t);
	for (uint32_t nr = 0; nr <= abi_newest(ARCH_NATIVE); nr++)
		out->calls += unconditional(s->policy, nr) != NULL;
	if (e->code == 0 && run_child(NULL, NULL, t, 0, e) == 0 && run_child(&padding, &longer, t, 1, e) == 0) {
		/* What a run of the filter costs, less what the denied call itself did without. */
		double run = t->calls[0].ns[1] - t->calls[0].ns[0];
		if (run < 500)
			error_set(e, ERR_SYSTEM, "a filter of %zu instructions takes no time: %.0f ns",
				  longer.code.count, run);
		out->timed = t->n - 1;
		for (size_t i = 1; i < t->n; i++)
			out->cached += t->calls[i].ns[1] - t->calls[i].ns[0] < run / 2;
	}
	filter_clear(&longer);
	filter_clear(&padding);
	filter_clear(&all);
	if (t != NULL)
		munmap(t, sizeof(*t));
	return e->code;
}
