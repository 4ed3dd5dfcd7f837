/* The tables and lookups of policies/abi. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../policies/abi/abi.h"
#include "../../policies/abi/names.h"

static const struct syscall_desc *named(const char *name)
{
	const struct syscall_desc *call = abi_by_name(name);
	if (call == NULL)
		fail_msg("no call %s", name);
	return call;
}

/* xorshift64: the same sequence in every run. */
static uint64_t next_random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* text(value) == expected, on one architecture. */
static void expect_text(enum arch arch, const char *name, const char *arg, uint64_t raw, const char *expected)
{
	const struct syscall_desc *call = abi_call(arch, name);
	assert_non_null(call);
	int i = syscall_arg_by_name(call, arg);
	assert_true(i >= 0);
	struct text out = {0};
	abi_value_text(call, arch, (unsigned)i, abi_canonical(call, arch, (unsigned)i, raw), &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void expect_parse(enum arch arch, const char *name, const char *arg, const char *text, uint64_t expected)
{
	const struct syscall_desc *call = abi_call(arch, name);
	assert_non_null(call);
	int i = syscall_arg_by_name(call, arg);
	assert_true(i >= 0);
	struct error e = {0};
	uint64_t value = 0;
	if (abi_value_parse(call, arch, (unsigned)i, text, &value, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	if (value != expected)
		fail_msg("%s of %s: %#llx, not %#llx", text, name, (unsigned long long)value,
			 (unsigned long long)expected);
}

static void expect_refused(enum arch arch, const char *name, const char *arg, const char *text, const char *message)
{
	const struct syscall_desc *call = abi_call(arch, name);
	struct error e = {0};
	uint64_t value;
	int i = syscall_arg_by_name(call, arg);
	assert_int_equal(abi_value_parse(call, arch, (unsigned)i, text, &value, &e), ERR_INPUT);
	if (strstr(e.text, message) == NULL)
		fail_msg("%s: \"%s\" lacks \"%s\"", text, e.text, message);
}

static void table_is_sorted_and_unique(void **state)
{
	(void)state;
	static bool taken[ARCH_COUNT][512];
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const struct syscall_desc *call = &abi_syscalls[i];
		bool somewhere = false;
		if (i > 0 && strcmp(abi_syscalls[i - 1].name, call->name) >= 0)
			fail_msg("%s stands after %s", call->name, abi_syscalls[i - 1].name);
		for (int arch = 0; arch < ARCH_COUNT; arch++) {
			int nr = call->nr[arch];
			assert_true(nr >= -1 && nr < 512);
			if (nr < 0)
				continue;
			if (taken[arch][nr])
				fail_msg("%s: number %d is taken", call->name, nr);
			taken[arch][nr] = somewhere = true;
		}
		if (!somewhere)
			fail_msg("%s exists nowhere", call->name);
		assert_ptr_equal(abi_by_name(call->name), call);
	}
}

static void variants_belong_to_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < abi_variant_count; i++) {
		const struct syscall_desc *variant = &abi_variants[i], *call = named(variant->name);
		for (int arch = 0; arch < ARCH_COUNT; arch++) {
			if (variant->nr[arch] < 0)
				continue;
			assert_int_equal(variant->nr[arch], call->nr[arch]);
			assert_ptr_equal(abi_call((enum arch)arch, variant->name), variant);
		}
	}
}

static void check_arguments(const struct syscall_desc *call)
{
	unsigned n = syscall_arg_count(call);
	for (unsigned i = 0; i < 6; i++) {
		const struct arg *arg = &call->args[i];
		if (i >= n) {
			assert_null(arg->name);
			continue;
		}
		if (arg->bytes != 0 && arg->bytes != 2 && arg->bytes != 4 && arg->bytes != 8)
			fail_msg("%s.%s: %u bytes", call->name, arg->name, arg->bytes);
		if ((arg->kind == ARG_FLAGS || arg->kind == ARG_ENUM || arg->kind == ARG_PROT) && arg->set == NULL)
			fail_msg("%s.%s has no names", call->name, arg->name);
		assert_int_equal(syscall_arg_by_name(call, arg->name), i);
		assert_string_equal(syscall_arg_name(call, i), arg->name);
	}
}

static void arguments_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < abi_syscall_count; i++)
		check_arguments(&abi_syscalls[i]);
	for (size_t i = 0; i < abi_variant_count; i++)
		check_arguments(&abi_variants[i]);
}

