/* What -f smt2 writes means what the filter does and what the policy says: z3 reads it, and is asked for the values of
 * both at calls that the virtual machine and the evaluator answer, too. SPDX-License-Identifier: MIT */
#include "verify_helper.h"

#include <inttypes.h>
#include <unistd.h>

#define PROGRAMS 400
#define POLICIES 12
#define CALLS	 12
#define LONGEST	 24  /* instructions of a random program */
#define LARGEST	 600 /* instructions of a random policy's filter: larger ones take z3 long */

/* Everything that a filter may contain. */
static const uint16_t codes[] = {BPF_LD | BPF_W | BPF_ABS,
				 BPF_LD | BPF_W | BPF_LEN,
				 BPF_LDX | BPF_W | BPF_LEN,
				 BPF_LD | BPF_IMM,
				 BPF_LDX | BPF_IMM,
				 BPF_LD | BPF_MEM,
				 BPF_LDX | BPF_MEM,
				 BPF_ST,
				 BPF_STX,
				 BPF_MISC | BPF_TAX,
				 BPF_MISC | BPF_TXA,
				 BPF_RET | BPF_K,
				 BPF_RET | BPF_A,
				 BPF_JMP | BPF_JA,
				 BPF_ALU | BPF_NEG,
				 BPF_ALU | BPF_ADD | BPF_K,
				 BPF_ALU | BPF_ADD | BPF_X,
				 BPF_ALU | BPF_SUB | BPF_K,
				 BPF_ALU | BPF_SUB | BPF_X,
				 BPF_ALU | BPF_MUL | BPF_K,
				 BPF_ALU | BPF_MUL | BPF_X,
				 BPF_ALU | BPF_DIV | BPF_K,
				 BPF_ALU | BPF_DIV | BPF_X,
				 BPF_ALU | BPF_AND | BPF_K,
				 BPF_ALU | BPF_AND | BPF_X,
				 BPF_ALU | BPF_OR | BPF_K,
				 BPF_ALU | BPF_OR | BPF_X,
				 BPF_ALU | BPF_XOR | BPF_K,
				 BPF_ALU | BPF_XOR | BPF_X,
				 BPF_ALU | BPF_LSH | BPF_K,
				 BPF_ALU | BPF_LSH | BPF_X,
				 BPF_ALU | BPF_RSH | BPF_K,
				 BPF_ALU | BPF_RSH | BPF_X,
				 BPF_JMP | BPF_JEQ | BPF_K,
				 BPF_JMP | BPF_JEQ | BPF_X,
				 BPF_JMP | BPF_JGE | BPF_K,
				 BPF_JMP | BPF_JGE | BPF_X,
				 BPF_JMP | BPF_JGT | BPF_K,
				 BPF_JMP | BPF_JGT | BPF_X,
				 BPF_JMP | BPF_JSET | BPF_K,
				 BPF_JMP | BPF_JSET | BPF_X};

enum { CODES = sizeof(codes) / sizeof(codes[0]) };

/* Questions to z3, and what it must print. */
struct dialogue {
	struct text asked, expected;
};

static void emitted(const struct filter *f, const struct policy *p, struct text *out)
{
	struct emit_notes notes = {0};
	struct error e = {0};
	struct emit_input in = {.policy = p, .filter = f, .source = "a test"};
	if (emitter_by_name("smt2")->emit(&in, out, &notes, &e) != 0)
		fail_msg("%s", e.text);
	text_free(&notes.text);
}

/* What comes before the question whether filter and policy differ. */
static void define(struct dialogue *d, const struct filter *f, const struct policy *p)
{
	struct text t = {0};
	emitted(f, p, &t);
	const char *end = strstr(text_string(&t), "(assert (distinct filter policy))");
	assert_non_null(end);
	text_add(&d->asked, "(reset)\n%.*s", (int)(end - text_string(&t)), text_string(&t));
	text_free(&t);
}

