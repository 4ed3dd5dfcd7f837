/* What a filter costs: held against counting by hand, against trying everything, and against running it.
 * SPDX-License-Identifier: MIT */
#include "verify_helper.h"

#define LD(word)      {BPF_LD | BPF_W | BPF_ABS, 0, 0, word}
#define JEQ(k, t, f)  {BPF_JMP | BPF_JEQ | BPF_K, t, f, k}
#define JGE(k, t, f)  {BPF_JMP | BPF_JGE | BPF_K, t, f, k}
#define JGT(k, t, f)  {BPF_JMP | BPF_JGT | BPF_K, t, f, k}
#define JSET(k, t, f) {BPF_JMP | BPF_JSET | BPF_K, t, f, k}
#define AND(k)	      {BPF_ALU | BPF_AND | BPF_K, 0, 0, k}
#define RET(k)	      {BPF_RET | BPF_K, 0, 0, k}
#define JA(k)	      {BPF_JMP | BPF_JA, 0, 0, k}
#define ALLOW	      SECCOMP_RET_ALLOW
#define KILL	      SECCOMP_RET_KILL_PROCESS
#define SIZE(array)   (sizeof(array) / sizeof(array[0]))

enum { NR = 0, ARCH = 4, ARG0 = 16, ARG1 = 24 };

/* The fewest constants by trying all: values 0 to n - 1 of some kinds, of which the wide ones stand for so many that no
 * JEQ can name them all. Bit i of G is a border before value i. */
static unsigned by_trying(const uint8_t *kind, const bool *wide, unsigned n)
{
	unsigned least = n;
	for (unsigned g = 0; g < 1u << n; g += 2)
		for (unsigned j = 0; j < 1u << n; j++) {
			unsigned cost = (unsigned)(__builtin_popcount(g) + __builtin_popcount(j));
			int current = -1;
			bool right = cost < least;
			for (unsigned i = 0; i < n && right; i++) {
				if (g >> i & 1)
					current = -1;
				if (j >> i & 1) {
					right = !wide[i];
					continue;
				}
				right = current == -1 || current == kind[i];
				current = kind[i];
			}
			if (right)
				least = cost;
		}
	return least;
}

static void least_is_least(void **state)
{
	(void)state;
	for (int round = 0; round < 1000; round++) {
		uint8_t kind[7];
		bool wide[7];
		struct word_run runs[7];
		unsigned n = 1 + (unsigned)(any() % 7), kinds = 1 + (unsigned)(any() % 4);
		size_t count = 0;
		uint32_t lo = 0;
		for (unsigned i = 0; i < n; i++) {
			kind[i] = (uint8_t)(any() % kinds);
			wide[i] = i == n - 1 || any() % 3 == 0;
			if (count == 0 || runs[count - 1].kind != kind[i])
				runs[count++] = (struct word_run){lo, kind[i]};
			lo += wide[i] ? 1000 : 1;
		}
		assert_int_equal(least_comparisons(runs, count), by_trying(kind, wide, n));
	}
}

static struct filter_bound bound_of(const struct sock_filter *code, size_t n)
{
	struct filter_bound b;
	struct error e = {0};
	if (filter_bound(code, n, &b, &e) != 0)
		fail_msg("%s", e.text);
	return b;
}

static void assert_bound(struct filter_bound b, size_t loads, size_t archs, size_t numbers, size_t returns, bool arguments)
{
	assert_int_equal(b.loads, loads);
	assert_int_equal(b.archs, archs);
	assert_int_equal(b.numbers, numbers);
	assert_int_equal(b.returns, returns);
	assert_int_equal(b.arguments, arguments);
}