/* In one set and on one architecture a name means one value, and fields do not overlap flags. */
static void sets_are_consistent(void **state)
{
	(void)state;
	for (size_t s = 0; s < abi_set_count; s++) {
		const struct name_set *set = abi_sets[s];
		assert_true(set->count > 0 && set->title[0] != '\0');
		for (size_t i = 0; i < set->count; i++) {
			const struct name_value *a = &set->values[i];
			if (a->mask != 0 && (a->value & ~a->mask) != 0)
				fail_msg("%s: %s is outside its mask", set->title, a->name);
			if (strpbrk(a->name, "|~() ") != NULL)
				fail_msg("%s: %s can't be read back", set->title, a->name);
			for (size_t k = 0; k < i; k++) {
				const struct name_value *b = &set->values[k];
				if ((a->archs & b->archs) == 0)
					continue;
				if (strcmp(a->name, b->name) == 0)
					fail_msg("%s: %s twice", set->title, a->name);
				if (a->mask != 0 && a->mask == b->mask && a->value == b->value)
					fail_msg("%s: %s and %s are the same", set->title, a->name, b->name);
			}
		}
	}
}

static void every_name_is_read_as_its_value(void **state)
{
	(void)state;
	for (size_t c = 0; c < abi_syscall_count; c++) {
		for (int a = 0; a < ARCH_COUNT; a++) {
			const struct syscall_desc *call = abi_call((enum arch)a, abi_syscalls[c].name);
			for (unsigned i = 0; i < syscall_arg_count(call); i++) {
				const struct name_set *set = call->args[i].set;
				for (size_t k = 0; set != NULL && k < set->count; k++) {
					if (!(set->values[k].archs & ARCH_BIT(a)))
						continue;
					uint64_t value = 0;
					struct error e = {0};
					if (abi_value_parse(call, (enum arch)a, i, set->values[k].name, &value, &e))
						fail_msg("%s: %s", call->name, e.text);
					if (value != abi_canonical(call, (enum arch)a, i, set->values[k].value))
						fail_msg("%s: %s", call->name, set->values[k].name);
				}
			}
		}
	}
}

static void round_trip(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t raw)
{
	uint64_t value = abi_canonical(call, arch, i, raw), back = ~value;
	struct text out = {0};
	struct error e = {0};
	assert_int_equal(abi_canonical(call, arch, i, value), value);
	abi_value_text(call, arch, i, value, &out);
	int code = abi_value_parse(call, arch, i, text_string(&out), &back, &e);
	if (code != 0 || back != value)
		fail_msg("%s.%s on %s: %#llx → \"%s\" → %#llx %s", call != NULL ? call->name : "unknown",
			 syscall_arg_name(call, i), arch_name(arch), (unsigned long long)value, text_string(&out),
			 (unsigned long long)back, e.text);
	text_free(&out);
}

static void round_trip_many(const struct syscall_desc *call, enum arch arch, unsigned i)
{
	static const uint64_t edges[] = {
	    0,
	    1,
	    7,
	    8,
	    255,
	    256,
	    0x7fff,
	    0x8000,
	    0xffff,
	    0x10000,
	    0x7fffffff,
	    0x80000000,
	    0xffffffff,
	    0x100000000,
	    INT64_MAX,
	    (uint64_t)INT64_MIN,
	    UINT64_MAX,
	    UINT64_MAX - 99,
	    0xffffffff00000000,
	};
	for (size_t k = 0; k < sizeof(edges) / sizeof(edges[0]); k++)
		round_trip(call, arch, i, edges[k]);
	for (int k = 0; k < 40; k++) {
		uint64_t random = next_random();
		round_trip(call, arch, i, random);
		round_trip(call, arch, i, random & next_random() & next_random() & 0xffffffff);
		round_trip(call, arch, i, random >> (next_random() % 64));
	}
	const struct name_set *set = i < syscall_arg_count(call) ? call->args[i].set : NULL;
	for (size_t k = 0; set != NULL && k < set->count; k++) {
		uint64_t other = set->values[next_random() % set->count].value;
		round_trip(call, arch, i, set->values[k].value);
		round_trip(call, arch, i, set->values[k].value | other);
		round_trip(call, arch, i, ~set->values[k].value);
		round_trip(call, arch, i, set->values[k].value | (next_random() & 0xff000000));
	}
}

