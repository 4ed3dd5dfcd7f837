/* What the generator's tests share: building policies and asking filters. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_GENERATOR_HELPER_H
#define PINHOLE_TEST_GENERATOR_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "generator/generator.h"

/* xorshift64: the same sequence in every run. */
static uint64_t any_state = 0x9e3779b97f4a7c15;

static inline uint64_t any(void)
{
	any_state ^= any_state << 13;
	any_state ^= any_state >> 7;
	any_state ^= any_state << 17;
	return any_state;
}

/* Begins the sequence of a number. Neighbouring numbers have unlike sequences. */
static inline void any_begin(uint64_t number)
{
	any_state = (number + 1) * 0x9e3779b97f4a7c15; /* odd factor: only UINT64_MAX would give 0 */
	for (int i = 0; i < 8; i++)
		any();
}

static inline struct policy *new_policy(arch_set archs, uint8_t fallback)
{
	struct policy *p = policy_new();
	assert_non_null(p);
	p->archs = archs;
	p->default_action = (struct action){.kind = fallback};
	return p;
}

static inline struct rule *new_rule(struct policy *p, enum arch arch, uint32_t nr, struct action action)
{
	char buffer[32];
	struct rule *r = policy_add_rule(p, abi_name(arch, nr, buffer, sizeof(buffer)), ARCH_BIT(arch), action, NULL);
	assert_non_null(r);
	return r;
}

static inline void allow_nr(struct policy *p, enum arch arch, uint32_t nr)
{
	new_rule(p, arch, nr, (struct action){.kind = ACTION_ALLOW});
}

static inline struct alternative *new_alternative(struct rule *r)
{
	assert_true(vec_push(&r->any, (struct alternative){0}));
	return &r->any.items[r->any.count - 1];
}

static inline void add_test(struct alternative *a, enum arch arch, uint32_t nr, unsigned arg, uint64_t mask,
			    const struct range *ranges, size_t n)
{
	struct error e = {0};
	assert_int_equal(alternative_add_test(a, abi_by_nr(arch, nr), arch, arg, mask, ranges, n, &e), 0);
}

static inline struct filter compiled(struct policy *p)
{
	struct filter f = {0};
	struct error e = {0};
	if (policy_finish(p, &e) != 0 || filter_compile(p, NULL, &f, &e) != 0)
		fail_msg("%s", e.text);
	return f;
}

static inline uint32_t ask(const struct filter *f, uint32_t audit, uint32_t nr, const uint64_t *args)
{
	struct seccomp_data d = {.nr = (int)nr, .arch = audit};
	for (int i = 0; args != NULL && i < 6; i++)
		d.args[i] = args[i];
	return filter_run(f->code.items, f->code.count, &d, NULL);
}

/* A value at some edge, or near one, or any. */
static inline uint64_t interesting(void)
{
	static const uint64_t values[] = {0,	      1,	  2,	      0x7fff,	    0x8000,
					  0xffff,     0x10000,	  0x7fffffff, 0x80000000,   0xffffffff,
					  1ull << 32, 3ull << 32, 1ull << 63, UINT64_MAX,   UINT64_MAX - 1,
					  0xfffffffe, 0x5401,	  0x5413,     0x100000001u, 0xffffffff00000000u};
	uint64_t v = values[any() % (sizeof(values) / sizeof(values[0]))];
	switch (any() % 5) {
	case 0:
		return any();
	case 1:
		return any() % 8;
	case 2:
		return v + any() % 4 - 2;
	case 3:
		return v ^ (uint64_t)1 << any() % 64;
	default:
		return v;
	}
}

