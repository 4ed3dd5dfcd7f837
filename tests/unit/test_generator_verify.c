/* Verify: filters that are right are equal, and whatever is wrong with one is found, with a call that shows it.
 * SPDX-License-Identifier: MIT */
#include "verify_helper.h"

#include <linux/filter.h>

#define NATIVE arch_audit(ARCH_X86_64)
#define ARG_LOW(i)  ((uint32_t)offsetof(struct seccomp_data, args) + 8 * (i))
#define ARG_HIGH(i) (ARG_LOW(i) + 4)

static const struct action allow = {.kind = ACTION_ALLOW};

static void golden(const char *name, struct policy *p)
{
	struct filter f = compiled(p);
	struct seccomp_data witness;
	struct error e = {0};
	double began = seconds();
	for (int i = 0; i < 10; i++)
		assert_int_equal(filter_verify(f.code.items, f.code.count, p, &witness, &e), 0);
	print_message("%-22s %4zu instructions: equal, %.2f ms\n", name, f.code.count, (seconds() - began) * 100);
	assert_int_equal(verified(&f, p, 2000, &witness, &e), 0);
	filter_clear(&f);
}

static void ready_policies_are_equal(void **state)
{
	(void)state;
	assert_true(each_policy("tests/golden/policy", golden) > 0);
	assert_true(each_policy("policies/library", golden) > 0);
}

/* Each one's filter says what it says, and mostly not what another one says. */
static void random_policies(void **state)
{
	(void)state;
	size_t compared = 0, differ = 0;
	for (int i = 0; i < 150; i++) {
		struct policy *p = random_policy(), *other = random_policy();
		struct filter f = {0};
		struct seccomp_data witness;
		struct error e = {0};
		assert_int_equal(policy_finish(p, &e), 0);
		assert_int_equal(policy_finish(other, &e), 0);
		int rc = filter_compile(p, NULL, &f, &e);
		if (rc == 0) {
			assert_int_equal(verified(&f, p, 300, &witness, &e), 0);
			compared++;
			differ += (size_t)(verified(&f, other, 300, &witness, &e) == 1);
		} else { /* too long for the kernel, and nothing else */
			assert_int_equal(rc, ERR_LIMIT);
			assert_null(strstr(e.text, "cannot decide"));
		}
		filter_clear(&f);
		policy_free(p);
		policy_free(other);
	}
	assert_true(compared > 100 && differ > compared * 9 / 10);
}

/* By hand -------------------------------------------------------------------------------------------------------- */

/* An instruction whose jumps lead to lines. */
struct line {
	uint16_t code;
	uint32_t k;
	uint8_t yes, no;
};

#define LOAD(offset)	    {BPF_LD | BPF_W | BPF_ABS, offset, 0, 0}
#define IF(op, k, yes, no)  {BPF_JMP | BPF_K | (op), k, yes, no}
#define IF_X(op, yes, no)   {BPF_JMP | BPF_X | (op), 0, yes, no}
#define COMPUTE(op, k)	    {BPF_ALU | BPF_K | (op), k, 0, 0}
#define COMPUTE_X(op)	    {BPF_ALU | BPF_X | (op), 0, 0, 0}
#define RETURN(k)	    {BPF_RET | BPF_K, k, 0, 0}
#define NOTHING		    {BPF_JMP | BPF_JA, 0, 0, 0}
#define NEWEST_X86_64	    abi_newest(ARCH_X86_64)

static struct filter assembled(const struct line *lines, size_t n)
{
	struct filter f = {0};
	struct error e = {0};
	for (size_t i = 0; i < n; i++) {
		struct sock_filter s = {.code = lines[i].code, .k = lines[i].k};
		if (BPF_CLASS(s.code) == BPF_JMP && BPF_OP(s.code) != BPF_JA) {
			s.jt = (uint8_t)(lines[i].yes - i - 1);
			s.jf = (uint8_t)(lines[i].no - i - 1);
		}
		assert_true(vec_push(&f.code, s));
	}
	if (filter_validate(f.code.items, f.code.count, &e) != 0)
		fail_msg("%s", e.text);
	return f;
}

static int answer(const struct line *lines, size_t n, const struct policy *p, struct seccomp_data *witness)
{
	struct error e = {0};
	struct filter f = assembled(lines, n);
	int rc = verified(&f, p, 20000, witness, &e);
	if (rc < 0) {
		assert_int_equal(rc, ERR_LIMIT);
		assert_non_null(strstr(e.text, "cannot decide"));
	}
	filter_clear(&f);
	return rc;
}