static void values_survive_the_way_through_text(void **state)
{
	(void)state;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		for (uint32_t nr = 0; nr < 512; nr++) {
			const struct syscall_desc *call = abi_by_nr((enum arch)arch, nr);
			for (unsigned i = 0; i < 6; i++)
				if (call == NULL || i <= syscall_arg_count(call))
					round_trip_many(call, (enum arch)arch, i);
		}
	}
}

static void numbers(void **state)
{
	(void)state;
	struct error e = {0};
	uint32_t nr = 0;
	char buffer[32];
	assert_int_equal(abi_number(ARCH_X86_64, "openat", &nr, &e), 0);
	assert_int_equal(nr, 257);
	assert_int_equal(abi_number(ARCH_I386, "openat", &nr, &e), 0);
	assert_int_equal(nr, 295);
	assert_int_equal(abi_number(ARCH_AARCH64, "openat", &nr, &e), 0);
	assert_int_equal(nr, 56);
	assert_int_equal(abi_number(ARCH_AARCH64, "open", &nr, &e), 1);
	assert_int_equal(e.code, 0);
	assert_string_equal(abi_name(ARCH_X86_64, 471, buffer, sizeof(buffer)), "rseq_slice_yield");
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		assert_int_equal(abi_newest((enum arch)arch), 471);
	assert_null(abi_by_nr(ARCH_X86_64, 400));
	assert_null(abi_by_nr(ARCH_X86_64, 472));
	assert_null(abi_by_nr(ARCH_X86_64, ABI_NR_FOREIGN));
	assert_null(abi_by_nr(ARCH_X86_64, UINT32_MAX));
}

static void unknown_numbers_have_names(void **state)
{
	(void)state;
	static const uint32_t unknown[] = {472, 500, 0x1f4, ABI_NR_FOREIGN, ABI_NR_FOREIGN + 1, UINT32_MAX, 400};
	char buffer[32];
	assert_string_equal(abi_name(ARCH_X86_64, 0x1f4, buffer, sizeof(buffer)), "syscall_0x1f4");
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		struct error e = {0};
		uint32_t nr = 0;
		const char *name = abi_name(ARCH_X86_64, unknown[i], buffer, sizeof(buffer));
		assert_int_equal(abi_number(ARCH_X86_64, name, &nr, &e), 0);
		assert_int_equal(nr, unknown[i]);
	}
	static const char *const refused[] = {"syscall_0x",	     "syscall_0x27", "syscall_0x01f4", "syscall_0x1F4",
					      "syscall_0x100000000", "syscall_500",  "syscall_0x1f4 "};
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct error e = {0};
		uint32_t nr;
		assert_int_equal(abi_number(ARCH_X86_64, refused[i], &nr, &e), ERR_INPUT);
	}
}

static void suggestions(void **state)
{
	(void)state;
	struct error e = {0};
	uint32_t nr;
	assert_string_equal(abi_nearest("opennat"), "openat");
	assert_string_equal(abi_nearest("scoket"), "socket");
	assert_string_equal(abi_nearest("getpdi"), "getpid");
	assert_string_equal(abi_nearest("openat"), "openat");
	assert_null(abi_nearest("xyzzyxyzzy"));
	assert_null(abi_nearest(""));
	char *longest = calloc(1, 100001);
	memset(longest, 'a', 100000);
	assert_null(abi_nearest(longest));
	assert_int_equal(abi_number(ARCH_X86_64, longest, &nr, &e), ERR_INPUT);
	free(longest);
	e = (struct error){0};
	assert_int_equal(abi_number(ARCH_X86_64, "scoket", &nr, &e), ERR_INPUT);
	assert_string_equal(e.text, "unknown system call scoket; did you mean socket?");
}

static void architectures(void **state)
{
	(void)state;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		assert_int_equal(arch_by_name(arch_name((enum arch)arch)), arch);
		assert_int_equal(arch_by_audit(arch_audit((enum arch)arch)), arch);
	}
	assert_int_equal(arch_by_name("x32"), -1);
	assert_int_equal(arch_by_audit(0), -1);
	assert_int_equal(arch_audit(ARCH_X86_64), 0xc000003e);
}

