/* What explain finds of a profile, its folded lines, and Markdown that stays text. SPDX-License-Identifier: MIT */
#include "policies/show/caller.h"
#include "policies/show/diff.h"
#include "policies/base/escape.h"
#include "policies/show/explain.h"
#include "policies/profile/stacks.h"
#include "stacks_helper.h"

static void see(struct profile *p, enum arch arch, const char *syscall, uint64_t a, uint64_t b, uint64_t c)
{
	struct error e = {0};
	uint32_t nr;
	assert_int_equal(abi_number(arch, syscall, &nr, &e), 0);
	struct fact_key key = fact_key_make(PHASE_MAIN, arch, nr, (uint64_t[6]){a, b, c, 0, 0, 0});
	assert_true(profile_observe(p, &key, 0, 0, 1, &e) >= 0);
}

static struct profile *some_profile(void)
{
	struct error e = {0};
	struct profile *p = profile_new();
	struct run run = {.id = (char *)"1", .started = (char *)"2026-01-31T12:00:00Z"};
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	assert_int_equal(profile_add_program(p, "/bin/x", NULL, &e), 0);
	see(p, ARCH_X86_64, "socket", 2, 1 | 02000000, 6);
	see(p, ARCH_X86_64, "socket", 1, 1, 0);
	see(p, ARCH_I386, "socket", 2, 2, 17);
	see(p, ARCH_X86_64, "setsockopt", 3, 1, 2); /* SOL_SOCKET, SO_REUSEADDR */
	see(p, ARCH_X86_64, "setsockopt", 3, 6, 1); /* IPPROTO_TCP, TCP_NODELAY */
	see(p, ARCH_X86_64, "prctl", 1, 9, 0);	    /* PR_SET_PDEATHSIG */
	see(p, ARCH_X86_64, "prctl", 15, 0x7fff1234, 0); /* PR_SET_NAME, whose name is not recorded */
	for (uint64_t i = 0; i <= PROFILE_FACT_CAP; i++)
		see(p, ARCH_X86_64, "ioctl", 0, 0x5400 + 2 * i, 0);
	assert_int_equal(profile_sort(p, &e), 0);
	return p;
}

/* How many facts are found; or a negative code, and then the message has `part` in it. */
static int found(const struct profile *p, const char *part, const char *syscall, size_t n, const char *const tests[])
{
	struct error e = {0};
	struct fact_list list = {0};
	int rc = explain_find(p, syscall, (char *const *)tests, n, &list, &e);
	int count = (int)list.facts.count;
	vec_free(&list.facts);
	if (rc < 0 && strstr(e.text, part) == NULL)
		fail_msg("\"%s\" has no \"%s\"", e.text, part);
	return rc < 0 ? rc : count;
}

#define FOUND(part, syscall, ...)                                                                                      \
	found(p, part, syscall, sizeof((const char *[]){NULL, __VA_ARGS__}) / sizeof(char *) - 1,                        \
	      (const char *[]){__VA_ARGS__, NULL})

static void values_are_as_in_policies(void **unused)
{
	(void)unused;
	struct profile *p = some_profile();
	assert_int_equal(found(p, "", "socket", 0, NULL), 3);
	assert_int_equal(FOUND("", "socket", "domain=AF_INET"), 2);
	assert_int_equal(FOUND("", "socket", "domain=2"), 2);
	assert_int_equal(FOUND("", "socket", "domain=0x2", "protocol=IPPROTO_TCP"), 1);
	assert_int_equal(FOUND("", "socket", "type=SOCK_CLOEXEC|SOCK_STREAM"), 1);
	assert_int_equal(FOUND("", "socket", "type= SOCK_STREAM | SOCK_CLOEXEC "), 1);
	assert_int_equal(FOUND("", "socket", "type=SOCK_STREAM"), 1); /* exactly that */
	assert_int_equal(FOUND("", "socket", "arg0=AF_UNIX"), 1);
	assert_int_equal(FOUND("", "socket", "domain=AF_INET", "domain=AF_UNIX"), 0);
	assert_int_equal(FOUND("", "socket", "domain=AF_INET6"), 0);
	profile_free(p);
}