/* read; lseek with whence ≤ 2; openat of AT_FDCWD; creat with mode 0600; mmap with a length from 0x180000000 to
 * 0x300000005 and MAP_PRIVATE in the lowest four bits of its flags. */
static struct policy *by_hand(void)
{
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct error e = {0};
	allow_nr(p, ARCH_X86_64, 0);
	add_test(new_alternative(new_rule(p, ARCH_X86_64, 8, allow)), ARCH_X86_64, 8, 2, UINT64_MAX,
		 &(struct range){0, 2}, 1);
	add_test(new_alternative(new_rule(p, ARCH_X86_64, 257, allow)), ARCH_X86_64, 257, 0, UINT64_MAX,
		 &(struct range){(uint64_t)-100, (uint64_t)-100}, 1);
	add_test(new_alternative(new_rule(p, ARCH_X86_64, 85, allow)), ARCH_X86_64, 85, 1, UINT64_MAX,
		 &(struct range){0600, 0600}, 1);
	struct alternative *a = new_alternative(new_rule(p, ARCH_X86_64, 9, allow));
	add_test(a, ARCH_X86_64, 9, 1, UINT64_MAX, &(struct range){0x180000000, 0x300000005}, 1);
	add_test(a, ARCH_X86_64, 9, 3, 0xf, &(struct range){2, 2}, 1);
	assert_int_equal(policy_finish(p, &e), 0);
	return p;
}

enum { LINES = 32, KILL = 29, PERMIT = 30, ENOSYS_LINE = 31, SPARE = 27 };

static void right_lines(struct line lines[LINES])
{
	const struct line right[LINES] = {
	    [0] = LOAD(4),
	    [1] = IF(BPF_JEQ, NATIVE, 2, KILL),
	    [2] = LOAD(0),
	    [3] = IF(BPF_JGE, ABI_NR_FOREIGN, KILL, 4),
	    [4] = IF(BPF_JGT, NEWEST_X86_64, ENOSYS_LINE, 5),
	    [5] = IF(BPF_JEQ, 0, PERMIT, 6),
	    [6] = IF(BPF_JEQ, 8, 10, 7),
	    [7] = IF(BPF_JEQ, 9, 17, 8),
	    [8] = IF(BPF_JEQ, 257, 12, 9),
	    [9] = IF(BPF_JEQ, 85, 14, KILL),
	    [10] = LOAD(ARG_LOW(2)),
	    [11] = IF(BPF_JGT, 2, KILL, PERMIT),
	    [12] = LOAD(ARG_LOW(0)),
	    [13] = IF(BPF_JEQ, 0xffffff9c, PERMIT, KILL),
	    [14] = LOAD(ARG_LOW(1)),
	    [15] = COMPUTE(BPF_AND, 0xffff),
	    [16] = IF(BPF_JEQ, 0600, PERMIT, KILL),
	    [17] = LOAD(ARG_HIGH(1)),
	    [18] = IF(BPF_JEQ, 1, 21, 19),
	    [19] = IF(BPF_JEQ, 2, 25, 20),
	    [20] = IF(BPF_JEQ, 3, 23, KILL),
	    [21] = LOAD(ARG_LOW(1)),
	    [22] = IF(BPF_JGE, 0x80000000, 25, KILL),
	    [23] = LOAD(ARG_LOW(1)),
	    [24] = IF(BPF_JGT, 5, KILL, 25),
	    [25] = LOAD(ARG_LOW(3)),
	    [26] = COMPUTE(BPF_AND, 0xf),
	    [27] = IF(BPF_JEQ, 2, 30, 28),
	    [28] = NOTHING,
	    [KILL] = RETURN(SECCOMP_RET_KILL_PROCESS),
	    [PERMIT] = RETURN(SECCOMP_RET_ALLOW),
	    [ENOSYS_LINE] = RETURN(SECCOMP_RET_ERRNO | 38),
	};
	memcpy(lines, right, sizeof(right));
}