static void bounds_by_hand(void **state)
{
	(void)state;
	struct sock_filter nothing[] = {RET(ALLOW)};
	assert_bound(bound_of(nothing, SIZE(nothing)), 0, 0, 0, 1, false);
	/* Comparisons that decide nothing are not needed; one hole of one number is one JEQ. */
	struct sock_filter hole[] = {LD(NR), JEQ(7, 1, 0), JGE(3, 1, 1), RET(KILL), RET(ALLOW)};
	assert_bound(bound_of(hole, SIZE(hole)), 1, 0, 1, 2, false);
	struct sock_filter one[] = {LD(ARCH), JEQ(0xc000003e, 0, 3), LD(NR), JGE(10, 1, 0), RET(ALLOW), RET(KILL)};
	assert_bound(bound_of(one, SIZE(one)), 2, 1, 1, 2, false);
	/* Two architectures that say different things of the number: it must be loaded twice, or else the architecture. */
	struct sock_filter two[] = {LD(ARCH), JEQ(0xc000003e, 1, 0), JEQ(0x40000003, 2, 5), LD(NR), JGE(10, 3, 2),
				    LD(NR), JEQ(4, 0, 1), RET(ALLOW), RET(KILL)};
	assert_bound(bound_of(two, SIZE(two)), 3, 2, 2, 2, false);
	/* Two that say the same: once. */
	struct sock_filter same[] = {LD(ARCH), JEQ(0xc000003e, 1, 0), JEQ(0x40000003, 0, 3), LD(NR), JGE(10, 1, 0),
				     RET(ALLOW), RET(KILL)};
	assert_bound(bound_of(same, SIZE(same)), 2, 2, 1, 2, false);
	/* The number first, and for one number the architecture. */
	struct sock_filter late[] = {LD(NR), JEQ(4, 0, 2), LD(ARCH), JEQ(0xc000003e, 0, 1), RET(ALLOW), RET(KILL)};
	assert_bound(bound_of(late, SIZE(late)), 2, 1, 1, 2, false);
	struct sock_filter tests[] = {LD(NR), JEQ(4, 0, 3), LD(ARG0), JEQ(1, 1, 0), RET(KILL), RET(ALLOW)};
	assert_bound(bound_of(tests, SIZE(tests)), 1, 0, 1, 2, true);
	/* One of 16 cases, by arithmetic: a program of comparisons needs them all. */
	struct sock_filter nibble[] = {LD(NR), AND(0xfffffff8), JEQ(8, 0, 1), RET(ALLOW), RET(KILL)};
	assert_bound(bound_of(nibble, SIZE(nibble)), 1, 0, 2, 2, false);
}

static void no_bound(void **state)
{
	(void)state;
	struct filter_bound b;
	struct error e = {0};
	struct sock_filter odd[] = {LD(NR), JSET(1, 0, 1), RET(ALLOW), RET(KILL)};
	assert_int_equal(filter_bound(odd, SIZE(odd), &b, &e), ERR_LIMIT);
	assert_non_null(strstr(e.text, "more cases"));
	struct sock_filter words[] = {LD(ARG0), {BPF_MISC | BPF_TAX, 0, 0, 0}, LD(ARG1), {BPF_ALU | BPF_MUL | BPF_X, 0, 0, 0},
				      JEQ(6, 0, 1), RET(ALLOW), RET(KILL)};
	e = (struct error){0};
	assert_int_equal(filter_bound(words, SIZE(words), &b, &e), ERR_LIMIT);
	assert_non_null(strstr(e.text, "instruction 4"));
}

/* Loads, comparisons with few constants, jumps and returns, in any order. */
static size_t random_comparisons(struct sock_filter *code, size_t most)
{
	static const uint32_t words[] = {NR, NR, ARCH, ARCH, ARG0};
	size_t n = 4 + any() % (most - 3), kinds = any() % 4 == 0 ? 5 : 4;
	for (size_t at = 0; at < n; at++) {
		size_t left = n - at - 1;
		struct sock_filter choices[] = {LD(words[any() % kinds]), JEQ(0, 0, 0), JGE(0, 0, 0), JGT(0, 0, 0), JEQ(0, 0, 0),
						RET(0)};
		struct sock_filter *i = &code[at];
		*i = left == 0 ? choices[5] : at == 0 ? choices[0] : choices[any() % SIZE(choices)];
		if (BPF_CLASS(i->code) == BPF_JMP) {
			i->jt = (uint8_t)(any() % (left < 6 ? left : 6));
			i->jf = (uint8_t)(any() % (left < 6 ? left : 6));
		}
		if (BPF_CLASS(i->code) != BPF_LD)
			i->k = (uint32_t)(any() % 5);
	}
	return n;
}

