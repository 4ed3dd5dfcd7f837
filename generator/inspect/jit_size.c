/* Estimates how much machine code the kernel makes of a filter; kernels and processors differ. It follows the kernel's two
 * steps: classic to extended BPF (net/core/filter.c, bpf_convert_filter; A is R0, X is R7, the call's
 * address R6), and that to x86_64 (arch/x86/net/bpf_jit_comp.c, do_jit, as of Linux 6.12; A is eax, X r13d, the call's
 * address rbx). It does not count what some kernels and processors add: ENDBR (4 bytes, twice), return thunks (4 more), the
 * barriers against branch history injection, blinded constants (bpf_jit_harden). SPDX-License-Identifier: MIT */
#include "generator/generator.h"

#include <linux/filter.h>
#include <stdlib.h>

/* nop (5), push rbp (1), mov rbp, rsp (3), push rbx (1), push r13 (2); xor eax, eax (2), xor r13d, r13d (3), mov rbx,
 * rdi (3). With memory words: sub rsp, … (7). */
#define PROLOGUE	20
#define PROLOGUE_MEMORY 7

/* pop r13 (2), pop rbx (1), leave (1), ret (1): once, at the first return; the others jump there. */
#define EPILOGUE 5

/* Short jumps make other jumps short, so the kernel repeats; this is the most rounds (bpf_int_jit_compile). */
#define ROUNDS 20

enum jump_kind {
	JUMP_NONE,
	JUMP_IF,     /* 2 bytes where it is short, else 6 */
	JUMP_ALWAYS, /* 0 bytes where it leads to the next piece, 2 where it is short, else 5 */
	JUMP_EXIT,   /* likewise, to the epilogue; or the epilogue itself */
};

/* Machine code of fixed size, and a jump after it. */
struct piece {
	uint32_t fixed;
	uint32_t kind;
	size_t target; /* an instruction of the filter */
	size_t end;    /* address of the next piece */
};

/* At most 5 pieces an instruction (a division by X). */
#define PIECES_MOST 5

struct native {
	struct piece *pieces;
	size_t count;
	size_t *first; /* per instruction: its first piece */
	bool memory;
};

static void add(struct native *o, uint32_t fixed, enum jump_kind kind, size_t target)
{
	o->pieces[o->count++] = (struct piece){.fixed = fixed, .kind = kind, .target = target};
}

static bool is_byte(uint32_t k)
{
	return (int32_t)k >= -128 && (int32_t)k <= 127;
}

/* Returns the size of mov r32, imm32; for 0, of xor r32, r32. r13d needs a prefix. */
static uint32_t set_size(uint32_t k, bool x)
{
	return (k == 0 ? 2u : 5u) + x;
}

static void divide(struct native *o, const struct sock_filter *i)
{
	/* push rdx, xor edx, edx, div r32, pop rdx; with K, mov r11, imm32 before. */
	if (BPF_SRC(i->code) == BPF_K) {
		add(o, 1 + 7 + 2 + 3 + 1, JUMP_NONE, 0);
		return;
	}
	/* mov r13d, r13d; where it is 0: xor eax, eax and the end. */
	size_t own = o->count;
	add(o, 3 + 3, JUMP_IF, 0);
	add(o, 2, JUMP_EXIT, 0);
	add(o, 1 + 2 + 3 + 1, JUMP_NONE, 0);
	o->pieces[own].target = SIZE_MAX; /* always short: it jumps over the next piece */
}

static uint32_t alu_size(const struct sock_filter *i)
{
	bool x = BPF_SRC(i->code) == BPF_X;
	switch (BPF_OP(i->code)) {
	case BPF_NEG:
		return 2;
	case BPF_MUL:
		return x ? 4 : is_byte(i->k) ? 3 : 6;
	case BPF_LSH:
	case BPF_RSH:
		return x ? 5 /* shlx, with BMI2; else 7 */ : i->k == 1 ? 2 : 3;
	default:
		return x || is_byte(i->k) ? 3 : 5;
	}
}

/* Comparisons with K have 64 bits. K is sign-extended there, so K from 0x80000000 on is first loaded into esi. The comparison
 * needs one jump where the side that is not taken is the next instruction, or (except JSET) the other side is; otherwise two. */
