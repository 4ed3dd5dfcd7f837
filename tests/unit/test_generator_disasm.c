/* Listings: what they say of an instruction is true for every call that gets there; and how they read.
 * SPDX-License-Identifier: MIT */
#include "generator_helper.h"
#include "dataflow_helper.h"

static uint32_t pick(const uint32_t *from, size_t n)
{
	return from[any() % n];
}
#define PICK(from) pick(from, sizeof(from) / sizeof((from)[0]))

static const uint32_t archs[] = {0xc000003e, 0x40000003, 0xc00000b7, 0x40000028, 0};
static const uint32_t numbers[] = {0,	       1,	   2,	       3,	   41,	       42,	  0x3fffffff,
				   0x40000000, 0x40000001, 0x7fffffff, 0x80000000, 0x80000001, UINT32_MAX};
static const uint32_t masks[] = {0,	     1,		 2,	     0xf,	 0xfffffff0, 0xbfffffff,
				 0x40000000, 0xc0000000, 0x80000001, 0xfffffffe, 0x55555555, UINT32_MAX};
static const uint32_t words[] = {0, 0, 0, 4, 16, 20, 24, 8};

/* clang-format off */
#define NR {0x20, 0, 0, 0}
/* clang-format on */

/* As filters are made of: loads, masks, comparisons; and what upsets all that now and then. */
static struct sock_filter random_instruction(size_t left)
{
	static const uint16_t jumps[] = {BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JSET};
	switch (any() % 10) {
	case 0:
	case 1:
		return (struct sock_filter){BPF_LD | BPF_W | BPF_ABS, 0, 0, PICK(words)};
	case 2:
		return (struct sock_filter){BPF_ALU | BPF_AND | BPF_K, 0, 0, PICK(masks)};
	case 3:
		return any() % 2 == 0
			   ? (struct sock_filter){BPF_ALU | BPF_ADD | BPF_K, 0, 0, PICK(numbers)}
			   : (struct sock_filter){any() % 2 == 0 ? BPF_MISC | BPF_TAX : BPF_MISC | BPF_TXA, 0, 0, 0};
	case 4:
		if (any() % 4 != 0)
			return (struct sock_filter)NR;
		return any() % 2 == 0 ? (struct sock_filter){BPF_RET | BPF_K, 0, 0, (uint32_t)any()}
				      : (struct sock_filter){BPF_JMP | BPF_JA, 0, 0, (uint32_t)(any() % left)};
	default:
		return (struct sock_filter){(uint16_t)(BPF_JMP | jumps[any() % 4] | (any() % 20 == 0 ? BPF_X : BPF_K)),
					    (uint8_t)(any() % (left < 4 ? left : 4)), (uint8_t)(any() % left),
					    any() % 5 == 0   ? PICK(archs)
					    : any() % 5 == 0 ? PICK(masks)
							     : PICK(numbers)};
	}
}

static void is_true(void **state)
{
	(void)state;
	size_t arrived = 0, refined = 0, never = 0;
	for (int round = 0; round < 4000; round++) {
		struct sock_filter code[24];
		size_t n = 3 + any() % 21;
		struct error e = {0};
		for (size_t i = 0; i + 1 < n; i++)
			code[i] = random_instruction(n - 1 - i < 255 ? n - 1 - i : 255);
		code[n - 1] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
		if (filter_validate(code, n, &e) != 0)
			fail_msg("%s", e.text);
		struct dataflow *r = dataflow_find(code, n);
		assert_non_null(r);
		for (size_t at = 0; at < n; at++) {
			never += dataflow_never(&r[at]);
			refined += !dataflow_never(&r[at]) && !numbers_all(&r[at].numbers[0]);
		}
		for (int k = 0; k < 30; k++) {
			struct seccomp_data call = {.nr = (int)PICK(numbers),
						    .arch = PICK(archs),
						    .instruction_pointer = PICK(numbers),
						    .args = {PICK(numbers), PICK(numbers)}};
			for (size_t at = 0; at < n; at++) {
				uint32_t a;
				if (!arrives(code, n, at, &call, &a))
					continue;
				const char *what = untrue(&r[at], &call, a);
				struct text t = {0};
				if (what != NULL)
					filter_disasm(code, n, NULL, &t);
				if (what != NULL)
					fail_msg("arch %x nr %x at %zu: %s\n%s", call.arch, call.nr, at, what,
						 text_string(&t));
				arrived++;
			}
		}
		dataflow_free(r, n);
	}
	print_message("%zu arrivals; %zu instructions with fewer calls, %zu never reached\n", arrived, refined, never);
	assert_true(arrived > 100000 && refined > 3000 && never > 5000);
}