/* No program of that kind has less than what its bound says that all need. */
static void programs_have_it(void **state)
{
	(void)state;
	size_t told = 0, thrice = 0, met = 0;
	for (int round = 0; round < 40000; round++) {
		struct sock_filter code[40];
		struct filter_size s;
		struct error e = {0};
		size_t n = random_comparisons(code, SIZE(code));
		assert_int_equal(filter_validate(code, n, &e), 0);
		assert_int_equal(filter_measure(code, n, &s, &e), 0);
		if (s.comparisons[COMPARED_OTHER] > 0)
			continue;
		struct filter_bound b = bound_of(code, n);
		if (s.comparisons[COMPARED_NUMBER] < b.numbers || s.comparisons[COMPARED_ARCH] < b.archs || s.loads < b.loads ||
		    s.returns < b.returns)
			fail_msg("has less than the bound: loads %zu %zu, archs %zu %zu, numbers %zu %zu", s.loads, b.loads,
				 s.comparisons[COMPARED_ARCH], b.archs, s.comparisons[COMPARED_NUMBER], b.numbers);
		told++;
		thrice += b.loads == 3;
		met += b.numbers > 1 && s.comparisons[COMPARED_NUMBER] == b.numbers;
	}
	print_message("%zu programs, %zu must load three times, %zu have no comparison of the number too many\n", told, thrice,
		      met);
	assert_true(told > 1000 && thrice > 10 && met > 40);
}

/* Numbers only, on one architecture. */
static struct policy *names_only(void)
{
	static const struct action actions[] = {{ACTION_ALLOW, 0}, {ACTION_ALLOW, 0}, {ACTION_LOG, 0}, {ACTION_ERRNO, 1}};
	enum arch arch = (enum arch)(any() % ARCH_COUNT);
	struct policy *p = new_policy(ARCH_BIT(arch), ACTION_KILL);
	uint32_t step = 1 + (uint32_t)(any() % 30), kinds = 1 + (uint32_t)(any() % SIZE(actions));
	for (uint32_t nr = 0; nr < 460; nr += 1 + (uint32_t)(any() % step))
		new_rule(p, arch, nr, actions[any() % kinds]);
	return p;
}

/* No filter has less than its bound; and those for names on one architecture have exactly that, but for jumps on the way
 * to what is too far, and returns that are there twice for the same reason. */
static void compiled_meet_it(void **state)
{
	(void)state;
	size_t tight = 0, names = 0;
	for (int round = 0; round < 300; round++) {
		struct policy *p = round % 2 == 0 ? names_only() : random_policy();
		struct filter f = {0};
		struct filter_size size;
		struct error e = {0};
		if (policy_finish(p, &e) != 0 || filter_compile(p, NULL, &f, &e) != 0) {
			assert_int_equal(e.code, ERR_LIMIT);
			policy_free(p);
			continue;
		}
		struct filter_bound b = bound_of(f.code.items, f.code.count);
		assert_int_equal(filter_measure(f.code.items, f.code.count, &size, &e), 0);
		size_t all = b.archs + b.numbers + b.loads + b.returns;
		assert_true(size.comparisons[COMPARED_NUMBER] >= b.numbers);
		assert_true(size.comparisons[COMPARED_ARCH] >= b.archs);
		assert_true(size.all >= all);
		assert_int_equal(size.dead + size.comparisons[COMPARED_OTHER], 0);
		if (round % 2 == 0) {
			assert_false(b.arguments);
			assert_int_equal(size.comparisons[COMPARED_NUMBER], b.numbers);
			assert_int_equal(size.all - size.jumps - size.returns, all - b.returns);
			tight += size.all == all;
			names++;
		}
		filter_clear(&f);
		policy_free(p);
	}
	print_message("%zu of %zu meet the bound\n", tight, names);
	assert_true(2 * tight > names);
}