static inline int by_lo(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* Tests of arguments among `args` (bit i for argument i). */
static inline void random_alternative_of(struct rule *r, enum arch arch, uint32_t nr, uint8_t args)
{
	struct alternative *a = new_alternative(r);
	for (unsigned tests = 1 + any() % 4; tests > 0; tests--) {
		struct range ranges[6];
		size_t n = any() % 6;
		uint64_t mask = any() % 2 == 0 ? UINT64_MAX : any() % 2 == 0 ? interesting() : ~interesting();
		for (size_t i = 0; i < n; i++) {
			ranges[i].lo = interesting() & mask;
			ranges[i].hi = any() % 2 == 0 ? ranges[i].lo : ranges[i].lo + any() % 5;
			if (ranges[i].hi < ranges[i].lo || any() % 20 == 0)
				ranges[i].hi = UINT64_MAX;
		}
		qsort(ranges, n, sizeof(ranges[0]), by_lo);
		unsigned arg = (unsigned)(any() % 6);
		while (!(args >> arg & 1))
			arg = (arg + 1) % 6;
		add_test(a, arch, nr, arg, mask, ranges, n);
	}
}

static inline void random_alternative(struct rule *r, enum arch arch, uint32_t nr)
{
	random_alternative_of(r, arch, nr, 0x3f);
}

/* Rules of some calls on some architectures; of some calls several that answer otherwise. */
static inline struct policy *random_policy(void)
{
	static const struct action actions[] = {{ACTION_KILL, 0}, {ACTION_TRAP, 0},  {ACTION_ERRNO, 1},
						{ACTION_LOG, 0},  {ACTION_ALLOW, 0}, {ACTION_ERRNO, 4095}};
	struct policy *p = new_policy((arch_set)(1 + any() % ARCH_ALL), ACTION_KILL);
	p->default_action = actions[any() % 6];
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		if (!(p->archs & ARCH_BIT(arch)))
			continue;
		uint32_t step = 1 + (uint32_t)(any() % 60);
		for (uint32_t nr = (uint32_t)(any() % step); nr < 700; nr += 1 + (uint32_t)(any() % step)) {
			struct rule *r = new_rule(p, arch, nr, any() % 4 == 0 ? actions[any() % 6] : (struct action){.kind = ACTION_ALLOW});
			if (any() % 4 == 0)
				for (unsigned n = (unsigned)(any() % 5); n > 0; n--)
					random_alternative(r, arch, nr);
			/* Others that are tried after it; each but the last has tests. */
			for (unsigned more = any() % 6 == 0 ? (unsigned)(any() % 4) : 0; more > 0 && r->any.count > 0; more--) {
				r = new_rule(p, arch, nr, actions[any() % 6]);
				for (unsigned n = (unsigned)(any() % 3); n > 0; n--)
					random_alternative(r, arch, nr);
			}
		}
	}
	return p;
}

/* A few calls, whose rules have tests at the ends of what there is. */
static inline struct policy *small_policy(arch_set archs)
{
	static const struct action actions[] = {{ACTION_KILL, 0}, {ACTION_KILL_THREAD, 0}, {ACTION_TRAP, 0}, {ACTION_ERRNO, 1},
						{ACTION_ERRNO, 0}, {ACTION_LOG, 0},	   {ACTION_ALLOW, 0}};
	static const char *const names[] = {"mmap", "mprotect", "prctl", "socket", "clone", "openat", "lseek", "kill", "ioctl", "read"};
	struct policy *p = new_policy(archs, ACTION_KILL);
	p->default_action = actions[any() % 7];
	p->newer = actions[any() % 7];
	for (unsigned calls = 1 + any() % 3; calls > 0; calls--) {
		const char *name = names[any() % 10];
		unsigned rules = any() % 3 == 0 ? 2 + any() % 3 : 1;
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			struct error e = {0};
			uint32_t nr;
			if (!(p->archs & ARCH_BIT(arch)) || abi_number((enum arch)arch, name, &nr, &e) != 0)
				continue;
			for (unsigned n = 0; n < rules; n++) {
				struct rule *r = new_rule(p, (enum arch)arch, nr, actions[any() % 7]);
				unsigned most = any() % 40 == 0 ? 12 : 3;
				for (unsigned k = any() % (most + 1); k > 0; k--)
					random_alternative(r, (enum arch)arch, nr);
			}
		}
	}
	policy_drop_unreached(p);
	return p;
}

/* A call that a rule is about, mostly. */
static inline struct seccomp_data random_call(const struct policy *p)
{
	struct seccomp_data d = {.arch = arch_audit((enum arch)(any() % ARCH_COUNT))};
	/* Mostly calls with tests. */
	const struct rule *r = p->rules.count > 0 ? &p->rules.items[any() % p->rules.count] : NULL;
	uint32_t nr = (uint32_t)(any() % 700);
	struct error e = {0};
	if (r != NULL && any() % 8 != 0)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			if (r->archs & ARCH_BIT(arch)) {
				d.arch = arch_audit((enum arch)arch);
				assert_int_equal(abi_number((enum arch)arch, r->syscall, &nr, &e), 0);
			}
	d.nr = (int)nr;
	for (int i = 0; i < 6; i++)
		d.args[i] = interesting();
	/* One alternative's own values: else several tests hardly ever hold. */
	if (r != NULL && r->any.count > 0 && any() % 2 == 0) {
		const struct alternative *a = &r->any.items[any() % r->any.count];
		for (size_t i = 0; i < a->tests.count; i++) {
			const struct test *t = &a->tests.items[i];
			if (t->ranges.count > 0)
				d.args[t->arg] =
				    (d.args[t->arg] & ~t->mask) | t->ranges.items[any() % t->ranges.count].lo;
		}
	}
	return d;
}

static inline bool same_verdict(const struct policy *p, const struct filter *f)
{
	struct seccomp_data d = random_call(p);
	uint32_t said = filter_run(f->code.items, f->code.count, &d, NULL), meant = action_ret(policy_evaluate(p, &d));
	if (said != meant)
		print_error("arch %x nr %d: filter %x, policy %x\n", d.arch, d.nr, said, meant);
	return said == meant;
}

#endif
