/* What one wrong instruction can look like: every filter that differs from another in one place.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_MUTANTS_H
#define PINHOLE_TEST_MUTANTS_H

#include "generator/generator.h"

#include <string.h>

/* Where the mutants go. A program that the kernel would refuse is none, and only counted. */
struct mutation {
	struct filter *filter; /* as it was again once each_mutant returns */
	/* Called with the filter changed; `kept` is what was at that place. */
	void (*each)(struct mutation *m, size_t at, const struct sock_filter *kept);
	void *context;
	size_t invalid;
};

static inline void try_mutant(struct mutation *m, size_t at, struct sock_filter changed)
{
	struct sock_filter *place = &m->filter->code.items[at], kept = *place;
	struct error e = {0};
	if (memcmp(&kept, &changed, sizeof(kept)) == 0)
		return;
	*place = changed;
	if (filter_validate(m->filter->code.items, m->filter->code.count, &e) != 0)
		m->invalid++;
	else
		m->each(m, at, &kept);
	*place = kept;
}

static inline void change_constant(struct mutation *m, size_t at)
{
	static const int32_t steps[] = {1, -1, 4, -4, 8, -8};
	const struct sock_filter kept = m->filter->code.items[at];
	struct sock_filter c = kept;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		c.k = kept.k + (uint32_t)steps[i];
		try_mutant(m, at, c);
	}
	for (int bit = 0; bit < 32; bit++) {
		c.k = kept.k ^ 1u << bit;
		try_mutant(m, at, c);
	}
}

static inline void change_jump(struct mutation *m, size_t at)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JSET};
	const struct sock_filter kept = m->filter->code.items[at];
	struct sock_filter c = kept;
	c.jt = kept.jf;
	c.jf = kept.jt;
	try_mutant(m, at, c);
	for (int step = -1; step <= 1; step += 2) {
		c = kept;
		c.jt = (uint8_t)(kept.jt + step);
		try_mutant(m, at, c);
		c = kept;
		c.jf = (uint8_t)(kept.jf + step);
		try_mutant(m, at, c);
	}
	c = kept;
	c.jt = kept.jf;
	try_mutant(m, at, c);
	c = kept;
	c.jf = kept.jt;
	try_mutant(m, at, c);
	for (size_t i = 0; i < 4; i++) {
		c = kept;
		c.code = (uint16_t)(BPF_JMP | BPF_K | ops[i]);
		try_mutant(m, at, c);
		c.code |= BPF_X;
		try_mutant(m, at, c);
	}
}

/* By what a compiler might put there instead. */
static inline void replace(struct mutation *m, size_t at)
{
	static const struct sock_filter others[] = {
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS},
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_THREAD},
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP},
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_LOG},
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 1},
	    {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 38},
	    {BPF_RET | BPF_A, 0, 0, 0},
	    {BPF_JMP | BPF_JA, 0, 0, 0},
	    {BPF_LD | BPF_IMM, 0, 0, 0},
	    {BPF_MISC | BPF_TAX, 0, 0, 0},
	    {BPF_MISC | BPF_TXA, 0, 0, 0},
	    {BPF_ALU | BPF_NEG, 0, 0, 0},
	    {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x7fffffff},
	    {BPF_ALU | BPF_OR | BPF_K, 0, 0, 1},
	    {BPF_ALU | BPF_XOR | BPF_K, 0, 0, 0x40000000},
	    {BPF_ALU | BPF_RSH | BPF_K, 0, 0, 1},
	    {BPF_ALU | BPF_ADD | BPF_K, 0, 0, 1},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		try_mutant(m, at, others[i]);
}

/* Always the same mutants in the same order. */
static inline void each_mutant(struct mutation *m)
{
	for (size_t at = 0; at < m->filter->code.count; at++) {
		uint16_t code = m->filter->code.items[at].code;
		change_constant(m, at);
		if (BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA)
			change_jump(m, at);
		replace(m, at);
	}
}

#endif
