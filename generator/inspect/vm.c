/* Does what the kernel does with a filter: checks it, and runs it on a call. SPDX-License-Identifier: MIT */
#include "generator/generator.h"

#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

/* The instructions that kernel/seccomp.c, seccomp_check_filter, lets through (unchanged since Linux 3.5). LD and LDX
 * of BPF_LEN are the size of struct seccomp_data there. */
static bool allowed(uint16_t code)
{
	switch (code) {
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_JMP | BPF_JA:
	case BPF_ALU | BPF_NEG:
		return true;
	}
	uint16_t op = code & 0xf0;
	if ((code & ~(BPF_X | 0xf0)) == BPF_ALU)
		return op == BPF_ADD || op == BPF_SUB || op == BPF_MUL || op == BPF_DIV || op == BPF_AND ||
		       op == BPF_OR || op == BPF_XOR || op == BPF_LSH || op == BPF_RSH;
	if ((code & ~(BPF_X | 0xf0)) == BPF_JMP)
		return op == BPF_JEQ || op == BPF_JGE || op == BPF_JGT || op == BPF_JSET;
	return false;
}

/* Checks one instruction and its jumps (net/core/filter.c, bpf_check_classic). */
static int check_instruction(const struct sock_filter *code, size_t n, size_t at, struct error *e)
{
	const struct sock_filter *i = &code[at];
	size_t after = n - at - 1;
	if (!allowed(i->code))
		return error_set(e, ERR_INPUT, "instruction %zu: code 0x%02x is not for seccomp", at, i->code);
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		if (i->k >= sizeof(struct seccomp_data) || i->k % 4 != 0)
			return error_set(e, ERR_INPUT,
					 "instruction %zu: loads from offset %u; it must be a multiple of 4 below %zu",
					 at, i->k, sizeof(struct seccomp_data));
		break;
	case BPF_ALU | BPF_DIV | BPF_K:
		if (i->k == 0)
			return error_set(e, ERR_INPUT, "instruction %zu: divides by zero", at);
		break;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		if (i->k >= 32)
			return error_set(e, ERR_INPUT, "instruction %zu: shifts 32 bits by %u", at, i->k);
		break;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		if (i->k >= BPF_MEMWORDS)
			return error_set(e, ERR_INPUT, "instruction %zu: memory word %u; there are %d", at, i->k,
					 BPF_MEMWORDS);
		break;
	case BPF_JMP | BPF_JA:
		if (i->k >= after)
			return error_set(e, ERR_INPUT, "instruction %zu: jumps by %u, past the end", at,
					 i->k);
		break;
	}
	if (is_comparison(i) && (i->jt >= after || i->jf >= after))
		return error_set(e, ERR_INPUT, "instruction %zu: jumps by %u or %u, past the end", at, i->jt,
				 i->jf);
	return 0;
}

/* No memory word is read that was not written on every path before (check_load_and_stores). As in the kernel, what
 * was written before a return counts for the instruction after it, but what was before a jump does not. */
static int check_memory(const struct sock_filter *code, size_t n, struct error *e)
{
	uint16_t *valid = malloc(n * sizeof(*valid)), now = 0;
	int rc = 0;
	if (valid == NULL)
		return error_memory(e);
	memset(valid, 0xff, n * sizeof(*valid));
	for (size_t at = 0; at < n && rc == 0; at++) {
		const struct sock_filter *i = &code[at];
		now &= valid[at];
		if (i->code == BPF_ST || i->code == BPF_STX) {
			now |= (uint16_t)(1u << i->k);
		} else if (i->code == (BPF_LD | BPF_MEM) || i->code == (BPF_LDX | BPF_MEM)) {
			if (!(now & 1u << i->k))
				rc = error_set(e, ERR_INPUT,
					       "instruction %zu: memory word %u may not have been written", at, i->k);
		} else if (i->code == (BPF_JMP | BPF_JA)) {
			valid[at + 1 + i->k] &= now;
			now = UINT16_MAX;
		} else if (is_comparison(i)) {
			valid[at + 1 + i->jt] &= now;
			valid[at + 1 + i->jf] &= now;
			now = UINT16_MAX;
		}
	}
	free(valid);
	return rc;
}