static void compare(struct native *o, const struct sock_filter *i, size_t at)
{
	size_t yes = at + 1 + i->jt, no = at + 1 + i->jf;
	uint32_t size = 3; /* cmp or test rax, r64; test rax, rax */
	if (BPF_SRC(i->code) == BPF_K && (int32_t)i->k < 0)
		size = 5 + 3;
	else if (BPF_SRC(i->code) == BPF_K && BPF_OP(i->code) == BPF_JSET)
		size = 7;
	else if (BPF_SRC(i->code) == BPF_K && i->k != 0)
		size = is_byte(i->k) ? 4 : 7;
	if (i->jt == 0 && i->jf != 0 && BPF_OP(i->code) != BPF_JSET) {
		add(o, size, JUMP_IF, no);
		return;
	}
	add(o, size, JUMP_IF, yes);
	if (i->jf != 0)
		add(o, 0, JUMP_ALWAYS, no);
}

static void translate(struct native *o, const struct sock_filter *code, size_t at)
{
	const struct sock_filter *i = &code[at];
	bool x = BPF_CLASS(i->code) == BPF_LDX || BPF_CLASS(i->code) == BPF_STX;
	o->first[at] = o->count;
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
	case BPF_LDX:
		if (BPF_MODE(i->code) == BPF_IMM || BPF_MODE(i->code) == BPF_LEN)
			add(o, set_size(BPF_MODE(i->code) == BPF_LEN ? sizeof(struct seccomp_data) : i->k, x),
			    JUMP_NONE, 0);
		else
			add(o, 3u + x, JUMP_NONE, 0); /* mov r32, [rbx or rbp + byte] */
		o->memory |= BPF_MODE(i->code) == BPF_MEM;
		break;
	case BPF_ST:
	case BPF_STX:
		add(o, 3u + x, JUMP_NONE, 0);
		o->memory = true;
		break;
	case BPF_ALU:
		if (BPF_OP(i->code) == BPF_DIV)
			divide(o, i);
		else
			add(o, alu_size(i), JUMP_NONE, 0);
		break;
	case BPF_JMP:
		if (BPF_OP(i->code) == BPF_JA)
			add(o, 0, JUMP_ALWAYS, at + 1 + i->k);
		else
			compare(o, i, at);
		break;
	case BPF_RET:
		add(o, BPF_RVAL(i->code) == BPF_K ? set_size(i->k, false) : 0, JUMP_EXIT, 0);
		break;
	default:
		add(o, 3, JUMP_NONE, 0); /* mov r64, r64 */
	}
}

static size_t start_of(const struct native *o, size_t piece)
{
	return piece == 0 ? PROLOGUE + (o->memory ? PROLOGUE_MEMORY : 0) : o->pieces[piece - 1].end;
}

/* Returns the size of a piece's jump, by the addresses of the round before. */
static size_t jump_size(const struct native *o, const struct piece *p, size_t epilogue)
{
	if (p->kind == JUMP_NONE)
		return 0;
	if (p->target == SIZE_MAX)
		return 2;
	if (p == &o->pieces[epilogue])
		return EPILOGUE;
	size_t target =
	    p->kind == JUMP_EXIT ? start_of(o, epilogue) + o->pieces[epilogue].fixed : start_of(o, o->first[p->target]);
	if (p->kind == JUMP_ALWAYS && target == p->end)
		return 0;
	/* Since Linux 6.12 not up to 127: a jump that becomes longer must not push others out of reach. */
	int64_t distance = (int64_t)target - (int64_t)p->end;
	bool near = distance >= -128 && distance <= 123;
	return near ? 2 : p->kind == JUMP_IF ? 6 : 5;
}

/* Sets the address of every piece. Returns whether one moved. */
static bool place(struct native *o, size_t epilogue, bool first)
{
	size_t end = start_of(o, 0);
	bool moved = false;
	for (size_t i = 0; i < o->count; i++) {
		struct piece *p = &o->pieces[i];
		/* The kernel begins with 64 bytes per instruction: no jump is short. */
		size_t jump = first ? 64 : jump_size(o, p, epilogue);
		end += p->fixed + jump;
		moved |= p->end != end;
		p->end = end;
	}
	return moved;
}

size_t filter_native_size(const struct sock_filter *code, size_t n)
{
	struct native o = {.pieces = calloc(n, PIECES_MOST * sizeof(*o.pieces)), .first = calloc(n, sizeof(*o.first))};
	size_t size = 0, epilogue = 0;
	if (o.pieces != NULL && o.first != NULL) {
		for (size_t at = 0; at < n; at++)
			translate(&o, code, at);
		while (o.pieces[epilogue].kind != JUMP_EXIT) /* the last instruction is a return */
			epilogue++;
		bool moved = place(&o, epilogue, true);
		for (int round = 1; round < ROUNDS && moved; round++)
			moved = place(&o, epilogue, false);
		size = o.pieces[o.count - 1].end;
	}
	free(o.pieces);
	free(o.first);
	return size;
}
