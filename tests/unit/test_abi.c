/* The tables and lookups of policies/abi. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policies/abi/abi.h"
#include "policies/abi/names/names.h"

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

/* The call with the argument of a row of selected.c in its place, on an architecture that has both. */
static const struct syscall_desc *after(enum arch arch, const char *name, unsigned by, uint64_t value,
					struct syscall_desc *room)
{
	const struct syscall_desc *call = abi_call(arch, name);
	uint64_t args[6] = {0};
	args[by] = abi_canonical(call, arch, by, value);
	return abi_select(call, arch, args, (uint8_t)(1u << by), room);
}

static void selected_rows_fit_the_table(void **state)
{
	(void)state;
	const char *name, *last = "";
	unsigned by, at;
	uint64_t value;
	const struct arg *arg;
	static bool seen[1024];
	assert_true(abi_syscall_count <= 600); /* ROWS_LIMIT */
	for (size_t i = 0; abi_selected_row(i, &name, &by, &value, &at, &arg); i++) {
		const struct syscall_desc *call = named(name);
		if (strcmp(name, last) != 0 && seen[call - abi_syscalls])
			fail_msg("the rows of %s stand apart", name);
		seen[call - abi_syscalls] = true;
		last = name;
		if (by >= at || at >= syscall_arg_count(call))
			fail_msg("%s: argument %u selects argument %u", name, by, at);
		assert_string_equal(arg->name, call->args[at].name);
		assert_true(arg_checkable(arg) && arg_checkable(&call->args[by]));
		if ((arg->kind == ARG_SELECTOR) != (arg->set == NULL))
			fail_msg("%s.%s: its kind and its names do not fit", name, arg->name);
		if (arg->bytes != 0 && call->args[at].bytes != 0 && arg->bytes > call->args[at].bytes)
			fail_msg("%s.%s is wider than in the table", name, arg->name);
		/* Where the value exists, it has a name, and its text selects it. */
		bool anywhere = false;
		for (int arch = 0; arch < ARCH_COUNT; arch++) {
			call = abi_call((enum arch)arch, name);
			if (call == NULL)
				continue;
			struct text out = {0};
			uint64_t back;
			struct error e = {0};
			struct syscall_desc room;
			abi_value_text(call, (enum arch)arch, by, value, &out);
			assert_int_equal(abi_value_parse(call, (enum arch)arch, by, text_string(&out), &back, &e), 0);
			assert_int_equal(back, abi_canonical(call, (enum arch)arch, by, value));
			anywhere |= strspn(text_string(&out), "-0123456789abcdefx") != strlen(text_string(&out));
			const struct syscall_desc *selected = after((enum arch)arch, name, by, value, &room);
			assert_ptr_equal(selected, &room);
			const struct arg *now = &selected->args[at];
			if (strcmp(now->name, arg->name) != 0 || now->kind != arg->kind || now->set != arg->set)
				fail_msg("%s: an earlier row is for %s too", name, text_string(&out));
			assert_int_equal(now->bytes, call->args[at].bytes);
			assert_int_equal(now->is_signed, call->args[at].is_signed);
			text_free(&out);
		}
		if (!anywhere)
			fail_msg("%s: %#llx has no name", name, (unsigned long long)value);
	}
}

static void selected_values_survive(void **state)
{
	(void)state;
	const char *name;
	unsigned by, at;
	uint64_t value;
	const struct arg *arg;
	for (size_t i = 0; abi_selected_row(i, &name, &by, &value, &at, &arg); i++) {
		for (int a = 0; a < ARCH_COUNT; a++) {
			enum arch arch = (enum arch)a;
			struct syscall_desc room;
			if (abi_call(arch, name) == NULL)
				continue;
			const struct syscall_desc *call = after(arch, name, by, value, &room);
			round_trip_many(call, arch, at);
			const struct name_set *set = arg->set;
			for (size_t k = 0; set != NULL && k < set->count; k++) {
				uint64_t back = 0;
				struct error e = {0};
				if (!(set->values[k].archs & ARCH_BIT(arch)))
					continue;
				if (abi_value_parse(call, arch, at, set->values[k].name, &back, &e) != 0)
					fail_msg("%s: %s", name, e.text);
				assert_int_equal(back, abi_canonical(call, arch, at, set->values[k].value));
			}
		}
	}
}