static void wrong_filters_are_found(void **state)
{
	(void)state;
	const struct {
		const char *what;
		size_t at;
		struct line line;
	} wrong[] = {
	    {"no look at the architecture", 1, NOTHING},
	    {"another architecture too", 1, IF(BPF_JSET, 0x80000000, 2, KILL)},
	    {"x32 let through", 3, IF(BPF_JGE, 0x80000000, KILL, 4)},
	    {"x32 taken for what it resembles", 3, COMPUTE(BPF_AND, ~ABI_NR_FOREIGN)},
	    {"number compared as signed", 3, IF(BPF_JSET, 0x80000000, KILL, 4)},
	    {"newest is newer", 4, IF(BPF_JGE, NEWEST_X86_64, ENOSYS_LINE, 5)},
	    {"newer by one is not", 4, IF(BPF_JGT, NEWEST_X86_64 + 1, ENOSYS_LINE, 5)},
	    {"newer like the default", 4, IF(BPF_JGT, NEWEST_X86_64, KILL, 5)},
	    {"one number more", 5, IF(BPF_JGE, 2, 6, PERMIT)},
	    {"a call forgotten", 8, NOTHING},
	    {"32 bits: high word", 10, LOAD(ARG_HIGH(2))},
	    {"another argument", 10, LOAD(ARG_LOW(1))},
	    {"whence up to 3", 11, IF(BPF_JGT, 3, KILL, PERMIT)},
	    {"whence up to 1", 11, IF(BPF_JGE, 2, KILL, PERMIT)},
	    {"whence negative", 11, IF(BPF_JSET, 0x7ffffffc, KILL, PERMIT)},
	    {"sign of dirfd", 13, IF(BPF_JGE, 0x80000000, PERMIT, KILL)},
	    {"sign in the high word", 12, LOAD(ARG_HIGH(0))},
	    {"16 bits: more of them", 15, NOTHING},
	    {"16 bits: fewer of them", 15, COMPUTE(BPF_AND, 0xfff)},
	    {"16 bits: one more", 15, COMPUTE(BPF_AND, 0x1ffff)},
	    {"high word ignored", 17, {BPF_LD | BPF_IMM, 2, 0, 0}},
	    {"high word off by one", 19, IF(BPF_JGE, 2, 25, 20)},
	    {"high 3: all low words", 20, IF(BPF_JEQ, 3, 25, KILL)},
	    {"stale accumulator after a join", 21, NOTHING},
	    {"stale accumulator lets through", 23, NOTHING},
	    {"low end off by one", 22, IF(BPF_JGT, 0x80000000, 25, KILL)},
	    {"low end off by one, below", 22, IF(BPF_JGE, 0x7fffffff, 25, KILL)},
	    {"high end off by one", 24, IF(BPF_JGE, 5, KILL, 25)},
	    {"high end off by one, above", 24, IF(BPF_JGT, 6, KILL, 25)},
	    {"mask forgotten", 26, NOTHING},
	    {"mask too small", 26, COMPUTE(BPF_AND, 7)},
	    {"bit instead of value", 27, IF(BPF_JSET, 2, 30, 28)},
	    {"wrong default", KILL, RETURN(SECCOMP_RET_KILL_THREAD)},
	    {"default allows", KILL, RETURN(SECCOMP_RET_ALLOW)},
	    {"wrong errno", ENOSYS_LINE, RETURN(SECCOMP_RET_ERRNO | 1)},
	    {"logs", PERMIT, RETURN(SECCOMP_RET_LOG)},
	    {"returns what was loaded", PERMIT, {BPF_RET | BPF_A, 0, 0, 0}},
	};
	struct policy *p = by_hand();
	struct line lines[LINES];
	struct seccomp_data witness;
	right_lines(lines);
	assert_int_equal(answer(lines, LINES, p, &witness), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		right_lines(lines);
		lines[wrong[i].at] = wrong[i].line;
		if (answer(lines, LINES, p, &witness) != 1)
			fail_msg("%s: not found", wrong[i].what);
	}
	policy_free(p);
}

/* The instruction pointer: looked at in vain, and not in vain. */
static void instruction_pointer(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct seccomp_data witness;
	struct line lines[] = {LOAD(8), IF(BPF_JEQ, 0x1234, 2, 3), NOTHING, LOAD(12), IF(BPF_JGT, 7, 5, 6),
			       RETURN(SECCOMP_RET_KILL_PROCESS), RETURN(SECCOMP_RET_KILL_PROCESS)};
	p->newer = p->default_action;
	assert_int_equal(answer(lines, 7, p, &witness), 0);
	lines[5].k = SECCOMP_RET_ALLOW;
	assert_int_equal(answer(lines, 7, p, &witness), 1);
	assert_true(witness.instruction_pointer >> 32 > 7);
	policy_free(p);
}

