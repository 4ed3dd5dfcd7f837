/* Every golden filter with any one instruction changed: verify finds it, with a call that shows it, or it means the same.
 * SPDX-License-Identifier: MIT */
#include "verify_helper.h"

#include <linux/filter.h>

/* So many calls must not contradict that a mutant is equivalent. */
#define ASKED 20000

static struct {
	size_t invalid, killed, equivalent, survived;
} count;

/* One changed instruction in place: an invalid program is no mutant. */
static void try_mutant(struct filter *f, const struct policy *p, size_t at, struct sock_filter changed)
{
	struct sock_filter kept = f->code.items[at];
	struct seccomp_data witness;
	struct error e = {0};
	if (memcmp(&kept, &changed, sizeof(kept)) == 0)
		return;
	f->code.items[at] = changed;
	if (filter_validate(f->code.items, f->code.count, &e) != 0) {
		count.invalid++;
	} else {
		int rc = verified(f, p, ASKED, &witness, &e);
		count.killed += rc == 1;
		count.equivalent += rc == 0;
		if (rc < 0) {
			print_error("instruction %zu: %s\n", at, e.text);
			count.survived++;
		}
	}
	f->code.items[at] = kept;
}

static void change_constant(struct filter *f, const struct policy *p, size_t at)
{
	static const int32_t steps[] = {1, -1, 4, -4, 8, -8};
	struct sock_filter c = f->code.items[at];
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct sock_filter m = c;
		m.k += (uint32_t)steps[i];
		try_mutant(f, p, at, m);
	}
	for (int bit = 0; bit < 32; bit++) {
		struct sock_filter m = c;
		m.k ^= 1u << bit;
		try_mutant(f, p, at, m);
	}
}

static void change_jump(struct filter *f, const struct policy *p, size_t at)
{
	static const uint16_t ops[] = {BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JSET};
	struct sock_filter c = f->code.items[at], m = c;
	m.jt = c.jf;
	m.jf = c.jt;
	try_mutant(f, p, at, m);
	for (int step = -1; step <= 1; step += 2) {
		m = c;
		m.jt = (uint8_t)(c.jt + step);
		try_mutant(f, p, at, m);
		m = c;
		m.jf = (uint8_t)(c.jf + step);
		try_mutant(f, p, at, m);
	}
	m = c;
	m.jt = c.jf;
	try_mutant(f, p, at, m);
	m = c;
	m.jf = c.jt;
	try_mutant(f, p, at, m);
	for (size_t i = 0; i < 4; i++) {
		m = c;
		m.code = (uint16_t)(BPF_JMP | BPF_K | ops[i]);
		try_mutant(f, p, at, m);
		m.code |= BPF_X;
		try_mutant(f, p, at, m);
	}
}

/* By what a compiler might put there instead. */
static void replace(struct filter *f, const struct policy *p, size_t at)
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
		try_mutant(f, p, at, others[i]);
}

static void mutate(const char *name, struct policy *p)
{
	struct filter f = compiled(p);
	double began = seconds();
	memset(&count, 0, sizeof(count));
	for (size_t at = 0; at < f.code.count; at++) {
		uint16_t code = f.code.items[at].code;
		change_constant(&f, p, at);
		if (BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA)
			change_jump(&f, p, at);
		replace(&f, p, at);
	}
	print_message("%-16s %5zu mutants: %5zu killed, %4zu equivalent, %zu survived (%zu more are invalid; %.1f s)\n", name,
		      count.killed + count.equivalent + count.survived, count.killed, count.equivalent, count.survived,
		      count.invalid, seconds() - began);
	assert_int_equal(count.survived, 0);
	assert_true(count.killed > 10 * count.equivalent);
	filter_clear(&f);
}

static void mutants_of_golden_filters(void **state)
{
	(void)state;
	assert_true(each_policy("tests/golden/policy", mutate) > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(mutants_of_golden_filters)};
	/* By hand: the policies of another folder. */
	if (argc > 1)
		return each_policy(argv[1], mutate) > 0 ? 0 : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