/* The text of a value after another, on x86_64. */
static void expect_selected(const char *name, const char *by, const char *value, const char *at, uint64_t raw,
			    const char *expected)
{
	const struct syscall_desc *call = named(name);
	struct syscall_desc room;
	struct error e = {0};
	uint64_t selector = 0;
	int from = syscall_arg_by_name(call, by), to = syscall_arg_by_name(call, at);
	assert_int_equal(abi_value_parse(call, ARCH_X86_64, (unsigned)from, value, &selector, &e), 0);
	call = after(ARCH_X86_64, name, (unsigned)from, selector, &room);
	struct text out = {0};
	abi_value_text(call, ARCH_X86_64, (unsigned)to, abi_canonical(call, ARCH_X86_64, (unsigned)to, raw), &out);
	if (strcmp(text_string(&out), expected) != 0)
		fail_msg("%s(%s): %s is %s, not %s", name, value, at, text_string(&out), expected);
	text_free(&out);
}

static void selections(void **state)
{
	(void)state;
	const uint64_t name_option[6] = {15 /* PR_SET_NAME */}, seccomp_option[6] = {22};
	struct syscall_desc room;
	assert_null(abi_select(NULL, ARCH_X86_64, name_option, 63, &room));
	assert_ptr_equal(abi_select(named("prctl"), ARCH_X86_64, name_option, 63, &room), named("prctl"));
	assert_ptr_equal(abi_select(named("prctl"), ARCH_X86_64, seccomp_option, 62, &room), named("prctl"));
	assert_ptr_equal(abi_select(named("prctl"), ARCH_X86_64, seccomp_option, 1, &room), &room);
	assert_int_equal(syscall_checkable(&room), 3);
	assert_int_equal(syscall_selectors(named("prctl")), 1);
	assert_int_equal(syscall_selectors(named("socket")), 1);
	assert_int_equal(syscall_selectors(named("setsockopt")), 2);
	assert_int_equal(syscall_selectors(named("read")), 0);
	assert_int_equal(syscall_selectors(NULL), 0);
	expect_selected("fcntl", "cmd", "F_SETFL", "arg", 06002, "O_RDWR|O_APPEND|O_NONBLOCK");
	expect_selected("fcntl", "cmd", "F_SETFD", "arg", 1, "FD_CLOEXEC");
	expect_selected("fcntl", "cmd", "F_SETSIG", "arg", 12, "SIGUSR2");
	expect_selected("fcntl", "cmd", "F_DUPFD", "arg", 1, "1");
	expect_selected("fcntl", "cmd", "F_ADD_SEALS", "arg", 9, "F_SEAL_SEAL|F_SEAL_WRITE");
	expect_selected("prctl", "option", "PR_SET_PDEATHSIG", "arg2", 9, "SIGKILL");
	expect_selected("prctl", "option", "PR_CAPBSET_DROP", "arg2", 21, "CAP_SYS_ADMIN");
	expect_selected("prctl", "option", "PR_CAP_AMBIENT", "arg2", 2, "PR_CAP_AMBIENT_RAISE");
	expect_selected("prctl", "option", "PR_CAP_AMBIENT", "arg3", 10, "CAP_NET_BIND_SERVICE");
	expect_selected("prctl", "option", "PR_SET_SECCOMP", "arg2", 2, "SECCOMP_MODE_FILTER");
	expect_selected("prctl", "option", "PR_SET_SECCOMP", "arg3", 2, "2");
	expect_selected("prctl", "option", "PR_SET_NAME", "arg2", 2, "2");
	expect_selected("setsockopt", "level", "SOL_SOCKET", "optname", 2, "SO_REUSEADDR");
	expect_selected("setsockopt", "level", "IPPROTO_TCP", "optname", 1, "TCP_NODELAY");
	expect_selected("setsockopt", "level", "IPPROTO_IP", "optname", 64, "IPT_SO_SET_REPLACE");
	expect_selected("getsockopt", "level", "IPPROTO_IP", "optname", 64, "IPT_SO_GET_INFO");
	expect_selected("getsockopt", "level", "SOL_SOCKET", "optname", 1000, "1000");
	expect_selected("getsockopt", "level", "SOL_BLUETOOTH", "optname", 4, "4");
	expect_selected("socket", "domain", "AF_INET", "protocol", 6, "IPPROTO_TCP");
	expect_selected("socket", "domain", "AF_NETLINK", "protocol", 0, "NETLINK_ROUTE");
	expect_selected("socket", "domain", "AF_NETLINK", "protocol", 9, "NETLINK_AUDIT");
	expect_selected("socket", "domain", "AF_UNIX", "protocol", 1, "1");
	expect_selected("socket", "domain", "AF_PACKET", "protocol", 768, "768");
	expect_selected("ptrace", "request", "PTRACE_SEIZE", "data", 0x11, "PTRACE_O_TRACESYSGOOD|PTRACE_O_TRACEEXEC");
	expect_selected("ptrace", "request", "PTRACE_CONT", "data", 9, "9");
	expect_selected("seccomp", "operation", "SECCOMP_SET_MODE_FILTER", "flags", 1, "SECCOMP_FILTER_FLAG_TSYNC");
	expect_selected("keyctl", "operation", "KEYCTL_SETPERM", "arg3", 0x3f3f0000, "KEY_POS_ALL|KEY_USR_ALL");
	expect_selected("quotactl", "cmd", "Q_QUOTAON|USRQUOTA", "id", 4, "QFMT_VFS_V1");
	/* fcntl64 as fcntl; the width stays that of the prototype */
	assert_ptr_equal(after(ARCH_I386, "fcntl64", 1, 4, &room), &room);
	assert_int_equal(abi_canonical(after(ARCH_X86_64, "fcntl", 1, 4, &room), ARCH_X86_64, 2, 0xff00000002),
			 0xff00000002);
}

