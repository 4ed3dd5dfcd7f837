/* Random stacks, and profiles as text. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_STACKS_HELPER_H
#define PINHOLE_TEST_STACKS_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "policies/profile/stacks.h"

static uint64_t state = 88172645463325252u;

static inline uint32_t any(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

/* Of few frames, so that stacks meet again, in other profiles with other symbols. */
static inline struct frame random_frame(struct profile *p)
{
	static const char *const paths[] = {"/lib/libc.so.6", "[vdso]", "/opt/\xff\\lib"};
	static const char *const names[] = {NULL, NULL, "main", "operator+", "caf\xc3\xa9\xfe"};
	struct error e = {0};
	struct frame f = {.module = MODULE_NONE, .offset = any(2) == 0 ? UINT64_MAX - any(2) : any(2)};
	f.symbol = (char *)names[any(5)];
	f.symbol_offset = any(2);
	if (any(8) == 0)
		return f;
	int module = profile_add_module(p, paths[any(3)], any(3) == 0 ? "abcd" : NULL, &e);
	assert_true(module >= 0);
	f.module = (uint32_t)module;
	return f;
}

static inline uint32_t add_random_stack(struct profile *p)
{
	struct error e = {0};
	struct frame frames[4];
	size_t n = 1 + any(any(3) == 0 ? 4 : 1);
	for (size_t i = 0; i < n; i++)
		frames[i] = random_frame(p);
	int at =
	    profile_add_stack(p, frames, n, any(3) == 0 ? (enum stack_end)any(STACK_END_COUNT) : STACK_COMPLETE, &e);
	assert_true(at >= 0);
	return (uint32_t)at;
}

static inline char *written(struct profile *p)
{
	struct error e = {0};
	struct text out = {0};
	assert_int_equal(profile_format(p, &out, &e), 0);
	return out.bytes;
}

static inline struct profile *parsed(const char *text)
{
	struct error e = {0};
	struct profile *p = profile_parse(text, strlen(text), "text", &e);
	if (p == NULL)
		fail_msg("%s", e.text);
	return p;
}

static inline struct profile *copy(struct profile *p)
{
	char *bytes = written(p);
	struct profile *again = parsed(bytes);
	free(bytes);
	return again;
}

/* a ∪ b as text; both stay as they are. */
static inline char *united(struct profile *a, struct profile *b)
{
	struct error e = {0};
	struct profile *x = copy(a), *y = copy(b);
	if (profile_merge(x, y, &e) != 0)
		fail_msg("%s", e.text);
	char *text = written(x);
	profile_free(x);
	profile_free(y);
	return text;
}

#endif