static void canonical_values(void **state)
{
	(void)state;
	const struct syscall_desc *openat = named("openat"), *mprotect = named("mprotect"), *chmod = named("chmod");
	/* int: sign-extended, whatever the upper half holds */
	assert_int_equal(abi_canonical(openat, ARCH_X86_64, 0, 0x00000000ffffff9c), (uint64_t)-100);
	assert_int_equal(abi_canonical(openat, ARCH_X86_64, 0, 0xdeadbeefffffff9c), (uint64_t)-100);
	assert_int_equal(abi_canonical(openat, ARCH_X86_64, 2, 0xffffffff00080000), 0x80000);
	/* unsigned int: zero-extended */
	assert_int_equal(abi_canonical(named("read"), ARCH_X86_64, 0, UINT64_MAX), UINT32_MAX);
	/* umode_t: 16 bits */
	assert_int_equal(abi_canonical(chmod, ARCH_X86_64, 1, 0xffffffffffff81a4), 0x81a4);
	/* unsigned long: 64 bits, on i386 32 */
	assert_int_equal(abi_canonical(mprotect, ARCH_X86_64, 2, UINT64_MAX), UINT64_MAX);
	assert_int_equal(abi_canonical(mprotect, ARCH_I386, 2, UINT64_MAX), UINT32_MAX);
	/* long: signed on i386 too */
	assert_int_equal(abi_canonical(named("ptrace"), ARCH_I386, 0, 0xffffffff), UINT64_MAX);
	assert_int_equal(abi_canonical(named("ptrace"), ARCH_X86_64, 0, 0xffffffff), 0xffffffff);
	/* unknown: the register */
	assert_int_equal(abi_canonical(NULL, ARCH_X86_64, 5, UINT64_MAX), UINT64_MAX);
	assert_int_equal(abi_canonical(NULL, ARCH_I386, 5, UINT64_MAX), UINT32_MAX);
	assert_int_equal(syscall_arg_bits(chmod, ARCH_AARCH64, 1), 16);
	assert_int_equal(syscall_arg_bits(named("pread64"), ARCH_I386, 3), 32);
}

static void what_is_checkable(void **state)
{
	(void)state;
	assert_int_equal(syscall_checkable(named("socket")), 7);
	assert_int_equal(syscall_checkable(named("openat")), 4); /* not mode: garbage without O_CREAT */
	assert_int_equal(syscall_checkable(named("mmap")), 4 | 8);
	assert_int_equal(syscall_checkable(abi_by_nr(ARCH_I386, 90)), 0); /* mmap(struct *) */
	assert_int_equal(syscall_checkable(named("fadvise64")), 8);
	assert_int_equal(syscall_checkable(abi_call(ARCH_I386, "fadvise64")), 16);
	assert_int_equal(syscall_checkable(abi_call(ARCH_I386, "sync_file_range")), 32);
	assert_int_equal(syscall_checkable(named("prctl")), 1);
	assert_int_equal(syscall_checkable(named("ioctl")), 2);
	assert_int_equal(syscall_checkable(named("read")), 0);
	assert_int_equal(syscall_checkable(NULL), 0);
	assert_int_equal(syscall_arg_count(NULL), 0);
	assert_null(abi_call(ARCH_AARCH64, "open"));
}

static void argument_names(void **state)
{
	(void)state;
	const struct syscall_desc *call = named("socket");
	assert_int_equal(syscall_arg_by_name(call, "domain"), 0);
	assert_int_equal(syscall_arg_by_name(call, "arg0"), 0);
	assert_int_equal(syscall_arg_by_name(call, "arg5"), 5);
	assert_int_equal(syscall_arg_by_name(call, "arg6"), -1);
	assert_int_equal(syscall_arg_by_name(NULL, "arg3"), 3);
	assert_int_equal(syscall_arg_by_name(NULL, "domain"), -1);
	assert_string_equal(syscall_arg_name(call, 3), "arg3");
}

