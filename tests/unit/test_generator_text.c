/* Filters as text: what is read, and what is said of what cannot be. SPDX-License-Identifier: MIT */
#include "generator_helper.h"

/* Each of these is the same filter. */
static const struct sock_filter same[] = {{0x20, 0, 0, 4}, {0x15, 1, 0, 0xc000003e}, {0x06, 0, 0, 0}, {0x06, 0, 0, 0x7fff0000}};

static const char *const forms[] = {
	"{0x20,0,0,4},{0x15,1,0,0xc000003e},{6,0,0,0},{6,0,0,0x7fff0000}",
	" { 0x20, 0, 0, 0x00000004 },\n{ 0x15, 1, 0, 0xc000003e },\r\n{ 0x6, 0, 0, 0x0 },\n{ 0x6, 0, 0, 0x7fff0000 },\n",
	"{ { 0x20, 00, 0, 4u }, /* {1, 2, 3, 4}, */ {0x15,1,0,3221225534U}, // {\n {6,0,0,0}, {6,0,0,0x7fff0000UL} }",
	"int none[] = {0}; /* {6, */ const char *s = \"{6, \\\" {6,\";\nstatic struct sock_filter f[] = {\n"
	"\tBPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),\n\tBPF_JUMP(BPF_JMP+BPF_JEQ+BPF_K, AUDIT_ARCH_X86_64, 1, 0),\n"
	"\tBPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),\n\tBPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),\n};\nint x;",
	"4\n32 0 0 4\n21 1 0 3221225534\n6 0 0 0\n6 0 0 2147418112\n",
	"4,32 0 0 4,21 1 0 3221225534,6 0 0 0,6 0 0 2147418112,",
	"openat(AT_FDCWD, \"/etc/*\", O_RDONLY) = 3\nseccomp(SECCOMP_SET_MODE_FILTER, 0, {len=4, filter=["
	"BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4), BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0xc000003e, 0x1, 0), "
	"BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_KILL_THREAD), BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)]}) = 0\n+++ exited +++\n",
	"{len=4, filter=[BPF_STMT(0 /* BPF_LD */|0 /* BPF_W */|0x20 /* BPF_ABS */, 0x4), BPF_JUMP(0x5|0|0x10, 0xc000003e, "
	"0x1, 0), BPF_STMT(0x6|0, 0), BPF_STMT(0x6|0, 0x7fff0000)]}",
	"{0x20|0x10+0x10,0,0,4|2+2},{0x15,1|0+1,0,0xc000003e},{6,0,0,0},{6,0,0,0x7fff0000}",
	"{BPF_LD | BPF_W | BPF_ABS, 0, 0, 4}, {0x15,1,0,0xc000003e},{6,0,0,0},{6,0,0,0x7fff0000}",
	"x = { { /* load, {0} */ 0x20 /* ; */ , 0, 0, 4}, {0x15,1,0,0xc000003e},{6,0,0,0},{6,0,0,0x7fff0000}};",
	"filter=[{0x20,0,0,4},{0x15,1,0,0xc000003e},{6,0,0,0},{6,0,0,0x7fff0000}]",
};

static void is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct filter f = {0};
		struct error e = {0};
		if (filter_parse(forms[i], strlen(forms[i]), "x", &f, &e) != 0)
			fail_msg("%s\n%s", e.text, forms[i]);
		assert_int_equal(f.code.count, 4);
		assert_memory_equal(f.code.items, same, sizeof(same));
		filter_clear(&f);
	}
}

