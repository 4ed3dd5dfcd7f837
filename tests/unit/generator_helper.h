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

#include "../../generator/generator.h"

/* xorshift64: the same sequence in every run. */
static inline uint64_t any(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static inline struct policy *new_policy(arch_set archs, uint8_t fallback)
{
	struct policy *p = policy_new();
	assert_non_null(p);
	p->archs = archs;
	p->fallback = (struct action){.kind = fallback};
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
	if (policy_finish(p, &e) != 0 || filter_compile(p, &f, &e) != 0)
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

#endif
