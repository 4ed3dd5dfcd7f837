/* The same policy, compiled by libseccomp. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_LIBSECCOMP_HELPER_H
#define PINHOLE_TEST_LIBSECCOMP_HELPER_H

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "generator/generator.h"

/* Past so many rules of libseccomp's for one of ours it takes minutes. */
#define LIBSECCOMP_RULES 20000

/* (value & mask) == value: all that libseccomp is asked to compare. Its <, ≤, ≥ and > always look at 64 bits, and it
 * takes one comparison of an argument in a rule: so a range becomes the masks and values that make it up. */
struct masked {
	uint64_t mask, value;
};

/* A rule of ours as it is unrolled: what is compared by now, and how many rules that was. */
struct libseccomp_rule {
	scmp_filter_ctx filter;
	uint32_t action;
	int nr;
	const struct alternative *any;
	struct masked now[6];
	size_t count;
	int rc; /* the first error, negative */
};

static inline uint32_t libseccomp_action(struct action a)
{
	switch (a.kind) {
	case ACTION_ALLOW:
		return SCMP_ACT_ALLOW;
	case ACTION_LOG:
		return SCMP_ACT_LOG;
	case ACTION_ERRNO:
		return SCMP_ACT_ERRNO(a.data);
	case ACTION_TRAP:
		return SCMP_ACT_TRAP;
	case ACTION_KILL_THREAD:
		return SCMP_ACT_KILL_THREAD;
	default:
		return SCMP_ACT_KILL_PROCESS;
	}
}

static inline void libseccomp_add(struct libseccomp_rule *r)
{
	struct scmp_arg_cmp compare[6];
	unsigned n = 0;
	for (unsigned i = 0; i < 6; i++)
		if (r->now[i].mask == UINT64_MAX)
			compare[n++] = (struct scmp_arg_cmp){i, SCMP_CMP_EQ, r->now[i].value, 0};
		else if (r->now[i].mask != 0)
			compare[n++] = (struct scmp_arg_cmp){i, SCMP_CMP_MASKED_EQ, r->now[i].mask, r->now[i].value};
	if (r->rc == 0 && ++r->count > LIBSECCOMP_RULES)
		r->rc = -E2BIG;
	if (r->rc == 0)
		r->rc = seccomp_rule_add_exact_array(r->filter, r->action, r->nr, n, compare);
}

static inline void libseccomp_test(struct libseccomp_rule *r, size_t test);

/* The values of `range` that begin with these bits of the test's mask; then the next test. */
static inline void libseccomp_range(struct libseccomp_rule *r, size_t test, struct range range, struct masked bits)
{
	const struct test *t = &r->any->tests.items[test];
	uint64_t rest = t->mask & ~bits.mask;
	if (r->rc != 0 || bits.value > range.hi || (bits.value | rest) < range.lo)
		return;
	if (bits.value >= range.lo && (bits.value | rest) <= range.hi) {
		struct masked before = r->now[t->arg];
		/* Another test of this argument may contradict. */
		if (((before.value ^ bits.value) & before.mask & bits.mask) != 0)
			return;
		r->now[t->arg] = (struct masked){before.mask | bits.mask, before.value | bits.value};
		libseccomp_test(r, test + 1);
		r->now[t->arg] = before;
		return;
	}
	uint64_t highest = 1ull << (63 - __builtin_clzll(rest));
	libseccomp_range(r, test, range, (struct masked){bits.mask | highest, bits.value});
	libseccomp_range(r, test, range, (struct masked){bits.mask | highest, bits.value | highest});
}

/* All ways in which this test and those after it hold: one rule each. */
static inline void libseccomp_test(struct libseccomp_rule *r, size_t test)
{
	if (test == r->any->tests.count) {
		libseccomp_add(r);
		return;
	}
	const struct test *t = &r->any->tests.items[test];
	for (size_t i = 0; i < t->ranges.count; i++)
		libseccomp_range(r, test, t->ranges.items[i], (struct masked){0, 0});
}

static inline int libseccomp_rule(scmp_filter_ctx filter, const struct policy *p, const struct rule *rule,
				  size_t *count)
{
	struct libseccomp_rule r = {.filter = filter, .action = libseccomp_action(rule->action)};
	struct error e = {0};
	uint32_t nr;
	/* libseccomp does not take a rule that says what the default says. */
	if (!(rule->archs & ARCH_BIT(ARCH_NATIVE)) || action_equal(rule->action, p->default_action))
		return 0;
	if (abi_number(ARCH_NATIVE, rule->syscall, &nr, &e) != 0)
		return -EINVAL;
	r.nr = (int)nr;
	if (rule->any.count == 0)
		libseccomp_add(&r);
	for (size_t i = 0; i < rule->any.count; i++) {
		r.any = &rule->any.items[i];
		libseccomp_test(&r, 0);
	}
	*count += r.count;
	return r.rc;
}

static inline int libseccomp_export(scmp_filter_ctx filter, struct filter *out, struct error *e)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	int rc = fd < 0 ? -errno : seccomp_export_bpf(filter, fd);
	off_t size = rc == 0 ? lseek(fd, 0, SEEK_END) : 0;
	char *bytes = rc == 0 ? malloc((size_t)size + 1) : NULL;
	if (rc != 0)
		error_set(e, ERR_INPUT, "libseccomp: no export: %s", strerror(-rc));
	else if (bytes == NULL || pread(fd, bytes, (size_t)size, 0) != size)
		error_set(e, ERR_MEMORY, "libseccomp: its export cannot be read");
	else
		filter_parse(bytes, (size_t)size, "libseccomp", out, e);
	free(bytes);
	if (fd >= 0)
		close(fd);
	return e->code;
}

/* Compiles what the policy says of the native architecture; `tree`: with SCMP_FLTATR_CTL_OPTIMIZE=2. What libseccomp
 * has no notion of is the policy's `newer`: it answers with the default. *rules (or NULL): how many it took. Returns 0
 * or a negative code with the reason. */
static inline int libseccomp_compile(const struct policy *p, bool tree, struct filter *out, size_t *rules,
				     struct error *e)
{
	struct action foreign = p->default_action.kind == ACTION_ALLOW ? (struct action){ACTION_KILL, 0} : p->default_action;
	scmp_filter_ctx filter = seccomp_init(libseccomp_action(p->default_action));
	size_t count = 0;
	int rc = filter == NULL ? -ENOMEM : 0;
	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, libseccomp_action(foreign));
	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, tree ? 2 : 1);
	if (rc != 0)
		error_set(e, ERR_INPUT, "libseccomp: %s", strerror(-rc));
	for (size_t i = 0; rc == 0 && i < p->rules.count; i++)
		if ((rc = libseccomp_rule(filter, p, &p->rules.items[i], &count)) != 0)
			error_set(e, ERR_LIMIT, "libseccomp: %s: %s", p->rules.items[i].syscall, strerror(-rc));
	if (rules != NULL)
		*rules = count;
	if (rc == 0)
		libseccomp_export(filter, out, e);
	seccomp_release(filter);
	return e->code;
}

#endif