/* Reading. ------------------------------------------------------------------------------------------------------ */

/* clang-format off */
#define ARCH {0x20, 0, 0, 4}
#define LOW(i) {0x20, 0, 0, 16 + 8 * (i)}
#if defined(__aarch64__)
#define NATIVE_1 "aarch64 io_destroy"
#else
#define NATIVE_1 "x86_64 write"
#endif
#define HIGH(i) {0x20, 0, 0, 20 + 8 * (i)}
#define ALLOW {0x06, 0, 0, 0x7fff0000}
#define KILL {0x06, 0, 0, 0x80000000}
#define X86_64(left) ARCH, {0x15, 0, (left) + 1, 0xc000003e}, NR /* what is not x86_64 skips those behind it */

/* A filter, and lines (or parts of such) of its listing, in that order; "-" before what must not stand there. */
static const struct {
	const char *name;
	struct sock_filter code[20];
	const char *lines[10];
} listings[] = {
    {"a call",
     {X86_64(2), {0x15, 0, 1, 41}, ALLOW, KILL},
     {"arch != x86_64", "\n; x86_64\n", "number != socket", "; x86_64: socket\n", "allow\n", "; i386\n", "kill:\n"}},
    {"bits of a call",
     {X86_64(6), {0x15, 0, 5, 10}, LOW(2), {0x45, 2, 0, 4}, {0x54, 0, 0, 0xfffffffc}, {0x15, 1, 0, 0}, ALLOW, KILL},
     {"; x86_64: mprotect\n", "low half of prot\n", "prot & PROT_EXEC", "& ~(PROT_READ|PROT_WRITE)\n",
      "(low half of prot & ~(PROT_READ|PROT_WRITE)) == 0"}},
    {"a type without its flags",
     {X86_64(5), {0x15, 0, 4, 41}, LOW(1), {0x54, 0, 0, 0xfff7f7ff}, {0x15, 0, 1, 1}, ALLOW, KILL},
     {"type\n", "type & ~(SOCK_CLOEXEC|SOCK_NONBLOCK)\n", "!= SOCK_STREAM"}},
    {"what another argument selects",
     {X86_64(6), {0x15, 0, 5, 72}, LOW(1), {0x15, 0, 3, 2}, LOW(2), {0x15, 0, 1, 1}, ALLOW, KILL},
     {"cmd != F_SETFD", "low half of arg\n", "low half of arg != FD_CLOEXEC"}},
    {"both halves",
     {X86_64(8),
      {0x15, 0, 7, 56},
      HIGH(0),
      {0x15, 0, 5, 0},
      LOW(0),
      {0x15, 1, 0, 17},
      {0x15, 0, 2, 0x10000000},
      ALLOW,
      ALLOW,
      KILL},
     {"high half of flags\n", "high half of flags != 0", "flags == SIGCHLD", "flags != CLONE_NEWUSER"}},
    {"the half that is ignored",
     {X86_64(4), {0x15, 0, 3, 41}, HIGH(0), {0x15, 0, 1, 0}, ALLOW, KILL},
     {"high half of domain, which the kernel ignores"}},
    {"minus one", {X86_64(4), {0x15, 0, 3, 257}, LOW(0), {0x15, 0, 1, 0xffffff9c}, ALLOW, KILL}, {"dirfd != AT_FDCWD"}},
    {"no signs", {X86_64(4), {0x15, 0, 3, 41}, LOW(0), {0x35, 0, 1, 2}, ALLOW, KILL}, {"domain < AF_INET (unsigned)"}},
    {"two calls alike",
     {X86_64(6), {0x15, 1, 0, 41}, {0x15, 0, 4, 53}, LOW(0), {0x15, 0, 2, 1}, ALLOW, KILL, KILL},
     {"; x86_64: socket, socketpair\n", "domain\n", "domain != AF_UNIX"}},
    {"two calls unlike",
     {X86_64(6), {0x15, 1, 0, 41}, {0x15, 0, 4, 10}, LOW(0), {0x15, 0, 2, 1}, ALLOW, KILL, KILL},
     {"; x86_64: mprotect, socket\n", "args[0], low half\n", "-domain", "-AF_UNIX"}},
    {"x32 by its bit",
     {X86_64(5), {0x45, 4, 0, 0x40000000}, {0x15, 0, 3, 1}, LOW(0), {0x15, 0, 1, 1}, ALLOW, KILL},
     {"number & 0x40000000", "number != write", "; x86_64: write\n", "fd != 1\n"}},
    {"x32 and its sibling",
     {X86_64(5), {0x54, 0, 0, 0xbfffffff}, {0x15, 0, 3, 1}, LOW(0), {0x15, 0, 1, 1}, ALLOW, KILL},
     {"number & 0xbfffffff\n", "(number & 0xbfffffff) != write", "write, and numbers that are no known calls",
      "args[0], low half", "-fd"}},
    {"no look at the architecture",
     {NR, {0x15, 0, 1, 1}, ALLOW, KILL},
     {"number != 1 (" NATIVE_1 ")", "every architecture, the same numbers; these are on "}},
    {"dead by numbers",
     {X86_64(4), {0x15, 0, 3, 1}, {0x15, 1, 0, 1}, KILL, ALLOW, KILL},
     {"number == write", "never reached", "allow"}},
    {"dead by words",
     {LOW(0), {0x15, 0, 3, 1}, {0x15, 1, 0, 1}, KILL, ALLOW, KILL},
     {"3: ret   #0x80000000", "never reached"}},
    {"dead by a mask of nothing",
     {LOW(0), {0x54, 0, 0, 0}, {0x15, 1, 0, 0}, KILL, ALLOW},
     {"3: ret   #0x80000000", "never reached", "4: ret"}},
    {"two values of a word, and neither is known where they meet",
     {LOW(0), {0x15, 1, 0, 1}, {0x15, 0, 4, 2}, LOW(0), {0x15, 1, 0, 1}, {0x06, 0, 0, 0x30000}, ALLOW, KILL},
     {"-never reached", "; trap", "; allow"}},
    {"dead by jumps", {{0x05, 0, 0, 1}, KILL, ALLOW}, {"ja    allow", "never reached", "; every architecture\n"}},
    {"a stale accumulator",
     {X86_64(6), {0x15, 0, 2, 1}, LOW(0), {0x05, 0, 0, 0}, {0x15, 0, 1, 3}, ALLOW, KILL, KILL},
     {"-number == close", "-fd !=", "-fd =="}},
    {"the same verdict twice",
     {ARCH, {0x15, 1, 2, 0xc000003e}, KILL, KILL, ALLOW},
     {"jeq   #0xc000003e, kill, allow", "\nallow:\n"}},
    {"actions",
     {{0x15, 1, 0, 0}, {0x06, 0, 0, 0x7fc00000}, {0x06, 0, 0, 0x50001}},
     {"; notify", "EPERM:\n", "; errno:EPERM"}},
};
/* clang-format on */