/* Whether the way of a call meets a load of anything but number and architecture, and its end is a constant. */
static bool looks_away(const struct filter *f, const struct seccomp_data *d)
{
	uint32_t a = 0;
	for (size_t at = 0;; at++) {
		const struct sock_filter *i = &f->code.items[at];
		if (BPF_CLASS(i->code) == BPF_RET)
			return i->code == (BPF_RET | BPF_K);
		if (i->code == (BPF_LD | BPF_W | BPF_ABS) && i->k != NR && i->k != ARCH)
			return false;
		if (i->code == (BPF_LD | BPF_W | BPF_ABS))
			a = i->k == NR ? (uint32_t)d->nr : d->arch;
		else if (i->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= i->k;
		else if (i->code == (BPF_JMP | BPF_JA))
			at += i->k;
		else if (BPF_OP(i->code) == BPF_JEQ)
			at += a == i->k ? i->jt : i->jf;
		else if (BPF_OP(i->code) == BPF_JGE)
			at += a >= i->k ? i->jt : i->jf;
		else if (BPF_OP(i->code) == BPF_JSET)
			at += (a & i->k) != 0 ? i->jt : i->jf;
		else
			fail_msg("instruction %zu is not one of our compiler", at);
	}
}

/* Of our filters: cached is what is allowed without a look at arguments; and that is all that a policy allows
 * unconditionally. */
static void check_cached(const char *name, struct policy *p)
{
	struct filter f = compiled(p);
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		for (uint32_t nr = 0; nr <= abi_newest((enum arch)arch) + 3; nr++) {
			struct seccomp_data d = {.nr = (int)nr, .arch = arch_audit((enum arch)arch)};
			char buffer[32];
			const struct rule *r = policy_rule(p, (enum arch)arch, abi_name((enum arch)arch, nr, buffer, sizeof(buffer)));
			bool is = filter_is_cached(f.code.items, f.code.count, (enum arch)arch, nr);
			uint32_t verdict = filter_run(f.code.items, f.code.count, &d, NULL);
			bool expected = verdict == ALLOW && looks_away(&f, &d) && nr <= abi_newest((enum arch)arch);
			if (is != expected)
				fail_msg("%s: %s: cached %d, expected %d", name, buffer, is, expected);
			if (p->archs & ARCH_BIT(arch) && r != NULL && r->any.count == 0 && r->action.kind == ACTION_ALLOW &&
			    nr <= abi_newest((enum arch)arch))
				assert_true(is);
			for (int i = 0; i < 6; i++)
				d.args[i] = interesting();
			if (is)
				assert_int_equal(filter_run(f.code.items, f.code.count, &d, NULL), ALLOW);
		}
	filter_clear(&f);
}

static void cached_calls(void **state)
{
	(void)state;
	assert_true(each_policy("tests/golden/policy", check_cached) >= 5);
	assert_true(each_policy("policies/library", check_cached) >= 4);
}

static void constants_by_hand(void **state)
{
	(void)state;
	uint32_t v = 1;
	/* The kernel follows AND, JSET and JGT, but no other arithmetic, memory, X, BPF_LEN or RET A. */
	struct sock_filter fine[] = {LD(NR), AND(0xff), JSET(0x10, 0, 2), JGT(0x10, 0, 1), RET(ALLOW), RET(KILL)};
	assert_true(filter_is_constant(fine, SIZE(fine), 0, 0x111, &v));
	assert_int_equal(v, ALLOW);
	assert_true(filter_is_constant(fine, SIZE(fine), 0, 0x10, &v));
	assert_int_equal(v, KILL);
	static const struct sock_filter others[] = {
	    {BPF_ALU | BPF_OR | BPF_K, 0, 0, 0}, {BPF_ALU | BPF_AND | BPF_X, 0, 0, 0}, {BPF_MISC | BPF_TAX, 0, 0, 0},
	    {BPF_LD | BPF_IMM, 0, 0, 5},	 {BPF_LD | BPF_W | BPF_LEN, 0, 0, 0},  {BPF_ST, 0, 0, 0},
	    {BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 0}, LD(ARG0),			       LD(8)};
	for (size_t i = 0; i < SIZE(others); i++) {
		struct sock_filter not[] = {LD(NR), others[i], RET(ALLOW)};
		assert_false(filter_is_constant(not, SIZE(not), 0, 0, &v));
		assert_false(filter_is_cached(not, SIZE(not), ARCH_X86_64, 0));
	}
	struct sock_filter returns[] = {LD(NR), {BPF_RET | BPF_A, 0, 0, 0}};
	assert_false(filter_is_constant(returns, SIZE(returns), 0, ALLOW, &v));
	/* Exactly ALLOW: not with data, not LOG; and only numbers that the architecture has. */
	struct sock_filter data[] = {RET(ALLOW | 1)}, all[] = {RET(ALLOW)}, log[] = {RET(SECCOMP_RET_LOG)};
	assert_false(filter_is_cached(data, 1, ARCH_X86_64, 0));
	assert_false(filter_is_cached(log, 1, ARCH_X86_64, 0));
	assert_true(filter_is_cached(all, 1, ARCH_I386, abi_newest(ARCH_I386)));
	assert_false(filter_is_cached(all, 1, ARCH_I386, abi_newest(ARCH_I386) + 1));
	assert_false(filter_is_cached(all, 1, ARCH_X86_64, 0x40000000));
	assert_false(filter_is_cached(all, 1, ARCH_X86_64, UINT32_MAX));
}

static void measured_by_hand(void **state)
{
	(void)state;
	struct filter_size s;
	struct error e = {0};
	struct sock_filter code[] = {
	    LD(ARCH),  JEQ(0xc000003e, 0, 11), LD(NR),	JGE(5, 0, 2), AND(1), JEQ(1, 7, 7), LD(ARG0), JSET(3, 1, 0),
	    JA(1),     JA(2),		       JEQ(4, 1, 1), RET(1),  RET(ALLOW),
	    RET(KILL)};
	assert_int_equal(filter_validate(code, SIZE(code), &e), 0);
	assert_int_equal(filter_measure(code, SIZE(code), &s, &e), 0);
	assert_int_equal(s.all, 14);
	assert_int_equal(s.loads, 3);
	assert_int_equal(s.comparisons[COMPARED_ARCH], 1);
	assert_int_equal(s.comparisons[COMPARED_NUMBER], 2);
	assert_int_equal(s.comparisons[COMPARED_ARGUMENT], 2);
	assert_int_equal(s.comparisons[COMPARED_OTHER], 0);
	assert_int_equal(s.jumps, 2);
	assert_int_equal(s.other, 1);
	assert_int_equal(s.returns, 2);
	assert_int_equal(s.dead, 1);
	assert_int_equal(s.longest, 9); /* 0 1 2 3 6 7 8 10 12 */
	/* Two words on two ways: not told what is compared. */
	struct sock_filter mixed[] = {LD(ARCH), JEQ(1, 1, 0), LD(NR), JEQ(2, 0, 0), RET(ALLOW)};
	assert_int_equal(filter_measure(mixed, SIZE(mixed), &s, &e), 0);
	assert_int_equal(s.comparisons[COMPARED_OTHER], 1);
	assert_int_equal(s.longest, 5);
}

static size_t longest_from(const struct sock_filter *code, size_t at)
{
	if (BPF_CLASS(code[at].code) == BPF_RET)
		return 1;
	if (BPF_CLASS(code[at].code) != BPF_JMP)
		return 1 + longest_from(code, at + 1);
	if (code[at].code == (BPF_JMP | BPF_JA))
		return 1 + longest_from(code, at + 1 + code[at].k);
	size_t yes = longest_from(code, at + 1 + code[at].jt), no = longest_from(code, at + 1 + code[at].jf);
	return 1 + (yes > no ? yes : no);
}

static void longest_way(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct sock_filter code[16];
		struct filter_size s;
		struct error e = {0};
		size_t n = 1 + any() % SIZE(code);
		for (size_t at = 0; at < n; at++) {
			size_t left = n - at - 1;
			struct sock_filter choices[] = {
			    LD(4 * (uint32_t)(any() % 16)), JEQ((uint32_t)interesting(), 0, 0), JGT((uint32_t)any(), 0, 0),
			    JA(0), RET(ALLOW), JSET((uint32_t)interesting(), 0, 0)};
			code[at] = left == 0 ? choices[4] : choices[any() % SIZE(choices)];
			if (code[at].code == (BPF_JMP | BPF_JA))
				code[at].k = (uint32_t)(any() % left);
			else if (BPF_CLASS(code[at].code) == BPF_JMP)
				code[at].jt = (uint8_t)(any() % left), code[at].jf = (uint8_t)(any() % left);
		}
		assert_int_equal(filter_measure(code, n, &s, &e), 0);
		assert_int_equal(s.longest, longest_from(code, 0));
		for (int i = 0; i < 20; i++) {
			struct seccomp_data d = {.nr = (int)interesting(), .arch = (uint32_t)interesting()};
			size_t steps;
			filter_run(code, n, &d, &steps);
			assert_true(steps <= s.longest);
		}
	}
}