static void texts(void **state)
{
	(void)state;
	expect_text(ARCH_X86_64, "socket", "domain", 2, "AF_INET");
	expect_text(ARCH_X86_64, "socket", "type", 524289, "SOCK_STREAM|SOCK_CLOEXEC");
	expect_text(ARCH_X86_64, "socket", "type", 524288, "SOCK_CLOEXEC");
	expect_text(ARCH_X86_64, "socket", "protocol", 0, "0");
	expect_text(ARCH_X86_64, "socket", "protocol", 6, "IPPROTO_TCP");
	expect_text(ARCH_X86_64, "openat", "dirfd", 0xffffff9c, "AT_FDCWD");
	expect_text(ARCH_X86_64, "openat", "dirfd", 3, "3");
	expect_text(ARCH_X86_64, "openat", "dirfd", UINT32_MAX, "-1");
	expect_text(ARCH_X86_64, "openat", "flags", 0, "O_RDONLY");
	expect_text(ARCH_X86_64, "openat", "flags", 02000000, "O_RDONLY|O_CLOEXEC");
	expect_text(ARCH_X86_64, "openat", "flags", 04010002, "O_RDWR|O_SYNC");
	expect_text(ARCH_X86_64, "openat", "flags", 020200002, "O_RDWR|O_TMPFILE");
	expect_text(ARCH_AARCH64, "openat", "flags", 020040002, "O_RDWR|O_TMPFILE");
	expect_text(ARCH_X86_64, "openat", "flags", 0200000, "O_RDONLY|O_DIRECTORY");
	expect_text(ARCH_AARCH64, "openat", "flags", 0200000, "O_RDONLY|O_DIRECT");
	expect_text(ARCH_X86_64, "openat", "flags", 3, "0x3");
	expect_text(ARCH_X86_64, "mprotect", "prot", 0, "PROT_NONE");
	expect_text(ARCH_X86_64, "mprotect", "prot", 7, "PROT_READ|PROT_WRITE|PROT_EXEC");
	expect_text(ARCH_X86_64, "mprotect", "prot", 0x100000001, "PROT_READ|0x100000000");
	expect_text(ARCH_X86_64, "mmap", "flags", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS");
	expect_text(ARCH_X86_64, "clone", "flags", 0x01200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD");
	expect_text(ARCH_X86_64, "futex", "futex_op", 0, "FUTEX_WAIT");
	expect_text(ARCH_X86_64, "futex", "futex_op", 393, "FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG|FUTEX_CLOCK_REALTIME");
	expect_text(ARCH_X86_64, "ioctl", "request", 0x5401, "TCGETS");
	expect_text(ARCH_X86_64, "ioctl", "request", 0xdead, "0xdead");
	expect_text(ARCH_X86_64, "chmod", "mode", 0644, "0644");
	expect_text(ARCH_X86_64, "kill", "sig", 9, "SIGKILL");
	expect_text(ARCH_X86_64, "kill", "sig", 0, "0");
	expect_text(ARCH_X86_64, "kill", "sig", 34, "SIGRTMIN+2");
	expect_text(ARCH_X86_64, "personality", "persona", 0xffffffff, "0xffffffff");
	expect_text(ARCH_X86_64, "personality", "persona", 0x40000, "PER_LINUX|ADDR_NO_RANDOMIZE");
	expect_text(ARCH_X86_64, "quotactl", "cmd", 0x80000700, "Q_GETQUOTA|USRQUOTA");
	expect_text(ARCH_X86_64, "getrusage", "who", UINT64_MAX, "RUSAGE_CHILDREN");
	expect_text(ARCH_I386, "fcntl64", "cmd", 13, "F_SETLK64");
	expect_text(ARCH_X86_64, "reboot", "magic", 0xfee1dead, "LINUX_REBOOT_MAGIC1");
}

static void parses(void **state)
{
	(void)state;
	expect_parse(ARCH_X86_64, "socket", "type", "SOCK_STREAM | SOCK_CLOEXEC", 524289);
	expect_parse(ARCH_X86_64, "socket", "type", "~(SOCK_CLOEXEC|SOCK_NONBLOCK)", ~(uint64_t)0x80800);
	expect_parse(ARCH_X86_64, "socket", "type", "~0", UINT64_MAX);
	expect_parse(ARCH_X86_64, "socket", "domain", "AF_LOCAL", 1);
	expect_parse(ARCH_X86_64, "socket", "protocol", "IPPROTO_IP", 0);
	expect_parse(ARCH_X86_64, "ioctl", "request", "~(TCGETS)", 0xffffabfe);
	expect_parse(ARCH_X86_64, "ioctl", "request", "-1", 0xffffffff);
	expect_parse(ARCH_X86_64, "openat", "dirfd", "0xffffff9c", (uint64_t)-100);
	expect_parse(ARCH_X86_64, "openat", "dirfd", "0xffffffffffffff9c", (uint64_t)-100);
	expect_parse(ARCH_X86_64, "openat", "mode", "0644", 0644);
	expect_parse(ARCH_X86_64, "mmap", "offset", "18446744073709551615", UINT64_MAX);
	expect_parse(ARCH_X86_64, "futex", "futex_op", "FUTEX_WAIT_PRIVATE", 128);
	expect_parse(ARCH_AARCH64, "openat", "flags", "O_RDONLY|O_DIRECTORY", 040000);
	expect_parse(ARCH_X86_64, "kill", "sig", "SIGRTMIN+32", 64);
}

static void refusals(void **state)
{
	(void)state;
	expect_refused(ARCH_X86_64, "socket", "domain", "AF_INTE", "did you mean AF_INET?");
	expect_refused(ARCH_X86_64, "socket", "domain", "", "missing");
	expect_refused(ARCH_X86_64, "socket", "domain", "~()", "missing");
	expect_refused(ARCH_X86_64, "socket", "type", "SOCK_STREAM|", "unknown value");
	expect_refused(ARCH_X86_64, "socket", "type", "SOCK_STREAM|SOCK_DGRAM", "exclude each other");
	expect_refused(ARCH_X86_64, "fcntl", "cmd", "F_GETFD|F_SETFD", "exclude each other");
	expect_refused(ARCH_X86_64, "socket", "domain", "0x100000000", "does not fit in the 32 bits of domain");
	expect_refused(ARCH_X86_64, "socket", "domain", "-2147483649", "does not fit");
	expect_refused(ARCH_X86_64, "mmap", "offset", "18446744073709551616", "does not fit");
	expect_refused(ARCH_X86_64, "chmod", "mode", "0200000", "does not fit");
	expect_refused(ARCH_X86_64, "chmod", "mode", "0x", "no named values");
	expect_refused(ARCH_X86_64, "chmod", "mode", "08", "no named values");
	expect_refused(ARCH_X86_64, "chmod", "mode", "--1", "no named values");
	expect_refused(ARCH_AARCH64, "mmap", "flags", "MAP_32BIT", "does not exist on aarch64");
}

static void errors_and_signals(void **state)
{
	(void)state;
	assert_int_equal(errno_by_name("ENOSYS"), 38);
	assert_int_equal(errno_by_name("EPERM"), 1);
	assert_int_equal(errno_by_name("EWOULDBLOCK"), 11);
	assert_int_equal(errno_by_name("ENOTSUP"), 95);
	assert_int_equal(errno_by_name("ENONSENSE"), -1);
	assert_string_equal(errno_name(11), "EAGAIN");
	assert_string_equal(errno_name(133), "EHWPOISON");
	assert_null(errno_name(0));
	assert_null(errno_name(41)); /* a hole */
	for (int number = 0; number < 200; number++)
		if (errno_name(number) != NULL)
			assert_int_equal(errno_by_name(errno_name(number)), number);
	assert_string_equal(signal_name(9), "SIGKILL");
	assert_string_equal(signal_name(31), "SIGSYS");
	assert_string_equal(signal_name(32), "SIGRTMIN");
	assert_string_equal(signal_name(64), "SIGRTMIN+32");
	assert_null(signal_name(0));
	assert_null(signal_name(65));
	assert_null(signal_name(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_is_sorted_and_unique),
	    cmocka_unit_test(variants_belong_to_rows),
	    cmocka_unit_test(arguments_are_whole),
	    cmocka_unit_test(sets_are_consistent),
	    cmocka_unit_test(every_name_is_read_as_its_value),
	    cmocka_unit_test(values_survive_the_way_through_text),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(unknown_numbers_have_names),
	    cmocka_unit_test(suggestions),
	    cmocka_unit_test(architectures),
	    cmocka_unit_test(canonical_values),
	    cmocka_unit_test(what_is_checkable),
	    cmocka_unit_test(argument_names),
	    cmocka_unit_test(texts),
	    cmocka_unit_test(parses),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(errors_and_signals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
