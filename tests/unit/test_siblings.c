/* The calls that another libc or kernel makes in place of one. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policies/abi/fallbacks.h"

/* The same for every row of what follows an ENOSYS, those of siblings aside. */
static void for_fallbacks(void (*check)(const struct sibling *s, enum arch arch))
{
	for (size_t i = 0; i < abi_syscall_count; i++) {
		size_t n;
		const struct fallback *rows = abi_fallbacks(abi_syscalls[i].name, &n);
		for (size_t k = 0; k < n; k++)
			for (int arch = 0; arch < ARCH_COUNT; arch++)
				if (!rows[k].as_sibling && rows[k].call.to != NULL &&
				    abi_call((enum arch)arch, rows[k].call.to) != NULL &&
				    abi_call((enum arch)arch, rows[k].call.from) != NULL)
					check(&rows[k].call, (enum arch)arch);
	}
}

/* Calls check for every row on every architecture that has both calls. */
static void for_rows(void (*check)(const struct sibling *s, enum arch arch))
{
	for (size_t i = 0; i <= abi_syscall_count; i++) {
		const char *from = i < abi_syscall_count ? abi_syscalls[i].name : NULL;
		size_t n;
		const struct sibling *rows = abi_siblings(from, &n);
		for (size_t k = 0; k < n; k++)
			for (int arch = 0; arch < ARCH_COUNT; arch++)
				if (abi_call((enum arch)arch, rows[k].to) != NULL &&
				    (from == NULL || abi_call((enum arch)arch, from) != NULL))
					check(&rows[k], (enum arch)arch);
	}
}

static void rows_stand_side_by_side(void **state)
{
	(void)state;
	size_t n, total = 0;
	for (size_t i = 0; i <= abi_syscall_count; i++) {
		const char *from = i < abi_syscall_count ? abi_syscalls[i].name : NULL;
		const struct sibling *rows = abi_siblings(from, &n);
		assert_true((rows == NULL) == (n == 0));
		for (size_t k = 0; k < n; k++, total++) {
			if (from == NULL ? rows[k].from != NULL : strcmp(rows[k].from, from) != 0)
				fail_msg("%s among the rows of %s", rows[k].from, from);
			if (k > 0 && strcmp(rows[k - 1].to, rows[k].to) > 0)
				fail_msg("%s: %s stands after %s", from, rows[k].to, rows[k - 1].to);
			if (abi_by_name(rows[k].to) == NULL)
				fail_msg("no call %s", rows[k].to);
			assert_true(rows[k].why[0] != '\0');
		}
	}
	/* What lookups of known names reach is the whole table: from its first row to its last. */
	const struct sibling *first = abi_siblings("_llseek", &n), *always = abi_siblings(NULL, &n);
	assert_int_equal(total, (size_t)(always + n - first));
	assert_null(abi_siblings("no_such_call", &n));
	assert_null(abi_siblings("", &n));
	assert_int_equal(n, 0);
}

/* Some row must serve on some architecture: counted by for_rows. */
static void positions_are_of_the_calls(const struct sibling *s, enum arch arch)
{
	const struct syscall_desc *from = s->from != NULL ? abi_call(arch, s->from) : NULL, *to = abi_call(arch, s->to);
	unsigned have = from != NULL ? syscall_arg_count(from) : 0;
	bool old = strcmp(s->to, "mmap") == 0 && arch == ARCH_I386;
	for (unsigned i = 0; i < 6; i++) {
		if (s->map[i] < -1 || (s->map[i] >= (int)have && !old))
			fail_msg("%s, %s: there is no argument %d", s->from, s->to, s->map[i]);
		if ((s->map[i] >= 0 || s->values[i] != NULL) && i >= syscall_arg_count(to) && !old)
			fail_msg("%s has no argument %u on %s", s->to, i, arch_name(arch));
		if (s->map[i] < 0 || old)
			continue;
		/* What is checked in one is the same kind of thing in the other. */
		const struct arg *a = &from->args[s->map[i]], *b = &to->args[i];
		if (arg_checkable(b) && (!arg_checkable(a) || a->set != b->set) &&
		    !(a->set != NULL && b->set != NULL && strcmp(a->set->title, b->set->title) == 0) &&
		    strcmp(a->name, b->name) != 0)
			fail_msg("%s.%s is no value for %s.%s", s->from, a->name, s->to, b->name);
	}
}

static void positions(void **state)
{
	(void)state;
	for_rows(positions_are_of_the_calls);
	for_fallbacks(positions_are_of_the_calls);
}

static void reads(const struct syscall_desc *call, enum arch arch, unsigned i, const char *texts)
{
	char one[256];
	for (const char *s = texts, *end; s != NULL; s = *end != '\0' ? end + 2 : NULL) {
		end = strstr(s, ", ");
		if (end == NULL)
			end = s + strlen(s);
		assert_true((size_t)(end - s) < sizeof(one));
		memcpy(one, s, (size_t)(end - s));
		one[end - s] = '\0';
		struct error e = {0};
		uint64_t value;
		if (abi_value_parse(call, arch, i, one, &value, &e) < 0)
			fail_msg("%s: %s", call->name, e.text);
	}
}

