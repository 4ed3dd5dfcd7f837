/* Our machine against the kernel's: which filters are valid, and what they answer. SPDX-License-Identifier: MIT */
#include "generator_helper.h"
#include "kernel_helper.h"

#include <dirent.h>

#include "policies/base/file.h"

static const char *folder(void)
{
	static char path[4096];
	const char *source = getenv("SOURCE");
	snprintf(path, sizeof(path), "%s/tests/golden/bad-filter", source == NULL ? "." : source);
	return path;
}

/* A filter as text, one instruction a line: code jt jf k. Lines with # are comments; "repeat N" repeats the next. */
static struct filter read_filter(const char *path)
{
	struct filter f = {0};
	struct error e = {0};
	char *text = NULL;
	size_t n = 0;
	unsigned long repeat = 1;
	assert_int_equal(file_read(path, 1 << 20, &text, &n, &e), 0);
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		unsigned code, jt, jf, k;
		if (line[0] == '#' || sscanf(line, "repeat %lu", &repeat) == 1)
			continue;
		if (sscanf(line, "%x %u %u %x", &code, &jt, &jf, &k) != 4)
			fail_msg("%s: no instruction: %s", path, line);
		struct sock_filter i = {(uint16_t)code, (uint8_t)jt, (uint8_t)jf, k};
		for (; repeat > 0; repeat--)
			assert_true(vec_push(&f.code, i));
		repeat = 1;
	}
	free(text);
	return f;
}

/* Each file of tests/golden/bad-filter: our message is that of its .expect, and the kernel refuses it too. "valid":
 * both take it. */
static void bad_filters(void **state)
{
	(void)state;
	const char *why = kernel_has_no_filters();
	DIR *d = opendir(folder());
	size_t files = 0;
	if (why != NULL)
		print_message("the kernel is not asked: %s\n", why);
	assert_non_null(d);
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		char path[8192];
		const char *dot = strrchr(entry->d_name, '.');
		if (dot == NULL || strcmp(dot, ".bpf") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder(), entry->d_name);
		struct filter f = read_filter(path);
		struct error e = {0};
		char *expected = NULL;
		size_t n = 0;
		int rc = filter_validate(f.code.items, f.code.count, &e);
		snprintf(path + strlen(path) - 4, 32, ".expect");
		assert_int_equal(file_read(path, 4096, &expected, &n, &e), 0);
		expected[strcspn(expected, "\n")] = '\0';
		if (strcmp(expected, rc == 0 ? "valid" : e.text) != 0)
			fail_msg("%s: %s", entry->d_name, rc == 0 ? "valid" : e.text);
		if (why == NULL && f.code.count > 0) {
			struct kernel_answer a =
			    kernel_ask(f.code.items, f.code.count, false, 0x7fff, (uint64_t[6]){0});
			if ((a.end == KERNEL_REFUSED) != (rc != 0))
				fail_msg("%s: the kernel says otherwise", entry->d_name);
		}
		free(expected);
		filter_clear(&f);
		files++;
	}
	closedir(d);
	print_message("%zu files\n", files);
	assert_true(files >= 15);
}

static struct sock_filter random_instruction(size_t left)
{
	static const uint16_t alu[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_AND,
				       BPF_OR,	BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG};
	static const uint16_t jumps[] = {BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JSET};
	static const uint32_t constants[] = {0, 1, 2, 31, 32, 33, 0x7fffffff, 0x80000000, UINT32_MAX};
	struct sock_filter i = {.k = any() % 2 == 0 ? constants[any() % 9] : (uint32_t)any()};
	uint16_t source = any() % 2 == 0 ? BPF_X : BPF_K;
	switch (any() % 12) {
	case 0:
		i.code = BPF_LD | BPF_W | BPF_ABS;
		i.k = any() % 2 == 0 ? 16 + 4 * (any() % 12) : 4 * (any() % 2); /* not the instruction pointer */
		break;
	case 1:
		i.code = any() % 2 == 0 ? BPF_LD | BPF_IMM : BPF_LDX | BPF_IMM;
		break;
	case 2:
		i.code = any() % 2 == 0 ? BPF_LD | BPF_W | BPF_LEN : BPF_LDX | BPF_W | BPF_LEN;
		break;
	case 3:
		i.code = any() % 2 == 0 ? BPF_LD | BPF_MEM : BPF_LDX | BPF_MEM;
		i.k = any() % 4;
		break;
	case 4:
		i.code = any() % 2 == 0 ? BPF_ST : BPF_STX;
		i.k = any() % 4;
		break;
	case 5:
		i.code = BPF_MISC | (any() % 2 == 0 ? BPF_TAX : BPF_TXA);
		break;
	case 6:
	case 7:
		i.code = BPF_JMP | source | jumps[any() % 4];
		i.jt = (uint8_t)(any() % left);
		i.jf = (uint8_t)(any() % left);
		break;
	default:
		i.code = alu[any() % 10];
		i.code = BPF_ALU | i.code | (i.code == BPF_NEG ? 0 : source);
		if ((BPF_OP(i.code) == BPF_LSH || BPF_OP(i.code) == BPF_RSH) && source == BPF_K)
			i.k %= 32;
	}
	return i;
}