/* Whether both have their values at one call: all words being given, that is `sat` or these are not the values. */
static void ask_values(struct dialogue *d, const struct filter *f, const struct policy *p,
		       const struct seccomp_data *call)
{
	static const char *const names[] = {"nr",	"arch",	     "ip_low",	 "ip_high",   "arg0_low", "arg0_high",
					    "arg1_low", "arg1_high", "arg2_low", "arg2_high", "arg3_low", "arg3_high",
					    "arg4_low", "arg4_high", "arg5_low", "arg5_high"};
	uint32_t words[16];
	memcpy(words, call, sizeof(words));
	text_add(&d->asked, "(push 1)\n");
	for (int i = 0; i < 16; i++)
		text_add(&d->asked, "(assert (= %s #x%08" PRIx32 "))\n", names[i], words[i]);
	text_add(&d->asked,
		 "(assert (= filter #x%08" PRIx32 "))\n(assert (= policy #x%08" PRIx32 "))\n"
		 "(check-sat-using (then propagate-values smt))\n(pop 1)\n",
		 filter_run(f->code.items, f->code.count, call, NULL), action_ret(policy_evaluate(p, call)));
	text_add(&d->expected, "sat\n");
}

/* Both texts line by line; what z3 printed is read from the pipe. */
static void compare(FILE *answers, const char *expected, const char *path)
{
	char line[4096];
	for (size_t n = 1; fgets(line, sizeof(line), answers) != NULL; n++) {
		size_t length = strcspn(expected, "\n") + 1;
		if (strncmp(line, expected, length) != 0)
			fail_msg("line %zu of z3's answers to %s: expected %.*s, got %s", n, path, (int)length - 1,
				 expected, line);
		expected += length;
	}
	if (*expected != '\0')
		fail_msg("z3 did not answer everything in %s; next comes %.40s", path, expected);
}

/* The file stays where they disagree. */
static void converse(struct dialogue *d)
{
	char path[] = "/tmp/pinhole-smt2.XXXXXX", command[sizeof(path) + 64];
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	assert_non_null(file);
	assert_false(d->asked.failed || d->expected.failed);
	assert_true(fputs(text_string(&d->asked), file) >= 0 && fclose(file) == 0);
	snprintf(command, sizeof(command), "exec z3 -T:600 %s 2>&1", path);
	FILE *answers = popen(command, "r");
	assert_non_null(answers);
	compare(answers, text_string(&d->expected), path);
	assert_int_equal(pclose(answers), 0);
	unlink(path);
	text_free(&d->asked);
	text_free(&d->expected);
}

static void need_z3(void)
{
	if (system("command -v z3 >/dev/null") != 0) {
		print_message("z3 is missing: run tools/dev/setup --test\n");
		skip();
	}
}

/* Memory more often: what is stored counts only where it is loaded again. */
static struct sock_filter random_instruction(size_t left)
{
	static const uint16_t memory[] = {BPF_ST, BPF_STX, BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM};
	struct sock_filter s = {.code = codes[any() % CODES], .k = (uint32_t)interesting()};
	if (any() % 4 == 0)
		s.code = memory[any() % 4];
	if (any() % 3 == 0)
		s.k %= 32;
	if (s.code == (BPF_LD | BPF_W | BPF_ABS))
		s.k = (uint32_t)(any() % 16 * 4);
	else if (s.code == BPF_ST || s.code == BPF_STX || (BPF_CLASS(s.code) <= BPF_LDX && BPF_MODE(s.code) == BPF_MEM))
		s.k = any() % 8 == 0 ? BPF_MEMWORDS - 1 : (uint32_t)(any() % 3);
	else if (s.code == (BPF_JMP | BPF_JA))
		s.k = (uint32_t)(any() % left % 3);
	else if (BPF_CLASS(s.code) == BPF_JMP)
		s.jt = (uint8_t)(any() % left % 4), s.jf = (uint8_t)(any() % left % 4);
	return s;
}

