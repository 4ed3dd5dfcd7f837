/* Any program against a few policies: what verify says of it is true, and what stats says it needs it has. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* So many calls are asked where a program is said to be equal. */
#define ASKED 500

static const char *const policies[] = {
    "{\"format\": \"pinhole-policy\", \"version\": 1, \"arch\": [\"x86_64\"], \"default\": \"kill\", \"newer\": \"kill\","
    " \"rules\": []}",
    "{\"format\": \"pinhole-policy\", \"version\": 1, \"arch\": [\"x86_64\"], \"default\": \"kill\","
    " \"newer\": \"errno:ENOSYS\", \"rules\": [{\"syscall\": \"read\"}, {\"syscall\": \"close\", \"action\": \"log\"}]}",
    "{\"format\": \"pinhole-policy\", \"version\": 1, \"arch\": [\"x86_64\", \"i386\"], \"default\": \"errno:EPERM\","
    " \"newer\": \"errno:ENOSYS\", \"rules\": [{\"syscall\": \"lseek\", \"any\": [{\"whence\": 1}, {\"offset\": 7}]},"
    " {\"syscall\": \"read\"}]}",
    "{\"format\": \"pinhole-policy\", \"version\": 1, \"arch\": [\"aarch64\"], \"default\": \"allow\", \"newer\": \"kill\","
    " \"rules\": [{\"syscall\": \"mmap\", \"action\": \"trap\","
    " \"any\": [{\"length\": {\"min\": 5, \"max\": \"0x300000001\"}, \"flags\": {\"mask\": \"0xf\", \"is\": 2}}]}]}",
};

enum { POLICIES = sizeof(policies) / sizeof(policies[0]) };