/* lseek's whence ≤ 2 in roundabout ways, all of them right: what follows line 10 up to `n`, then KILL and PERMIT. */
static void expect_roundabout(const struct line *body, size_t n, int expected, int where)
{
	enum { BEFORE = 7 };
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct line lines[40] = {LOAD(4),
				 IF(BPF_JEQ, NATIVE, 2, 6),
				 LOAD(0),
				 IF(BPF_JGE, ABI_NR_FOREIGN, 6, 4),
				 IF(BPF_JEQ, 8, BEFORE, 5),
				 IF(BPF_JGT, NEWEST_X86_64, 6, 6),
				 RETURN(SECCOMP_RET_KILL_PROCESS)};
	struct seccomp_data witness;
	struct error e = {0};
	p->newer = p->default_action;
	add_test(new_alternative(new_rule(p, ARCH_X86_64, 8, allow)), ARCH_X86_64, 8, 2, UINT64_MAX,
		 &(struct range){0, 2}, 1);
	assert_int_equal(policy_finish(p, &e), 0);
	for (size_t i = 0; i < n; i++) {
		lines[BEFORE + i] = body[i];
		lines[BEFORE + i].yes += BEFORE;
		lines[BEFORE + i].no += BEFORE;
	}
	int rc = answer(lines, BEFORE + n, p, &witness);
	if (rc != expected)
		fail_msg("line %d: answer %d, expected %d", where, rc, expected);
	policy_free(p);
}

#define BODY(expected, ...)                                                                                            \
	expect_roundabout((const struct line[]){__VA_ARGS__}, sizeof((const struct line[]){__VA_ARGS__}) / sizeof(struct line), \
			  expected, __LINE__)
#define YES RETURN(SECCOMP_RET_ALLOW)
#define NO  RETURN(SECCOMP_RET_KILL_PROCESS)

static void registers_memory_and_arithmetic(void **state)
{
	(void)state;
	const struct line tax = {BPF_MISC | BPF_TAX, 0, 0, 0}, txa = {BPF_MISC | BPF_TXA, 0, 0, 0};
	BODY(0, LOAD(ARG_LOW(2)), tax, {BPF_LD | BPF_IMM, 2, 0, 0}, IF_X(BPF_JGE, 4, 5), YES, NO);
	BODY(1, LOAD(ARG_LOW(2)), tax, {BPF_LD | BPF_IMM, 2, 0, 0}, IF_X(BPF_JGT, 4, 5), YES, NO);
	BODY(0, {BPF_LDX | BPF_IMM, 2, 0, 0}, LOAD(ARG_LOW(2)), IF_X(BPF_JGT, 3, 4), NO, YES);
	BODY(0, LOAD(ARG_LOW(2)), {BPF_ST, 3, 0, 0}, LOAD(0), {BPF_LD | BPF_MEM, 3, 0, 0}, IF(BPF_JGT, 2, 5, 6), NO, YES);
	BODY(1, LOAD(ARG_LOW(2)), {BPF_ST, 3, 0, 0}, {BPF_ST, 4, 0, 0}, LOAD(0), {BPF_ST, 3, 0, 0},
	     {BPF_LDX | BPF_MEM, 3, 0, 0}, txa, IF(BPF_JGT, 2, 8, 9), NO, YES);
	BODY(0, LOAD(ARG_LOW(2)), COMPUTE(BPF_ADD, 5), IF(BPF_JGT, 7, 3, 4), NO, IF(BPF_JGE, 5, 5, 3 + 3), YES, NO);
	BODY(1, LOAD(ARG_LOW(2)), COMPUTE(BPF_ADD, 5), IF(BPF_JGT, 7, 3, 4), NO, YES);
	BODY(0, LOAD(ARG_LOW(2)), COMPUTE(BPF_SUB, 3), IF(BPF_JGE, 0xfffffffd, 3, 4), YES, NO);
	BODY(0, LOAD(ARG_LOW(2)), {BPF_ALU | BPF_NEG, 0, 0, 0}, COMPUTE(BPF_ADD, 2), IF(BPF_JGT, 2, 4, 5), NO, YES);
	BODY(0, LOAD(ARG_LOW(2)), COMPUTE(BPF_XOR, 3), IF(BPF_JEQ, 0, 3, 4), NO, COMPUTE(BPF_RSH, 2), IF(BPF_JEQ, 0, 6, 3 + 4),
	     YES, NO);
	BODY(1, LOAD(ARG_LOW(2)), COMPUTE(BPF_RSH, 1), IF(BPF_JGT, 1, 3, 4), NO, YES);
	BODY(0, LOAD(ARG_LOW(2)), COMPUTE(BPF_RSH, 2), IF(BPF_JEQ, 0, 4, 3), NO, LOAD(ARG_LOW(2)), COMPUTE(BPF_LSH, 30),
	     IF(BPF_JEQ, 0xc0000000, 7, 8), NO, YES);
	BODY(0, LOAD(ARG_LOW(2)), COMPUTE(BPF_OR, 0), {BPF_LDX | BPF_W | BPF_LEN, 0, 0, 0}, COMPUTE_X(BPF_AND),
	     LOAD(ARG_LOW(2)), IF(BPF_JGE, 3, 6, 7), NO, YES);
	/* RET A: the verdict computed. */
	BODY(0, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 2, 4), {BPF_LD | BPF_IMM, 0x80000000, 0, 0}, {BPF_RET | BPF_A, 0, 0, 0},
	     {BPF_LD | BPF_IMM, 0x7fff0000, 0, 0}, {BPF_RET | BPF_A, 0, 0, 0});
	BODY(1, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 2, 3), NO, COMPUTE(BPF_OR, 0x7fff0000), {BPF_RET | BPF_A, 0, 0, 0});
	/* Registers begin as 0; a division by 0 ends the program with 0, one by 1 does nothing. */
	BODY(0, {BPF_LD | BPF_IMM, 1, 0, 0}, IF_X(BPF_JGT, 2, 4), LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 4, 5), NO, YES);
	BODY(1, LOAD(ARG_LOW(2)), COMPUTE_X(BPF_DIV), YES);
	BODY(1, LOAD(ARG_LOW(0)), tax, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 4, 5), NO, COMPUTE_X(BPF_DIV), YES);
}

