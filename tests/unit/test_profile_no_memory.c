/* The profile where memory runs out, at each growth of a vector. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policies/profile/stacks.h"

static size_t fails_at, made; /* 0: none fails */

/* Taken for libc's: all vectors grow by it (policies/base/vector.c). */
void *reallocarray(void *p, size_t n, size_t size)
{
	if (++made == fails_at)
		return NULL;
	return realloc(p, n * size);
}

static int give_stack(struct profile *p, const struct fact_key *key, const char *path, uint64_t i, struct error *e)
{
	int module = profile_add_module(p, path, NULL, e);
	struct frame frames[] = {{.module = (uint32_t)module, .offset = i}, {.module = (uint32_t)module, .offset = i + 1}};
	int stack = module < 0 ? module : profile_add_stack(p, frames, 2, STACK_LIMIT, e);
	return stack < 0 ? stack : profile_fact_stack(p, key, (uint32_t)stack, e);
}

/* More distinct calls of one kind than are kept, made by more programs than a vector begins with, and others between
 * them. */
static int fill(struct profile *p, struct error *e)
{
	struct run run = {.id = "1", .started = "2026-01-31T12:00:00Z"};
	int rc = profile_add_run(p, &run, e);
	for (uint64_t i = 0; rc >= 0 && i < PROFILE_FACT_CAP + 20; i++) {
		char path[32];
		uint64_t many[6] = {3, i, 0}, other[6] = {0};
		struct fact_key keys[] = {fact_key_make(PHASE_MAIN, ARCH_X86_64, 16, many),
					  fact_key_make(PHASE_MAIN, ARCH_X86_64, (uint32_t)(20 + i % 100), other)};
		snprintf(path, sizeof(path), "/bin/%d", (int)(i % 20));
		int program = rc = profile_add_program(p, path, NULL, e);
		for (size_t k = 0; rc >= 0 && k < 2; k++)
			if ((rc = profile_observe(p, &keys[k], (uint32_t)program, 0, 1, e)) >= 0 &&
			    (rc = profile_ended(p, &keys[k], (unsigned)(1 + i % 12), e)) >= 0)
				rc = give_stack(p, &keys[k], path, i, e);
	}
	return rc;
}

/* Any time it may be thrown away, and what is wrong is said. */
static void test_each_growth(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t at = 1;; at++, failed++) {
		struct error e = {0};
		struct profile *p = profile_new();
		made = 0;
		fails_at = at;
		int rc = fill(p, &e);
		fails_at = 0;
		if (rc >= 0) {
			assert_true(made < at);
			profile_free(p);
			break;
		}
		assert_int_equal(rc, ERR_MEMORY);
		assert_string_equal(e.text, "out of memory");
		/* Every fact owns its vectors alone: they are freed once. */
		profile_free(p);
	}
	assert_true(failed > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_growth)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