/* Bytes counted in what Linux 6.18 made of the same instructions. */
static void native_code(void **state)
{
	(void)state;
	struct sock_filter all[] = {RET(ALLOW)}, none[] = {RET(0)};
	assert_int_equal(filter_native_size(all, 1), 20 + 5 + 5);
	assert_int_equal(filter_native_size(none, 1), 20 + 2 + 5);
	/* mov; cmp imm32, jne; mov; cmp imm8, jae; test, je; mov, the end; mov, jmp; mov, jmp */
	struct sock_filter few[] = {LD(ARCH),	 JEQ(0x3e, 0, 5), LD(NR), JGE(0x1ff, 3, 0),
				    JEQ(0, 1, 0), RET(ALLOW),	  RET(1), RET(KILL)};
	assert_int_equal(filter_native_size(few, SIZE(few)),
			 20 + 3 + (4 + 2) + 3 + (7 + 2) + (3 + 2) + (5 + 5) + (5 + 2) + (5 + 2));
	/* A negative constant goes through a register; two jumps where neither side is next; JA to what follows is none. */
	struct sock_filter more[] = {LD(ARCH), JEQ(0xc000003e, 1, 2), JA(0), RET(ALLOW), RET(KILL), JSET(4, 0, 1),
				     RET(1),   RET(2)};
	more[2].k = 2;
	more[3].k = ALLOW;
	assert_int_equal(filter_native_size(more, SIZE(more)), 20 + 3 + (8 + 2 + 2) + 2 + (5 + 5) + (5 + 2) + (7 + 2 + 2) +
							      (5 + 2) + (5 + 2));
	/* Far jumps: 6 bytes, or 5. */
	struct sock_filter far[64] = {LD(NR), JEQ(1, 61, 0)};
	for (size_t i = 2; i < 62; i++)
		far[i] = (struct sock_filter)JEQ(2, 0, 0);
	far[62] = (struct sock_filter)RET(ALLOW);
	far[63] = (struct sock_filter)RET(KILL);
	assert_int_equal(filter_native_size(far, 64), 20 + 3 + (4 + 6) + 60 * (4 + 2) + (5 + 5) + (5 + 2));
	/* Every kind of instruction. The kernel's own length was 339: 3 bytes were for not being classic, 14 for another way
	 * to memory words, 9 for one more look at a divisor. */
	static const struct sock_filter odd[] = {
	    {0x20, 0, 0, 16}, {0x02, 0, 0, 3}, {0x61, 0, 0, 3}, {0x04, 0, 0, 5}, {0x04, 0, 0, 500}, {0x0c, 0, 0, 0},
	    {0x14, 0, 0, 500}, {0x1c, 0, 0, 0}, {0x24, 0, 0, 5}, {0x24, 0, 0, 500}, {0x2c, 0, 0, 0}, {0x34, 0, 0, 7},
	    {0x20, 0, 0, 16}, {0x3c, 0, 0, 0}, {0x44, 0, 0, 1}, {0x44, 0, 0, 0x80000000}, {0x4c, 0, 0, 0},
	    {0x54, 0, 0, 0xffff}, {0x5c, 0, 0, 0}, {0x64, 0, 0, 1}, {0x64, 0, 0, 5}, {0x74, 0, 0, 2}, {0x84, 0, 0, 0},
	    {0xa4, 0, 0, 0x1234}, {0xac, 0, 0, 0}, {0x07, 0, 0, 0}, {0x87, 0, 0, 0}, {0x03, 0, 0, 15}, {0x60, 0, 0, 15},
	    {0x00, 0, 0, 0}, {0x20, 0, 0, 20}, {0x61, 0, 0, 3}, {0x1d, 1, 0, 0}, {0x06, 0, 0, 0}, {0x2d, 0, 1, 0},
	    {0x06, 0, 0, 0x7fff0000}, {0x45, 0, 1, 4}, {0x06, 0, 0, 1}, {0x45, 1, 0, 0x80000000}, {0x06, 0, 0, 2},
	    {0x4d, 0, 1, 0}, {0x06, 0, 0, 3}, {0x05, 0, 0, 0}, {0x20, 0, 0, 28}, {0x15, 0, 1, 0}, {0x05, 0, 0, 0},
	    {0x25, 0, 1, 0x90000000}, {0x06, 0, 0, 5}, {0x05, 0, 0, 0}, {0x01, 0, 0, 0}, {0x0c, 0, 0, 0}, {0x01, 0, 0, 9},
	    {0x0c, 0, 0, 0}, {0x81, 0, 0, 0}, {0x0c, 0, 0, 0}, {0x00, 0, 0, 7}, {0x0c, 0, 0, 0}, {0x80, 0, 0, 0},
	    {0x16, 0, 0, 0}};
	assert_int_equal(filter_native_size(odd, SIZE(odd)), 339 - 3 - 14 - 9);
}