/* What is not followed: an honest answer, unless it does not matter or a call that differs is at hand. */
static void what_cannot_be_told(void **state)
{
	(void)state;
	const struct line tax = {BPF_MISC | BPF_TAX, 0, 0, 0};
	BODY(ERR_LIMIT, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 2, 3), NO, LOAD(ARG_LOW(1)), COMPUTE(BPF_MUL, 2),
	     IF(BPF_JSET, 1, 6, 7), NO, YES);
	BODY(ERR_LIMIT, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 2, 3), NO, LOAD(ARG_LOW(1)), tax, LOAD(ARG_LOW(0)),
	     COMPUTE_X(BPF_ADD), IF_X(BPF_JEQ, 8, 9), YES, YES);
	/* Where both ways are one, nothing hangs on it. */
	BODY(0, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 2, 3), NO, LOAD(ARG_LOW(1)), tax, LOAD(ARG_LOW(0)), COMPUTE_X(BPF_ADD),
	     IF_X(BPF_JEQ, 8, 8), YES);
	BODY(0, LOAD(ARG_LOW(1)), COMPUTE(BPF_MUL, 3), LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 4, 5), NO, YES);
	BODY(1, LOAD(ARG_LOW(1)), COMPUTE(BPF_MUL, 3), IF(BPF_JGT, 70, 3, 4), NO, YES);
	/* Not followed, and different elsewhere. */
	BODY(1, LOAD(ARG_LOW(2)), IF(BPF_JGT, 3, 2, 3), NO, IF(BPF_JGE, 2, 8, 4), LOAD(ARG_LOW(1)), COMPUTE(BPF_DIV, 7),
	     IF(BPF_JEQ, 5, 7, 8), YES, YES);
}

/* Two words compared with each other: in this order of bits too large to be held. */
static void words_compared(void **state)
{
	(void)state;
	BODY(ERR_LIMIT, LOAD(ARG_LOW(2)), IF(BPF_JGT, 2, 2, 3), NO, LOAD(ARG_HIGH(5)), {BPF_MISC | BPF_TAX, 0, 0, 0},
	     LOAD(ARG_LOW(0)), IF_X(BPF_JEQ, 7, 9), LOAD(ARG_HIGH(5)), IF_X(BPF_JGT, 10, 9), YES, NO);
}