/* Random programs of all instructions, ending in errno:(A & 0xfff): the kernel's result is our machine's. */
static void random_programs(void **state)
{
	(void)state;
	const char *why = kernel_has_no_filters();
	size_t asked = 0, killed = 0, invalid = 0;
	if (why != NULL) {
		print_message("the kernel is not asked: %s\n", why);
		skip();
	}
	while (asked < 600) {
		struct sock_filter code[32];
		size_t n = 8 + any() % 20, at = 0;
		struct seccomp_data call = {.nr = 110, .arch = arch_audit(ARCH_NATIVE)}; /* x86_64: getppid */
		struct error e = {0};
		/* What reads memory is only valid where it was written on all paths: mostly it is. */
		for (uint32_t word = 0; word < 4; word++)
			code[at++] = (struct sock_filter){any() % 40 == 0 ? BPF_MISC | BPF_TAX : BPF_ST, 0, 0, word};
		for (; at < n; at++)
			code[at] = random_instruction(n - at);
		code[at++] = (struct sock_filter){BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xfff};
		code[at++] = (struct sock_filter){BPF_ALU | BPF_OR | BPF_K, 0, 0, SECCOMP_RET_ERRNO};
		code[at++] = (struct sock_filter){BPF_RET | BPF_A, 0, 0, 0};
		for (int i = 0; i < 6; i++)
			call.args[i] = any() % 2 == 0 ? any() : any() % 64;
		bool valid = filter_validate(code, at, &e) == 0;
		struct kernel_answer a = kernel_ask(code, at, false, (uint32_t)call.nr, (const uint64_t *)call.args);
		asked++;
		if ((a.end != KERNEL_REFUSED) != valid)
			fail_msg("validity differs: %s", valid ? "valid for us" : e.text);
		if (!valid) {
			invalid++;
			continue;
		}
		uint32_t said = filter_run(code, at, &call, NULL);
		bool same = a.end == KERNEL_KILLED
				? said == SECCOMP_RET_KILL_THREAD
				: a.end == KERNEL_RETURNED && said == (SECCOMP_RET_ERRNO | (uint32_t)-a.value);
		if (!same) {
			struct text t = {0};
			filter_disasm(code, at, NULL, &t);
			fail_msg("kernel: end %d, %ld; ours %x\n%s", a.end, a.value, said, text_string(&t));
		}
		killed += a.end == KERNEL_KILLED;
	}
	print_message("%zu programs, %zu of them invalid, %zu divided by zero\n", asked, invalid, killed);
}

/* Any bytes that are valid can be listed and run. */
static void random_bytes(void **state)
{
	(void)state;
	size_t valid = 0;
	for (int round = 0; round < 20000; round++) {
		struct sock_filter code[12];
		size_t n = 1 + any() % 12;
		struct error e = {0};
		for (size_t i = 0; i < n; i++)
			code[i] = any() % 8 == 0 ? (struct sock_filter){(uint16_t)any(), (uint8_t)any(), (uint8_t)any(),
									(uint32_t)any()}
						 : random_instruction(4);
		code[n - 1].code = BPF_RET | BPF_K;
		if (filter_validate(code, n, &e) != 0)
			continue;
		struct seccomp_data call = {.nr = (int)any(), .args = {any(), any()}};
		struct text t = {0};
		size_t steps = 0;
		filter_run(code, n, &call, &steps);
		assert_true(steps >= 1 && steps <= n);
		filter_disasm(code, n, NULL, &t);
		assert_false(t.failed);
		text_free(&t);
		valid++;
	}
	print_message("%zu of 20000 valid\n", valid);
}

static void parse(void **state)
{
	(void)state;
	static const struct sock_filter code[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0}, {BPF_RET | BPF_K, 0, 0, 0}};
	struct filter f = {0};
	struct error e = {0};
	assert_int_equal(filter_parse((const char *)code, sizeof(code), "x", &f, &e), 0);
	assert_int_equal(f.code.count, 2);
	filter_clear(&f);
	assert_int_equal(filter_parse((const char *)code, sizeof(code) - 1, "x", &f, &e), ERR_INPUT);
	assert_string_equal(e.text, "x: no filter: 15 bytes, and an instruction has 8");
	e = (struct error){0};
	assert_int_equal(filter_parse((const char *)code, 8, "x", &f, &e), ERR_INPUT);
	assert_string_equal(e.text, "x: instruction 0: the last one must be a return");
	e = (struct error){0};
	assert_int_equal(filter_parse("", 0, "x", &f, &e), ERR_INPUT);
	assert_string_equal(e.text, "x: the filter is empty");
	e = (struct error){0};
	assert_int_equal(filter_parse("", 8 * 4097, "x", &f, &e), ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bad_filters),
	    cmocka_unit_test(random_programs),
	    cmocka_unit_test(random_bytes),
	    cmocka_unit_test(parse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