static void listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		struct text t = {0};
		struct error e = {0};
		size_t n = 20;
		while (n > 0 && listings[i].code[n - 1].code == 0)
			n--;
		if (filter_validate(listings[i].code, n, &e) != 0)
			fail_msg("%s: %s", listings[i].name, e.text);
		filter_disasm(listings[i].code, n, NULL, &t);
		const char *at = text_string(&t);
		for (const char *const *line = listings[i].lines; *line != NULL; line++) {
			const char *found = **line == '-' ? strstr(text_string(&t), *line + 1) : strstr(at, *line);
			if ((found == NULL) != (**line == '-'))
				fail_msg("%s: \"%s\" in\n%s", listings[i].name, *line, text_string(&t));
			at = **line == '-' ? at : found;
		}
		text_free(&t);
	}
}

/* The layout that emit/c.c relies on: what begins with a blank is an instruction. */
static void lines_of_instructions(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	for (uint32_t nr = 0; nr < 300; nr += 1 + (uint32_t)(any() % 4)) {
		struct rule *r = new_rule(p, ARCH_X86_64, nr, (struct action){.kind = ACTION_ALLOW});
		if (nr % 5 == 0)
			add_test(new_alternative(r), ARCH_X86_64, nr, 1, UINT64_MAX, &(struct range){1, 3}, 1);
	}
	struct filter f = compiled(p);
	struct text t = {0};
	filter_disasm(f.code.items, f.code.count, p, &t);
	size_t n = 0;
	for (char *line = strtok(t.bytes, "\n"); line != NULL; line = strtok(NULL, "\n"))
		if (line[0] == ' ') {
			size_t number = strtoul(line + strspn(line, " L"), NULL, 10);
			assert_int_equal(number, n);
			assert_int_equal(line[7], ':');
			n++;
		}
	assert_int_equal(n, f.code.count);
	text_free(&t);
	filter_clear(&f);
	policy_free(p);
}