int filter_validate(const struct sock_filter *code, size_t n, struct error *e)
{
	if (n == 0)
		return error_set(e, ERR_INPUT, "the filter is empty");
	if (n > BPF_MAXINSNS)
		return error_set(e, ERR_INPUT, "%zu instructions; the kernel takes %d", n, BPF_MAXINSNS);
	for (size_t at = 0; at < n; at++) {
		int rc = check_instruction(code, n, at, e);
		if (rc < 0)
			return rc;
	}
	if (BPF_CLASS(code[n - 1].code) != BPF_RET)
		return error_set(e, ERR_INPUT, "instruction %zu: the last one must be a return", n - 1);
	return check_memory(code, n, e);
}

struct machine {
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
	const struct seccomp_data *data;
};

/* false: division by a zero in X, which ends the program with 0 (bpf_convert_filter emits that exit). Shifts by X use
 * its low five bits, as the machine's own 32-bit shift does (kernel/bpf/core.c, SHT). */
static bool alu(struct machine *m, const struct sock_filter *i)
{
	uint32_t v = BPF_SRC(i->code) == BPF_X ? m->x : i->k;
	switch (BPF_OP(i->code)) {
	case BPF_ADD:
		m->a += v;
		break;
	case BPF_SUB:
		m->a -= v;
		break;
	case BPF_MUL:
		m->a *= v;
		break;
	case BPF_DIV:
		if (v == 0)
			return false;
		m->a /= v;
		break;
	case BPF_AND:
		m->a &= v;
		break;
	case BPF_OR:
		m->a |= v;
		break;
	case BPF_XOR:
		m->a ^= v;
		break;
	case BPF_LSH:
		m->a <<= v & 31;
		break;
	case BPF_RSH:
		m->a >>= v & 31;
		break;
	case BPF_NEG:
		m->a = -m->a;
		break;
	}
	return true;
}

static size_t jump(const struct machine *m, const struct sock_filter *i)
{
	uint32_t v = BPF_SRC(i->code) == BPF_X ? m->x : i->k;
	bool holds = false;
	switch (BPF_OP(i->code)) {
	case BPF_JA:
		return i->k;
	case BPF_JEQ:
		holds = m->a == v;
		break;
	case BPF_JGE:
		holds = m->a >= v;
		break;
	case BPF_JGT:
		holds = m->a > v;
		break;
	case BPF_JSET:
		holds = (m->a & v) != 0;
		break;
	}
	return holds ? i->jt : i->jf;
}

static uint32_t load(const struct machine *m, const struct sock_filter *i)
{
	uint32_t word;
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		memcpy(&word, (const char *)m->data + i->k, sizeof(word));
		return word;
	case BPF_LEN:
		return sizeof(struct seccomp_data);
	case BPF_MEM:
		return m->memory[i->k];
	default:
		return i->k;
	}
}

uint32_t filter_run(const struct sock_filter *code, size_t n, const struct seccomp_data *data, size_t *steps)
{
	/* Both registers start as 0 (bpf_convert_filter clears them). */
	struct machine m = {.data = data};
	uint32_t verdict = SECCOMP_RET_KILL_THREAD;
	size_t done = 0;
	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *i = &code[at];
		done++;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			m.a = load(&m, i);
			break;
		case BPF_LDX:
			m.x = load(&m, i);
			break;
		case BPF_ST:
			m.memory[i->k] = m.a;
			break;
		case BPF_STX:
			m.memory[i->k] = m.x;
			break;
		case BPF_ALU:
			if (!alu(&m, i))
				goto out;
			break;
		case BPF_JMP:
			at += jump(&m, i);
			break;
		case BPF_RET:
			verdict = BPF_RVAL(i->code) == BPF_A ? m.a : i->k;
			goto out;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		}
	}
out:
	if (steps != NULL)
		*steps = done;
	return verdict;
}