static void one_argument_selects_another(void **unused)
{
	(void)unused;
	struct profile *p = some_profile();
	assert_int_equal(FOUND("", "setsockopt", "optname=SO_REUSEADDR"), 1);
	assert_int_equal(FOUND("", "setsockopt", "optname=TCP_NODELAY", "level=IPPROTO_TCP"), 1);
	assert_int_equal(FOUND("", "setsockopt", "optname=SO_KEEPALIVE", "level=SOL_SOCKET"), 0);
	assert_int_equal(FOUND("", "setsockopt", "level=IPPROTO_IP", "optname=IP_TOS"), 0); /* no fact has that level */
	assert_int_equal(FOUND("", "prctl", "arg2=SIGKILL"), 1);
	assert_int_equal(FOUND("", "prctl", "option=PR_SET_NAME"), 1);
	assert_int_equal(FOUND("not recorded", "prctl", "option=PR_SET_NAME", "arg3=1"), ERR_INPUT);
	profile_free(p);
}

static void wide_facts_have_what_lies_in_them(void **unused)
{
	(void)unused;
	struct profile *p = some_profile();
	assert_int_equal(found(p, "", "ioctl", 0, NULL), 1);
	assert_int_equal(FOUND("", "ioctl", "request=0x5402"), 1);
	assert_int_equal(FOUND("", "ioctl", "request=0x5403"), 0); /* a bit that none had */
	assert_int_equal(FOUND("", "ioctl", "request=0x5200"), 0); /* below */
	assert_int_equal(FOUND("", "ioctl", "request=0x5604"), 0); /* above */
	profile_free(p);
}

static void wrong_questions_are_told(void **unused)
{
	(void)unused;
	struct profile *p = some_profile();
	assert_int_equal(found(p, "did you mean socket?", "sokcet", 0, NULL), ERR_INPUT);
	assert_int_equal(found(p, "", "mount", 0, NULL), 0);
	assert_int_equal(found(p, "", "socketcall", 0, NULL), 0); /* of i386 alone */
	assert_int_equal(FOUND("did you mean AF_INET?", "socket", "domain=AF_INTE"), ERR_INPUT);
	assert_int_equal(FOUND("no argument family; the recorded ones are: domain, type, protocol", "socket", "family=1"), ERR_INPUT);
	assert_int_equal(FOUND("fd of read is not recorded", "read", "fd=1"), ERR_INPUT);
	assert_int_equal(FOUND("expected ARG=VALUE", "socket", "domain"), ERR_INPUT);
	assert_int_equal(FOUND("expected ARG=VALUE", "socket", "=1"), ERR_INPUT);
	assert_int_equal(FOUND("missing", "socket", "domain="), ERR_INPUT);
	assert_int_equal(FOUND("", "mount", "mountflags=MS_RDONLY"), 0);
	assert_int_equal(FOUND("MS_NONE", "mount", "mountflags=MS_NONE"), ERR_INPUT);
	profile_free(p);
}

/* A profile of one fact, seen so often, with the stacks of a frame each. */
static struct profile *profile_of(uint64_t count, size_t n, const char *const symbols[])
{
	struct error e = {0};
	struct profile *p = profile_new();
	struct run run = {.id = (char *)"1"};
	struct fact_key key = fact_key_make(PHASE_MAIN, ARCH_X86_64, 41, (uint64_t[6]){2, 1, 0});
	assert_int_equal(profile_add_run(p, &run, &e), 0);
	assert_int_equal(profile_add_program(p, "/bin/x", NULL, &e), 0);
	assert_int_equal(profile_add_module(p, "/lib/lib; x.so", NULL, &e), 0);
	assert_true(profile_observe(p, &key, 0, 0, count, &e) >= 0);
	for (size_t i = 0; i < n; i++) {
		struct frame f = {.offset = 16 * i, .symbol = (char *)symbols[i], .symbol_offset = 1};
		int stack = profile_add_stack(p, &f, 1, STACK_COMPLETE, &e);
		assert_true(profile_fact_stack(p, &key, (uint32_t)stack, &e) >= 0);
	}
	assert_int_equal(profile_sort(p, &e), 0);
	return p;
}