static uint64_t any(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A word that the program may look for, or another. */
static uint32_t word(const struct filter *f)
{
	uint32_t k = f->code.items[any() % f->code.count].k;
	switch (any() % 5) {
	case 0:
		return (uint32_t)any();
	case 1:
		return (uint32_t)any() % 16;
	case 2:
		return k + (uint32_t)(any() % 3) - 1;
	default:
		return k;
	}
}

static bool agree(const struct filter *f, const struct policy *p, const struct seccomp_data *call)
{
	return filter_run(f->code.items, f->code.count, call, NULL) == action_ret(policy_evaluate(p, call));
}

static void check(const struct filter *f, const struct policy *p)
{
	struct seccomp_data call = {0};
	struct error e = {0};
	int rc = filter_verify(f->code.items, f->code.count, p, &call, &e);
	if (rc == 1 && agree(f, p, &call))
		abort();
	if (rc < 0 && (rc != ERR_LIMIT || strstr(e.text, "cannot decide") == NULL))
		abort();
	for (int i = 0; rc == 0 && i < ASKED; i++) {
		uint32_t words[16];
		for (int w = 0; w < 16; w++)
			words[w] = word(f);
		memcpy(&call, words, sizeof(call));
		if (any() % 2 == 0)
			call.arch = arch_audit((enum arch)(any() % ARCH_COUNT));
		if (!agree(f, p, &call))
			abort();
	}
}

/* How the comparisons that the program has can tell calls apart: not by bits, nor with X, nor what was computed. */
static bool only_compares(const struct filter *f)
{
	for (size_t i = 0; i < f->code.count; i++)
		switch (f->code.items[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JA:
		case BPF_RET | BPF_K:
			break;
		default:
			return false;
		}
	return true;
}

static void check_bound(const struct filter *f)
{
	struct filter_bound b;
	struct filter_size s;
	struct error e = {0};
	int rc = filter_bound(f->code.items, f->code.count, &b, &e);
	if (rc < 0 && (rc != ERR_LIMIT || e.text[0] == '\0'))
		abort();
	if (filter_measure(f->code.items, f->code.count, &s, &e) != 0)
		abort();
	/* A comparison of another word on another way counts for both. */
	size_t other = s.comparisons[COMPARED_OTHER];
	if (rc == 0 && only_compares(f) &&
	    (s.comparisons[COMPARED_ARCH] + other < b.archs || s.comparisons[COMPARED_NUMBER] + other < b.numbers ||
	     s.loads < b.loads || s.returns < b.returns))
		abort();
}

/* The code and operand of an instruction that the kernel takes, from arbitrary ones: else hardly any program is valid. */
static void mend(struct filter *f)
{
	static const uint16_t codes[] = {
	    BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JGE | BPF_K, BPF_JMP | BPF_JGT | BPF_K,
	    BPF_JMP | BPF_JSET | BPF_K, BPF_ALU | BPF_AND | BPF_K, BPF_RET | BPF_K, BPF_LD | BPF_W | BPF_ABS,
	    BPF_JMP | BPF_JEQ | BPF_X, BPF_JMP | BPF_JA, BPF_LD | BPF_MEM, BPF_ST, BPF_LDX | BPF_MEM, BPF_STX,
	    BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA, BPF_LD | BPF_IMM, BPF_LDX | BPF_IMM, BPF_ALU | BPF_ADD | BPF_K,
	    BPF_ALU | BPF_SUB | BPF_X, BPF_ALU | BPF_MUL | BPF_K, BPF_ALU | BPF_DIV | BPF_X, BPF_ALU | BPF_OR | BPF_K,
	    BPF_ALU | BPF_LSH | BPF_K, BPF_ALU | BPF_RSH | BPF_X, BPF_ALU | BPF_NEG, BPF_RET | BPF_A,
	    BPF_ALU | BPF_XOR | BPF_X, BPF_JMP | BPF_JGT | BPF_X, BPF_JMP | BPF_JSET | BPF_X, BPF_LD | BPF_W | BPF_LEN,
	    BPF_ALU | BPF_DIV | BPF_K};
	static const uint32_t constants[] = {0, 1, 2, 3, 5, 7, 8, 9, 19, 222, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS,
					     SECCOMP_RET_LOG, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO | 1,
					     SECCOMP_RET_ERRNO | 38, 0xc000003e, 0x40000003, 0xc00000b7, 0x40000000,
					     0x80000000, UINT32_MAX};
	for (size_t i = 0; i < f->code.count; i++) {
		struct sock_filter *s = &f->code.items[i];
		size_t left = f->code.count - i - 1;
		s->code = left == 0 ? BPF_RET | BPF_K : codes[s->code % (sizeof(codes) / sizeof(codes[0]))];
		if (s->k >> 24 == 0)
			s->k = constants[s->k % (sizeof(constants) / sizeof(constants[0]))];
		if (s->code == (BPF_LD | BPF_W | BPF_ABS))
			s->k = s->k % 16 * 4;
		else if (s->code == (BPF_JMP | BPF_JA))
			s->k %= (uint32_t)left;
		else if (BPF_CLASS(s->code) == BPF_JMP)
			s->jt = (uint8_t)(s->jt % left), s->jf = (uint8_t)(s->jf % left);
		else if (BPF_CLASS(s->code) == BPF_ST || BPF_CLASS(s->code) == BPF_STX || BPF_MODE(s->code) == BPF_MEM)
			s->k %= BPF_MEMWORDS;
		else if (s->code == (BPF_ALU | BPF_LSH | BPF_K))
			s->k %= 32;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct policy *parsed[POLICIES];
	struct filter f = {0};
	struct error e = {0};
	if (n < 9)
		return 0;
	/* The first byte: which policy, and whether the rest is a filter as it is. */
	struct policy **p = &parsed[bytes[0] % POLICIES];
	if (*p == NULL)
		*p = policy_parse(policies[bytes[0] % POLICIES], strlen(policies[bytes[0] % POLICIES]), "fixed", &e);
	if (*p == NULL) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	for (size_t at = 1; at + 8 <= n && f.code.count < 200; at += 8) {
		struct sock_filter s;
		memcpy(&s, bytes + at, sizeof(s));
		if (!vec_push(&f.code, s))
			abort();
	}
	if (bytes[0] & 0x80)
		mend(&f);
	if (filter_validate(f.code.items, f.code.count, &e) == 0) {
		check(&f, *p);
		check_bound(&f);
	}
	filter_clear(&f);
	return 0;
}