/* A program that the kernel takes; mostly it returns what it computed. */
static void random_program(struct filter *f, size_t *seen)
{
	struct error e;
	do {
		size_t n = 1 + any() % LONGEST;
		e = (struct error){0};
		f->code.count = 0;
		while (f->code.count < n) {
			struct sock_filter s = random_instruction(n - f->code.count);
			/* Else most would end at once. */
			if (BPF_CLASS(s.code) != BPF_RET || any() % 4 == 0)
				assert_true(vec_push(&f->code, s));
		}
		assert_true(vec_push(&f->code, ((struct sock_filter){BPF_RET | BPF_A, 0, 0, 0})));
	} while (filter_validate(f->code.items, f->code.count, &e) != 0);
	for (size_t i = 0; i < f->code.count; i++)
		for (size_t k = 0; k < CODES; k++)
			seen[k] += codes[k] == f->code.items[i].code;
}

static void any_program(void **state)
{
	(void)state;
	struct dialogue d = {0};
	struct filter f = {0};
	size_t seen[CODES] = {0};
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	need_z3();
	for (int i = 0; i < PROGRAMS; i++) {
		random_program(&f, seen);
		define(&d, &f, p);
		for (int k = 0; k < CALLS; k++) {
			struct seccomp_data call = call_near(&f, p);
			ask_values(&d, &f, p, &call);
		}
	}
	for (size_t k = 0; k < CODES; k++)
		if (seen[k] < 10)
			fail_msg("code 0x%02x was tried %zu times only", codes[k], seen[k]);
	converse(&d);
	filter_clear(&f);
	policy_free(p);
}

/* And the question itself: none of them differs from its filter. */
static void any_policy(void **state)
{
	(void)state;
	struct dialogue d = {0};
	need_z3();
	for (int asked = 0; asked < POLICIES;) {
		struct policy *p = random_policy();
		struct filter f = compiled(p);
		if (f.code.count <= LARGEST) {
			define(&d, &f, p);
			for (int k = 0; k < CALLS; k++) {
				struct seccomp_data call = call_near(&f, p);
				ask_values(&d, &f, p, &call);
			}
			text_add(&d.asked, "(reset)\n");
			emitted(&f, p, &d.asked);
			text_add(&d.expected, "unsat\n");
			asked++;
		}
		filter_clear(&f);
		policy_free(p);
	}
	converse(&d);
}

/* One program for each code there is: what the kernel takes has a form, and what it refuses is refused. */
static void every_code(void **state)
{
	(void)state;
	struct policy *p = new_policy(ARCH_BIT(ARCH_X86_64), ACTION_KILL);
	size_t valid = 0;
	for (unsigned code = 0; code <= UINT16_MAX; code++) {
		struct sock_filter program[] = {{BPF_ST, 0, 0, 4},	    {(uint16_t)code, 0, 0, 4},
						{BPF_RET | BPF_A, 0, 0, 0}, {BPF_RET | BPF_A, 0, 0, 0},
						{BPF_RET | BPF_A, 0, 0, 0}, {BPF_RET | BPF_A, 0, 0, 0},
						{BPF_RET | BPF_A, 0, 0, 0}};
		struct filter f = {0};
		struct text out = {0};
	struct emit_notes notes = {0};
		struct error e = {0}, refused = {0};
		for (size_t i = 0; i < sizeof(program) / sizeof(program[0]); i++)
			assert_true(vec_push(&f.code, program[i]));
		int right = filter_validate(f.code.items, f.code.count, &refused);
		struct emit_input in = {.policy = p, .filter = &f, .source = "a test"};
		assert_int_equal(emitter_by_name("smt2")->emit(&in, &out, &notes, &e), right);
		if (right < 0)
			assert_non_null(strstr(e.text, "instruction 1"));
		valid += right == 0;
		text_free(&out);
		filter_clear(&f);
	}
	assert_int_equal(valid, CODES);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_code), cmocka_unit_test(any_program),
					   cmocka_unit_test(any_policy)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
