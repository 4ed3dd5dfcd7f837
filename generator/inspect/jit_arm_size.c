/* Estimates how much machine code the kernel makes of a filter on aarch64, as jit_size.c does for x86_64: classic to extended
 * BPF (net/core/filter.c, bpf_convert_filter), and that to A64 (arch/arm64/net/bpf_jit_comp.c, build_insn, as of Linux 6.1).
 * It does not count what some kernels and processors add: landing pads (CONFIG_ARM64_BTI_KERNEL), the barriers against branch
 * history injection, blinded constants (bpf_jit_harden). SPDX-License-Identifier: MIT */
#include "generator/generator.h"

#include <linux/filter.h>

/* Every instruction has so many bytes. */
#define STEP 4

/* mov x9, lr; nop; paciasp; stp, mov of the frame; four pairs saved; mov of the stack; its two bases; A and X set to 0; the
 * call's address kept. */
#define PROLOGUE 15

/* add sp; four pairs; ldp of the frame; mov x0; autiasp; ret. After it, at an even place, what jumps to a trampoline: ldr, br. */
#define EPILOGUE   9
#define TRAMPOLINE 2

/* mov of a constant to a register: movz or movn, and movk where that is not enough. */
static size_t set_steps(uint32_t k)
{
	uint32_t high = k >> 16, low = k & 0xffff;
	if (high & 0x8000)
		return high == 0xffff || low == 0xffff ? 1 : 2;
	return high != 0 ? 2 : 1;
}

/* Whether add, sub and cmp can have the constant, or its opposite. */
static bool adds(uint32_t k)
{
	return (k & ~0xfffu) == 0 || (k & ~0xfff000u) == 0;
}

static size_t sum_steps(uint32_t k)
{
	return adds(k) || adds(-k) ? 1 : set_steps(k) + 1;
}

/* Whether the ones of the low `size` bits are one run, from any bit on and round the end. */
static bool is_run(uint64_t bits, unsigned size)
{
	unsigned borders = 0;
	for (unsigned i = 0; i < size; i++)
		borders += (bits >> i & 1) != (bits >> (i + 1) % size & 1);
	return borders == 2;
}

/* Whether and, orr, eor and tst of `size` bits can have the constant: a run of ones, repeated. */
static bool masks(uint64_t k, unsigned size)
{
	while (size > 2) {
		uint64_t half = (UINT64_C(1) << size / 2) - 1;
		if ((k & half) != (k >> size / 2 & half))
			break;
		size /= 2;
		k &= half;
	}
	return is_run(k, size);
}

static size_t alu_steps(const struct sock_filter *i)
{
	bool x = BPF_SRC(i->code) == BPF_X;
	switch (BPF_OP(i->code)) {
	case BPF_DIV: /* by X: mov w20, w20; where it is 0: eor of A, and the end */
		return x ? 1 + 2 + 2 + 1 : set_steps(i->k) + 1;
	case BPF_MUL:
		return x ? 1 : set_steps(i->k) + 1;
	case BPF_ADD:
	case BPF_SUB:
		return x ? 1 : sum_steps(i->k);
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
		return x || masks(i->k, 32) ? 1 : set_steps(i->k) + 1;
	default: /* shifts, neg */
		return 1;
	}
}

/* A comparison of 64 bits. K from 0x80000000 on is first put into a register, as an extended instruction would extend its
 * sign. Two branches where neither side is the next instruction, and where JSET's other side is. */
static size_t compare_steps(const struct sock_filter *i)
{
	size_t steps = 1;
	if (BPF_SRC(i->code) == BPF_K && (int32_t)i->k < 0)
		steps = set_steps(i->k) + 1;
	else if (BPF_SRC(i->code) == BPF_K && BPF_OP(i->code) == BPF_JSET)
		steps = masks(i->k, 64) ? 1 : set_steps(i->k) + 1;
	else if (BPF_SRC(i->code) == BPF_K)
		steps = sum_steps(i->k);
	bool one = i->jf == 0 || (i->jt == 0 && BPF_OP(i->code) != BPF_JSET);
	return steps + (one ? 1 : 2);
}

static size_t steps_of(const struct sock_filter *i, bool last)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(i->code) == BPF_IMM ? set_steps(i->k) : 1;
	case BPF_ALU:
		return alu_steps(i);
	case BPF_JMP:
		return BPF_OP(i->code) == BPF_JA ? 1 : compare_steps(i);
	case BPF_RET: /* the last one runs into the epilogue */
		return (BPF_RVAL(i->code) == BPF_K ? set_steps(i->k) : 0) + !last;
	default: /* memory, tax, txa */
		return 1;
	}
}

size_t filter_arm_size(const struct sock_filter *code, size_t n)
{
	size_t steps = PROLOGUE;
	for (size_t at = 0; at < n; at++)
		steps += steps_of(&code[at], at + 1 == n);
	steps += EPILOGUE;
	return (steps + steps % 2 + TRAMPOLINE) * STEP;
}