/* A filter with more separate numbers than a set of them keeps. */
static void many_ranges(void **state)
{
	(void)state;
	enum { N = 4000 };
	static struct sock_filter code[N + 2];
	code[0] = (struct sock_filter)NR;
	for (uint32_t i = 0; i < N; i++)
		code[i + 1] = (struct sock_filter){0x15, 0, 0, i * 2};
	for (uint32_t i = 0; i < N; i++) {
		code[i + 1].jt = (uint8_t)(i + 200 < N ? 199 : N - 1 - i);
		code[i + 1].jf = 0;
	}
	code[N + 1] = (struct sock_filter)ALLOW;
	struct error e = {0};
	if (filter_validate(code, N + 2, &e) != 0)
		fail_msg("%s", e.text);
	struct dataflow *r = dataflow_find(code, N + 2);
	assert_non_null(r);
	for (uint32_t nr = 0; nr < 2 * N; nr += 37)
		assert_true(numbers_have(&r[N + 1].numbers[ARCH_X86_64], nr));
	dataflow_free(r, N + 2);
}

/* For each instruction the one at which its heading stands, or SIZE_MAX: an empty line has ended the one above. */
static void find_headings(const char *listing, size_t n, size_t *heading)
{
	bool empty = false, headed = false;
	size_t now = SIZE_MAX, at = 0;
	for (const char *line = listing, *end; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		const char *first = line + strspn(line, " L");
		if (line == end) {
			empty = true;
		} else if (*line == ';') {
			headed = true;
		} else if (*line == ' ' && strspn(first, "0123456789") > 0) {
			assert_true(at < n);
			now = headed ? at : empty ? SIZE_MAX : now;
			heading[at++] = now;
			empty = headed = false;
		}
	}
	assert_int_equal(at, n);
}

/* Whether a call is among those that a reach speaks of. */
static bool speaks_of(const struct dataflow *r, const struct seccomp_data *d)
{
	int arch = arch_by_audit(d->arch);
	return numbers_have(&r->numbers[arch < 0 ? DATAFLOW_OTHER : arch], (uint32_t)d->nr);
}

/* The filters of random policies, also of several architectures: no call comes to an instruction whose heading is about
 * others. */
static void headings_are_true(void **state)
{
	(void)state;
	size_t under = 0, without = 0;
	for (int round = 0; round < 60; round++) {
		struct policy *p = random_policy();
		struct error e = {0};
		struct filter f = {0};
		struct text out = {0};
		assert_int_equal(policy_finish(p, &e), 0);
		if (filter_compile(p, NULL, &f, &e) == 0 && f.code.count < 1500) {
			size_t n = f.code.count, heading[1500], a = 0;
			struct dataflow *dataflow = dataflow_find(f.code.items, n);
			assert_non_null(dataflow);
			filter_disasm(f.code.items, n, p, &out);
			find_headings(text_string(&out), n, heading);
			for (int k = 0; k < 150; k++) {
				struct seccomp_data d = random_call(p);
				for (size_t at = 0; at < n;) {
					const struct sock_filter *i = &f.code.items[at];
					uint32_t value;
					bool true_heading = heading[at] == SIZE_MAX || speaks_of(&dataflow[heading[at]], &d);
					under += heading[at] != SIZE_MAX;
					without += heading[at] == SIZE_MAX;
					if (!true_heading)
						fail_msg("%x %d comes to %zu, under the heading of %zu:\n%s", d.arch, d.nr, at,
							 heading[at], text_string(&out));
					if (BPF_CLASS(i->code) == BPF_RET)
						break;
					if (BPF_CLASS(i->code) == BPF_LD)
						memcpy(&value, (const char *)&d + i->k, sizeof(value)), a = value;
					else if (BPF_CLASS(i->code) == BPF_ALU)
						a &= i->k;
					at++;
					if (i->code == (BPF_JMP | BPF_JA)) {
						at += i->k;
					} else if (BPF_CLASS(i->code) == BPF_JMP) {
						bool holds = BPF_OP(i->code) == BPF_JEQ	  ? a == i->k
							     : BPF_OP(i->code) == BPF_JGE ? a >= i->k
							     : BPF_OP(i->code) == BPF_JGT ? a > i->k
											  : (a & i->k) != 0;
						at += holds ? i->jt : i->jf;
					}
				}
			}
			dataflow_free(dataflow, n);
		}
		text_free(&out);
		filter_clear(&f);
		policy_free(p);
	}
	print_message("%zu steps under a heading that is about their call, %zu under none\n", under, without);
	assert_true(under > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_true), cmocka_unit_test(headings_are_true),
	    cmocka_unit_test(listed),
	    cmocka_unit_test(lines_of_instructions),
	    cmocka_unit_test(many_ranges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