/* 400 calls and hundreds of alternatives, of all forms. */
static void large_policies_take_no_time(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	size_t calls = 0, alternatives = 0;
	for (uint32_t nr = 0; nr <= NEWEST_X86_64; nr++) {
		if (abi_by_nr(ARCH_X86_64, nr) == NULL)
			continue;
		struct rule *r = new_rule(p, ARCH_X86_64, nr, allow);
		calls++;
		for (unsigned n = nr % 8 == 0 ? (unsigned)(any() % 16) : 0; n > 0; n--, alternatives++) {
			struct alternative *a = new_alternative(r);
			uint64_t v = any() % 4096, w = interesting();
			add_test(a, ARCH_X86_64, nr, 0, UINT64_MAX, &(struct range){v, v + any() % 3}, 1);
			add_test(a, ARCH_X86_64, nr, 1, ~(uint64_t)0x80800, &(struct range){w & 0xfff, w & 0xfff}, 1);
			add_test(a, ARCH_X86_64, nr, 2, UINT64_MAX, &(struct range){w, w}, 1);
		}
	}
	struct filter f = compiled(p);
	struct seccomp_data witness;
	struct error e = {0};
	double began = seconds();
	assert_int_equal(filter_verify(f.code.items, f.code.count, p, &witness, &e), 0);
	print_message("%zu calls, %zu alternatives, %zu instructions: %.0f ms\n", calls, alternatives, f.code.count,
		      (seconds() - began) * 1000);
	assert_true(seconds() - began < 10); /* under valgrind or a sanitizer, on a slow machine */
	filter_clear(&f);
	policy_free(p);
}

/* Boxes that overlap: so many nodes pass by that those no longer needed must be dropped on the way. */
static void overlapping_alternatives(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct rule *r = new_rule(p, ARCH_X86_64, 8, allow);
	struct seccomp_data witness;
	struct error e = {0};
	for (int i = 0; i < 150; i++) {
		struct alternative *a = new_alternative(r);
		uint64_t offset = any() % (1u << 30), whence = any() % (1u << 30);
		add_test(a, ARCH_X86_64, 8, 1, UINT64_MAX, &(struct range){offset, offset + (any() >> 24)}, 1);
		add_test(a, ARCH_X86_64, 8, 2, UINT64_MAX, &(struct range){whence, whence + (any() >> 44)}, 1);
	}
	struct filter f = compiled(p);
	double began = seconds();
	assert_int_equal(filter_verify(f.code.items, f.code.count, p, &witness, &e), 0);
	print_message("%zu instructions: %.0f ms\n", f.code.count, (seconds() - began) * 1000);
	for (size_t i = 5; i < f.code.count; i += f.code.count / 5) {
		f.code.items[i].k++;
		if (filter_validate(f.code.items, f.code.count, &e) == 0)
			verified(&f, p, 1000, &witness, &e);
		f.code.items[i].k--;
	}
	filter_clear(&f);
	policy_free(p);
}

/* More combinations than anyone can hold: that the filter is wrong is found nevertheless. */
static void too_many_combinations(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	struct rule *r = new_rule(p, ARCH_X86_64, 9, allow);
	struct sock_filter kill = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_KILL_PROCESS};
	struct seccomp_data witness;
	struct error e = {0};
	for (int i = 0; i < 4000; i++) {
		struct alternative *a = new_alternative(r);
		for (unsigned arg = 0; arg < 6; arg++) {
			uint64_t v = any();
			add_test(a, ARCH_X86_64, 9, arg, UINT64_MAX, &(struct range){v / 4, v}, 1);
		}
	}
	assert_int_equal(policy_finish(p, &e), 0);
	double began = seconds();
	assert_int_equal(filter_verify(&kill, 1, p, &witness, &e), 1);
	print_message("found after %.1f s\n", seconds() - began);
	assert_true(action_ret(policy_evaluate(p, &witness)) != kill.k);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ready_policies_are_equal),
	    cmocka_unit_test(random_policies),
	    cmocka_unit_test(wrong_filters_are_found),
	    cmocka_unit_test(instruction_pointer),
	    cmocka_unit_test(registers_memory_and_arithmetic),
	    cmocka_unit_test(what_cannot_be_told),
	    cmocka_unit_test(words_compared),
	    cmocka_unit_test(large_policies_take_no_time),
	    cmocka_unit_test(overlapping_alternatives),
	    cmocka_unit_test(too_many_combinations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