static void values_are_read(const struct sibling *s, enum arch arch)
{
	const struct syscall_desc *to = abi_call(arch, s->to);
	for (unsigned i = 0; i < syscall_arg_count(to); i++) {
		if (s->values[i] == NULL)
			continue;
		if (!arg_checkable(&to->args[i]))
			fail_msg("%s.%s is not recorded; its values are not constrained", s->to, to->args[i].name);
		if (s->map[i] >= 0 && strstr(s->values[i], ", ") != NULL)
			fail_msg("%s, %s: bits are one text", s->from, s->to);
		reads(to, arch, i, s->values[i]);
	}
	if (s->when != NULL) {
		assert_non_null(s->from);
		assert_true(s->when_at <= 5);
		assert_true(arg_checkable(&abi_call(arch, s->from)->args[s->when_at]));
		reads(abi_call(arch, s->from), arch, s->when_at, s->when);
	}
}

static void values(void **state)
{
	(void)state;
	for_rows(values_are_read);
	for_fallbacks(values_are_read);
}

/* A row must not hand out namespaces, ptrace and the like: clone is never added without its flags. */
static void clone_is_never_unconstrained(void **state)
{
	(void)state;
	for (size_t i = 0; i <= abi_syscall_count; i++) {
		size_t n;
		const struct sibling *rows = abi_siblings(i < abi_syscall_count ? abi_syscalls[i].name : NULL, &n);
		for (size_t k = 0; k < n; k++) {
			if (strcmp(rows[k].to, "clone") == 0) {
				assert_non_null(rows[k].values[0]);
				assert_null(strstr(rows[k].values[0], "CLONE_NEW"));
			}
			assert_string_not_equal(rows[k].to, "clone3");
			if (rows[k].from == NULL && strcmp(rows[k].to, "mmap") == 0)
				assert_null(strstr(rows[k].values[2], "PROT_WRITE|PROT_EXEC"));
		}
	}
}

static void some_rows(void **state)
{
	(void)state;
	size_t n;
	const struct sibling *s = abi_siblings("open", &n);
	while (n > 0 && strcmp(s->to, "openat") != 0)
		s++, n--;
	assert_true(n > 0);
	static const int8_t map[6] = {-1, 0, 1, 2, -1, -1};
	assert_memory_equal(s->map, map, sizeof(map));
	s = abi_siblings("write", &n);
	assert_int_equal(n, 1);
	assert_string_equal(s->to, "writev");
	s = abi_siblings("lstat", &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(s[i].to, "newfstatat") == 0)
			assert_string_equal(s[i].values[3], "AT_SYMLINK_NOFOLLOW");
}

/* What makers of code get, no other program does: memory that is only written is not enough, nor a file's mode alone. */
static void what_a_row_is_for(void **state)
{
	static const struct {
		const char *from, *to;
		uint64_t value;
		int applies;
	} cases[] = {
		{"mprotect", "pkey_mprotect", 3, 0}, {"mprotect", "pkey_mprotect", 7, 1}, {"mprotect", "statfs", 6, 1},
		{"mprotect", "mprotect", 5, 0},	     {"fchmod", "fchown", 0644, 0},	  {"fchmod", "fchown", 0100644, 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e;
		size_t n;
		const struct sibling *s = abi_siblings(cases[i].from, &n);
		while (n > 0 && strcmp(s->to, cases[i].to) != 0)
			s++, n--;
		assert_true(n > 0);
		assert_int_equal(sibling_when(s, ARCH_X86_64, cases[i].value, &e), cases[i].applies);
	}
}

static void no_namespace_follows(const struct sibling *s, enum arch arch)
{
	(void)arch;
	if (strcmp(s->to, "clone") != 0)
		return;
	assert_non_null(s->values[0]);
	assert_null(strstr(s->values[0], "CLONE_NEW"));
}

/* Whoever gets ENOSYS for the one call makes the other next, and not the same again; each row says where that is to be read,
 * and has calls. */
static void fallbacks_stand_side_by_side(void **state)
{
	(void)state;
	size_t n, total = 0;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const struct fallback *f = abi_fallbacks(abi_syscalls[i].name, &n);
		assert_true((f == NULL) == (n == 0));
		for (size_t k = 0; k < n; k++, total++) {
			size_t calls;
			const struct sibling *s = abi_fallback_calls(&f[k], &calls);
			assert_string_equal(f[k].call.from, abi_syscalls[i].name);
			assert_true(f[k].call.why[0] != '\0');
			assert_non_null(strstr(f[k].source, ", "));
			if (f[k].call.to == NULL) {
				assert_int_equal(n, 1);
				assert_int_equal(calls, 0);
				continue;
			}
			assert_string_not_equal(f[k].call.from, f[k].call.to);
			if (k > 0 && strcmp(f[k - 1].call.to, f[k].call.to) > 0)
				fail_msg("%s: %s stands after %s", f[k].call.from, f[k].call.to, f[k - 1].call.to);
			if (abi_by_name(f[k].call.to) == NULL)
				fail_msg("no call %s", f[k].call.to);
			if (calls == 0)
				fail_msg("%s, %s: no sibling", f[k].call.from, f[k].call.to);
			for (size_t c = 0; c < calls; c++)
				assert_string_equal(s[c].to, f[k].call.to);
		}
	}
	assert_true(total > 0);
	assert_null(abi_fallbacks("no_such_call", &n));
	assert_int_equal(n, 0);
	for_fallbacks(no_namespace_follows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_stand_side_by_side), cmocka_unit_test(positions), cmocka_unit_test(values), cmocka_unit_test(what_a_row_is_for),
		cmocka_unit_test(clone_is_never_unconstrained), cmocka_unit_test(some_rows),
		cmocka_unit_test(fallbacks_stand_side_by_side),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