static void folds_to(uint64_t count, size_t n, const char *const symbols[], const char *expected)
{
	struct error e = {0};
	struct text out = {0};
	struct fact_list list = {0};
	struct profile *p = profile_of(count, n, symbols);
	assert_int_equal(explain_find(p, "socket", NULL, 0, &list, &e), 0);
	explain_folded(p, &list, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
	vec_free(&list.facts);
	profile_free(p);
}

#define CALL "socket(domain=AF_INET,type=SOCK_STREAM,protocol=0)"

static void folded_lines_stay_whole(void **unused)
{
	(void)unused;
	folds_to(3, 1, (const char *[]){"a;b 7"}, "a:b_7;" CALL " 3\n");
	folds_to(3, 1, (const char *[]){"f(int, long)"}, "f(int,long);" CALL " 3\n");
	folds_to(3, 1, (const char *[]){"a\nb\x1b\x9b"}, "a\\x0ab\\x1b\\x9b;" CALL " 3\n");
	folds_to(3, 1, (const char *[]){NULL}, "lib:_x.so+0x0;" CALL " 3\n");
	folds_to(3, 0, NULL, "[no_stack];" CALL " 3\n");
}

static void folded_counts_add_up(void **unused)
{
	(void)unused;
	const char *const symbols[] = {"a", "b", "c"};
	folds_to(6, 2, symbols, "a;" CALL " 3\nb;" CALL " 3\n");
	folds_to(8, 3, symbols, "a;" CALL " 3\nb;" CALL " 3\nc;" CALL " 2\n");
	folds_to(1, 2, symbols, "a;" CALL " 1\nb;" CALL " 1\n"); /* of an edited file: each was there */
}

static void is_code_in(bool cell, const char *s, const char *expected)
{
	struct text out = {0};
	markdown_code(s, 20, cell, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void is_code(const char *s, const char *expected)
{
	is_code_in(true, s, expected);
}

static void markdown_is_text(void **unused)
{
	(void)unused;
	is_code("open(flags=A|B)", "`open(flags=A\\|B)`");
	is_code_in(false, "open(flags=A|B)", "`open(flags=A|B)`");
	is_code("0123456789abcdefghijk", "`0123456789abcdefghij...`");
	is_code("std::f<int>(x)", "`std::f<int>(x)`");
	is_code("`", "<code>&#96;</code>");
	is_code("a\\|b", "<code>a&#92;&#124;b</code>");
	is_code("a\n\n<b>", "<code>a&#92;x0a&#92;x0a&#60;b&#62;</code>");
	is_code("\xc3\xa9", "<code>&#92;xc3&#92;xa9</code>");
	is_code(" x", "<code> x</code>");
	is_code("", "<code></code>");
}

/* The parts of libc are no callers; what is only called like them, is one. */
static void libc_is_told_by_its_file(void **unused)
{
	(void)unused;
	static const char *const parts[] = {"/lib/x86_64-linux-gnu/libc.so.6", "/lib/ld-musl-x86_64.so.1", "/lib64/ld-linux-x86-64.so.2",
					    "/usr/lib/libpthread-2.31.so", "[vdso]", "[vsyscall]"};
	static const char *const others[] = {"/usr/bin/[", "/usr/bin/libc", "/lib/libm.so.6", "/lib/libcrypt.so.1", "/opt/libc.so.6/x"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_true(module_is_libc(&(struct module){.path = (char *)parts[i]}));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(module_is_libc(&(struct module){.path = (char *)others[i]}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_as_in_policies),
	    cmocka_unit_test(one_argument_selects_another),
	    cmocka_unit_test(wide_facts_have_what_lies_in_them),
	    cmocka_unit_test(wrong_questions_are_told),
	    cmocka_unit_test(folded_lines_stay_whole),
	    cmocka_unit_test(folded_counts_add_up),
	    cmocka_unit_test(markdown_is_text),
	    cmocka_unit_test(libc_is_told_by_its_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