/* Linux 6.1 on aarch64 said so of its own (tests/e2e/jit.sh, which asks it for more): steps of 4 bytes, an even number. */
static void native_code_of_arm(void **state)
{
	(void)state;
	struct sock_filter all[] = {RET(ALLOW)}, none[] = {RET(0)};
	assert_int_equal(filter_arm_size(all, 1), 4 * (15 + 2 + 9 + 2));
	assert_int_equal(filter_arm_size(none, 1), 4 * (15 + 1 + 9 + 1 + 2));
	/* ldr; cmp, b.ne; ldr; cmp, b.hs; cmp, b.eq; movz, movk, b; movz, b; movn, movk, the end */
	struct sock_filter few[] = {LD(ARCH), JEQ(0x3e, 0, 5), LD(NR), JGE(0x1ff, 3, 0), JEQ(0, 1, 0), RET(ALLOW), RET(1), RET(KILL)};
	assert_int_equal(filter_arm_size(few, SIZE(few)), 4 * (15 + 1 + 2 + 1 + 2 + 2 + 3 + 2 + 2 + 9 + 1 + 2));
	/* A constant that cmp cannot have; masks that tst can have and cannot; two branches. */
	struct sock_filter more[] = {LD(ARCH), JEQ(0xc00000b7, 1, 2), JSET(0xff0, 1, 0), JSET(5, 1, 0), RET(KILL), RET(ALLOW)};
	assert_int_equal(filter_arm_size(more, SIZE(more)), 4 * (15 + 1 + (2 + 1 + 2) + 2 + 3 + 3 + 2 + 9 + 2));
}

