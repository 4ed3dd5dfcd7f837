/* The cost of a filter: its instructions, the calls that the kernel answers without it, and the steps of a profile's calls.
 * SPDX-License-Identifier: MIT */
#include "generator/generator.h"

#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

bool filter_is_constant(const struct sock_filter *code, size_t n, uint32_t audit, uint32_t nr, uint32_t *verdict)
{
	uint32_t a = 0;
	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *i = &code[at];
		bool holds = false;
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k != offsetof(struct seccomp_data, nr) && i->k != offsetof(struct seccomp_data, arch))
				return false;
			a = i->k == offsetof(struct seccomp_data, nr) ? nr : audit;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_RET | BPF_K:
			*verdict = i->k;
			return true;
		case BPF_JMP | BPF_JA:
			at += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			holds = a == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			holds = a >= i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			holds = a > i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			holds = (a & i->k) != 0;
			break;
		default:
			return false;
		}
		at += holds ? i->jt : i->jf;
	}
	return false;
}

bool filter_is_cached(const struct sock_filter *code, size_t n, enum arch arch, uint32_t nr)
{
	uint32_t verdict;
	return nr <= abi_newest(arch) && filter_is_constant(code, n, arch_audit(arch), nr, &verdict) &&
	       verdict == SECCOMP_RET_ALLOW;
}

/* In place of the word that the accumulator holds before an instruction: the instruction is not reachable; ways to it differ. */
enum { DEAD = -2, MIXED = -1 };

static void meet(int *held, size_t at, int from)
{
	held[at] = held[at] == DEAD || held[at] == from ? from : MIXED;
}

/* Passes on the word that the accumulator holds after an instruction to its successors. */
static void hand_on(const struct sock_filter *code, size_t at, int *held)
{
	const struct sock_filter *i = &code[at];
	int now = held[at];
	if (BPF_CLASS(i->code) == BPF_RET)
		return;
	if (i->code == (BPF_JMP | BPF_JA)) {
		meet(held, at + 1 + i->k, now);
	} else if (is_comparison(i)) {
		meet(held, at + 1 + i->jt, now);
		meet(held, at + 1 + i->jf, now);
	} else {
		if (i->code == (BPF_LD | BPF_W | BPF_ABS))
			now = (int)i->k;
		else if (BPF_CLASS(i->code) == BPF_LD || i->code == (BPF_MISC | BPF_TXA) ||
			 (BPF_CLASS(i->code) == BPF_ALU && i->code != (BPF_ALU | BPF_AND | BPF_K)))
			now = MIXED;
		meet(held, at + 1, now);
	}
}

static enum compared what_is_compared(const struct sock_filter *i, int held)
{
	if (held == MIXED || BPF_SRC(i->code) == BPF_X)
		return COMPARED_OTHER;
	if (held == (int)offsetof(struct seccomp_data, arch))
		return COMPARED_ARCH;
	return held == (int)offsetof(struct seccomp_data, nr) ? COMPARED_NUMBER : COMPARED_ARGUMENT;
}

static void count(const struct sock_filter *i, int held, struct filter_size *out)
{
	if (held == DEAD)
		out->dead++;
	else if (i->code == (BPF_LD | BPF_W | BPF_ABS))
		out->loads++;
	else if (is_comparison(i))
		out->comparisons[what_is_compared(i, held)]++;
	else if (BPF_CLASS(i->code) == BPF_JMP)
		out->jumps++;
	else if (BPF_CLASS(i->code) == BPF_RET)
		out->returns++;
	else
		out->other++;
}

/* Returns the length of the longest way. Goes backwards: all jumps go forward, so successors are known. */
static size_t longest_way(const struct sock_filter *code, size_t n, size_t *longest)
{
	for (size_t at = n; at-- > 0;) {
		const struct sock_filter *i = &code[at];
		size_t next = 0;
		if (is_comparison(i)) {
			size_t yes = longest[at + 1 + i->jt], no = longest[at + 1 + i->jf];
			next = yes > no ? yes : no;
		} else if (BPF_CLASS(i->code) == BPF_JMP) {
			next = longest[at + 1 + i->k];
		} else if (BPF_CLASS(i->code) != BPF_RET) {
			next = longest[at + 1];
		}
		longest[at] = 1 + next;
	}
	return longest[0];
}

int filter_measure(const struct sock_filter *code, size_t n, struct filter_size *out, struct error *e)
{
	int *held = malloc((n + 1) * sizeof(*held));
	size_t *longest = calloc(n + 1, sizeof(*longest));
	int rc = held == NULL || longest == NULL ? error_memory(e) : 0;
	*out = (struct filter_size){.all = n};
	if (rc == 0) {
		for (size_t at = 1; at <= n; at++)
			held[at] = DEAD;
		held[0] = MIXED; /* 0, no word of the call */
		for (size_t at = 0; at < n; at++) {
			if (held[at] != DEAD)
				hand_on(code, at, held);
			count(&code[at], held[at], out);
		}
		out->longest = longest_way(code, n, longest);
	}
	free(held);
	free(longest);
	return rc;
}

/* A copy of a filter that returns where the filter loads a word that a fact does not know. */
struct blinded {
	const struct sock_filter *code;
	size_t n;
	struct sock_filter *copy;
	uint8_t args; /* the arguments that it may load; ALL_ARGS + 1: the copy was not made yet */
};

#define ALL_ARGS 0x3f

static void blind(struct blinded *b, uint8_t args)
{
	if (b->args == args)
		return;
	b->args = args;
	memcpy(b->copy, b->code, b->n * sizeof(*b->copy));
	for (size_t at = 0; at < b->n; at++) {
		struct sock_filter *i = &b->copy[at];
		size_t first = offsetof(struct seccomp_data, args);
		if (i->code != (BPF_LD | BPF_W | BPF_ABS) || i->k == offsetof(struct seccomp_data, nr) ||
		    i->k == offsetof(struct seccomp_data, arch))
			continue;
		if (i->k < first || !(args >> (i->k - first) / 8 & 1))
			*i = (struct sock_filter){.code = BPF_RET | BPF_K};
	}
}

static void weigh(struct blinded *b, const struct fact *f, struct filter_weight *out)
{
	struct seccomp_data data = fact_data(f, fact_is_numbers(f) ? f->min : f->key.values);
	double calls = (double)fact_total(f);
	size_t steps, known;
	/* A load is never the last instruction: where it became a return, the copy takes fewer steps. */
	filter_run(b->code, b->n, &data, &steps);
	blind(b, f->wide ? 0 : f->key.args);
	filter_run(b->copy, b->n, &data, &known);
	if (known != steps || fact_is_numbers(f)) {
		*(f->wide ? &out->wide : &out->unrecorded) += calls;
		return;
	}
	out->calls += calls;
	out->steps += calls * (double)steps;
	if (filter_is_cached(b->code, b->n, (enum arch)f->key.arch, f->key.nr))
		return;
	out->run_calls += calls;
	out->run_steps += calls * (double)steps;
}

int filter_weigh(const struct sock_filter *code, size_t n, const struct profile *p, struct filter_weight *out,
		 struct error *e)
{
	struct blinded b = {code, n, malloc(n * sizeof(*b.copy)), ALL_ARGS + 1};
	*out = (struct filter_weight){0};
	if (b.copy == NULL)
		return error_memory(e);
	for (size_t i = 0; i < profile_fact_count(p); i++)
		weigh(&b, profile_fact(p, i), out);
	free(b.copy);
	return 0;
}