static const struct {
	const char *text, *message;
} bad[] = {
	{"hello", "x: no filter: neither"},
	{"\n", "x: no filter: neither"},
	{"int a[] = {0, 1, 2, 3, 4};", "x: line 1: , where \"}\" belongs"},
	{"\n\n{6,0,0,", "x: line 3: the end where a number or a constant"},
	{"{6,0,0", "x: line 1: the end where \",\" belongs"},
	{"{6,0,0,0", "x: line 1: the end where \"}\" belongs"},
	{"{6,0,0,0}{6,0,0,0}", "x: line 1: { where \",\" belongs"},
	{"{6,0,0,0}};\n{6,0,0,0}", "x: line 2: another filter; the first is on line 1"},
	{"{6,0,0,0}, ALLOW(read), {6,0,0,0}", "x: line 1: ALLOW where an instruction belongs"},
	{"{6,0,0,4294967296}", "x: line 1: a number of more than 32 bits"},
	{"{6,0,0,99999999999999999999999}", "x: line 1: a number of more than 32 bits"},
	{"{6,\n256,0,0}", "x: line 2: jt is 256; it can be 255 at most"},
	{"{(BPF_LD|BPF_ABS), 0, 0, 4}, {6,0,0,0}", "x: line 1: ( where a number"},
	{"{65536,0,0,0}", "x: line 1: code is 65536"},
	{"{6,0,0,0xffffffff+1}", "x: line 1: k is 4294967296"},
	{"BPF_STMT(BPF_LD|BPF_W|BPF_ABS, offsetof(struct seccomp_data, nr))", "x: line 1: offsetof where a number"},
	{"BPF_STMT(BPF_RET|BPF_K)", "x: line 1: ) where \",\" belongs"},
	{"BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0)", "x: instruction 0: the last one must be a return"},
	{"prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,\n{len=7, filter=0x7ffc1234}) = 0", "x: line 2: only the filter's address; print it whole, with strace -v"},
	{"filter=[BPF_STMT(BPF_RET|BPF_K, 0), ...]", "x: line 1: cut short; print it whole, with strace -v"},
	{"filter=[...]", "x: line 1: cut short"},
	{"filter=[]", "x: line 1: ] where an instruction belongs"},
	{"filter=[BPF_STMT(BPF_RET|BPF_K, 0)", "x: line 1: the end where \",\" belongs"},
	{"{len=2, filter=[BPF_STMT(BPF_RET|BPF_K, 0)]}", "x: line 1: len=2, but there are 1 instructions"},
	{"filter=[BPF_STMT(BPF_RET|BPF_K, 0)]\n\nfilter=[BPF_STMT(BPF_RET|BPF_K, 0)]", "x: line 3: another filter; the first is on line 1"},
	{"2,6 0 0 0", "x: line 1: 2 instructions of four numbers are to come by the first number, but there are 1"},
	{"1,6 0 0 0,6", "x: line 1: 1 instructions of four numbers are to come by the first number, but there are 1 and a part of one"},
	{"1\n6 0 0 x", "x: line 2: x where a number"},
	{"1,6 0 256 0", "x: line 1: no instruction"},
	{"0", "x: the filter is empty"},
	{"1234567", "x: line 1: 1234567 instructions"},
};

static void is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct filter f = {0};
		struct error e = {0};
		if (filter_parse(bad[i].text, strlen(bad[i].text), "x", &f, &e) != ERR_INPUT)
			fail_msg("read: %s", bad[i].text);
		if (strncmp(e.text, bad[i].message, strlen(bad[i].message)) != 0)
			fail_msg("%s\n%s", bad[i].text, e.text);
		assert_null(f.code.items);
	}
}

static void too_long(void **state)
{
	(void)state;
	static const char *const repeated[] = {"{6,0,0,0},\n", "6 0 0 0\n"};
	for (int form = 0; form < 2; form++) {
		struct text t = {0};
		struct filter f = {0};
		struct error e = {0};
		if (form == 1)
			text_add(&t, "5000\n");
		for (int i = 0; i < 5000; i++)
			text_add(&t, "%s", repeated[form]);
		assert_int_equal(filter_parse(t.bytes, t.count, "x", &f, &e), ERR_INPUT);
		assert_non_null(strstr(e.text, "more than 4096 instructions"));
		text_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read),
		cmocka_unit_test(is_refused),
		cmocka_unit_test(too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