static struct profile *some_calls(void)
{
	struct profile *p = profile_new();
	struct error e = {0};
	static char id[] = "0123456789abcdef0123456789abcdef", word[] = "x", started[] = "2026-01-31T12:00:00Z";
	struct run run = {.id = id, .started = started, .mode = word, .kernel = word};
	assert_non_null(p);
	assert_true(profile_add_run(p, &run, &e) == 0 && profile_add_program(p, "/x", NULL, &e) == 0);
	struct {
		uint32_t nr;
		uint64_t args[6], count;
	} calls[] = {{0, {3}, 10}, {72, {3, 3}, 5}, {72, {3, 4}, 2}, {1, {1}, 4}};
	for (size_t i = 0; i < SIZE(calls); i++) {
		struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, calls[i].nr, calls[i].args);
		assert_true(profile_observe(p, &key, 0, 0, calls[i].count, &e) >= 0);
	}
	/* lseek's offset is not recorded, nor any descriptor; its whence is, and here becomes wide. */
	for (uint64_t i = 0; i <= PROFILE_FACT_CAP; i++) {
		struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, 8, (uint64_t[6]){3, 0, i});
		assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
	}
	assert_int_equal(profile_sort(p, &e), 0);
	return p;
}

static void weighed(void **state)
{
	(void)state;
	struct profile *p = some_calls();
	struct filter_weight w;
	struct error e = {0};
	double wide = PROFILE_FACT_CAP + 1;
	/* read: 3, cached. fcntl(F_GETFL): 6, F_SETFL: 6. write: its descriptor is looked at. lseek: whence. */
	struct sock_filter code[] = {LD(NR),   JEQ(0, 8, 0), JEQ(72, 0, 2), LD(ARG1), JEQ(3, 5, 4), JEQ(1, 0, 1),
				     LD(ARG0), JEQ(8, 0, 1), LD(32),	    RET(KILL), RET(ALLOW)};
	assert_int_equal(filter_validate(code, SIZE(code), &e), 0);
	assert_int_equal(filter_weigh(code, SIZE(code), p, &w, &e), 0);
	assert_true(w.calls == 17 && w.steps == 10 * 3 + 5 * 6 + 2 * 6);
	assert_true(w.run_calls == 7 && w.run_steps == 7 * 6);
	assert_true(w.unrecorded == 4 && w.wide == wide);
	/* Where nobody looks, all can be weighed. */
	struct sock_filter names[] = {LD(NR), JEQ(0, 1, 0), RET(KILL), RET(ALLOW)};
	assert_int_equal(filter_weigh(names, SIZE(names), p, &w, &e), 0);
	assert_true(w.calls == 21 + wide && w.steps == 3 * w.calls && w.run_calls == 11 + wide);
	assert_true(w.unrecorded == 0 && w.wide == 0);
	profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(least_is_least),	cmocka_unit_test(bounds_by_hand),   cmocka_unit_test(no_bound),
	    cmocka_unit_test(programs_have_it), cmocka_unit_test(compiled_meet_it), cmocka_unit_test(cached_calls),	    cmocka_unit_test(constants_by_hand),
	    cmocka_unit_test(measured_by_hand), cmocka_unit_test(longest_way),	    cmocka_unit_test(native_code),
	    cmocka_unit_test(native_code_of_arm),
	    cmocka_unit_test(weighed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