/* The families that the table's protocols are right for; every other one has a row of its own. */
static void protocols_are_those_of_the_family(void **state)
{
	(void)state;
	static const char *const calls[] = {"socket", "socketpair"};
	for (size_t c = 0; c < 2; c++) {
		const struct syscall_desc *call = named(calls[c]);
		for (size_t i = 0; i < abi_set_address_families.count; i++) {
			uint64_t domain = abi_set_address_families.values[i].value;
			struct syscall_desc room;
			const struct arg *arg = &after(ARCH_X86_64, call->name, 0, domain, &room)->args[2];
			assert_int_equal(arg->set == &abi_set_ip_protocols, domain == 2 || domain == 10);
		}
	}
}

static void harmless_bits(void **state)
{
	(void)state;
	const struct name_set *set;
	const char *name;
	for (size_t i = 0; abi_harmless_row(i, &set, &name); i++) {
		uint8_t archs = 0;
		for (size_t k = 0; k < set->count; k++) {
			if (strcmp(set->values[k].name, name) != 0)
				continue;
			archs |= set->values[k].archs;
			/* bits, or a field of some: no alias, no whole value */
			assert_true(set->values[k].mask != 0 && set->values[k].mask != UINT64_MAX);
			const struct arg arg = {.set = set};
			for (int arch = 0; arch < ARCH_COUNT; arch++)
				if (set->values[k].archs & ARCH_BIT(arch))
					assert_int_equal(set->values[k].mask & ~abi_harmless(&arg, (enum arch)arch), 0);
		}
		if (archs != ARCH_ALL)
			fail_msg("%s: %s is not in the set", set->title, name);
	}
	const struct arg *flags = &named("openat")->args[2];
	assert_int_equal(abi_harmless(flags, ARCH_X86_64), 02704000);
	assert_int_equal(abi_harmless(flags, ARCH_I386), 02704000);
	assert_int_equal(abi_harmless(flags, ARCH_AARCH64), 02544000);
	assert_int_equal(abi_harmless(&named("socket")->args[1], ARCH_X86_64), 0x80800);
	assert_int_equal(abi_harmless(&named("socket")->args[0], ARCH_X86_64), 0);
	assert_int_equal(abi_harmless(&named("mprotect")->args[2], ARCH_X86_64), 0);
	assert_int_equal(abi_harmless(&named("futex")->args[1], ARCH_X86_64), 384);
	assert_int_equal(abi_harmless(&named("newfstatat")->args[3], ARCH_X86_64), 0x6800);
	assert_int_equal(abi_harmless(&named("read")->args[2], ARCH_X86_64), 0);
	assert_int_equal(abi_harmless(&named("clone")->args[0], ARCH_X86_64), 0);
	struct syscall_desc room;
	uint64_t setfl = abi_harmless(&after(ARCH_X86_64, "fcntl", 1, 4, &room)->args[2], ARCH_X86_64);
	assert_int_equal(setfl & 02000, 0); /* O_APPEND counts */
	assert_int_equal(setfl & 0104003, 0104003);
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
	expect_text(ARCH_X86_64, "ioctl", "request", 0xc0045432, "_IOC(_IOC_READ|_IOC_WRITE,0x54,0x32,0x4)");
	expect_text(ARCH_X86_64, "ioctl", "request", 0x80ff4506, "_IOC(_IOC_READ,0x45,0x6,0xff)"); /* EVIOCGNAME(255) */
	expect_text(ARCH_X86_64, "ioctl", "request", 0x40000000, "_IOC(_IOC_WRITE,0,0,0)");
	expect_text(ARCH_X86_64, "ioctl", "request", 0x10000, "_IOC(_IOC_NONE,0,0,0x1)");
	expect_text(ARCH_X86_64, "ioctl", "request", 0xffff, "0xffff");
	expect_text(ARCH_X86_64, "ioprio_set", "ioprio", 0x4004, "IOPRIO_CLASS_BE|0x4");
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
	expect_parse(ARCH_X86_64, "ioctl", "request", "_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x32, 0x4)", 0xc0045432);
	expect_parse(ARCH_X86_64, "ioctl", "request", "_IOC(_IOC_NONE,84,1,0)", 0x5401);
	expect_parse(ARCH_X86_64, "ioctl", "request", "~(_IOC(_IOC_WRITE,0,0,0x3fff))", 0x8000ffff);
	expect_parse(ARCH_X86_64, "ioctl", "request", "~_IOC(_IOC_WRITE,0,0,0x3fff)", 0x8000ffff);
	expect_parse(ARCH_X86_64, "ioctl", "request", "_IOC(_IOC_WRITE,0,0,0)|_IOC(_IOC_READ,0,0,0)|0x1", 0xc0000001);
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
	static const char *const requests[] = {
	    "_IOC(",
	    "_IOC()",
	    "_IOC(_IOC_READ,0x54,0x32,0x4",
	    "_IOC(_IOC_READ,0x54,0x32)",
	    "_IOC(,0x54,0x32,0x4)",
	    "_IOC(_IOC_READ|,0x54,0x32,0x4)",
	    "_IOC(|_IOC_READ,0x54,0x32,0x4)",
	    "_IOC(_IOC_READS,0x54,0x32,0x4)",
	    "_IOC(2,0x54,0x32,0x4)",
	    "_IOC(_IOC_READ,0x154,0x32,0x4)",
	    "_IOC(_IOC_READ,0x54,0x132,0x4)",
	    "_IOC(_IOC_READ,0x54,0x32,0x4000)",
	    "_IOC(_IOC_READ,0x54,-1,0x4)",
	    "_IOC(_IOC_READ,0x54,0x32,0x4)x",
	};
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		expect_refused(ARCH_X86_64, "ioctl", "request", requests[i], "_IOC(");
	expect_refused(ARCH_X86_64, "fcntl", "cmd", "_IOC(_IOC_READ,0x54,0x32,0x4)", "unknown value");
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
	    cmocka_unit_test(selected_rows_fit_the_table),
	    cmocka_unit_test(selected_values_survive),
	    cmocka_unit_test(selections),
	    cmocka_unit_test(protocols_are_those_of_the_family),
	    cmocka_unit_test(harmless_bits),
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
