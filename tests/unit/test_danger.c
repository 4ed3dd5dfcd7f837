/* The list of dangerous calls. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policies/abi/power/danger.h"

/* Reads a text of a row; false where that architecture lacks the name. */
static bool reads(const struct danger *d, enum arch arch, unsigned i, const char *text, uint64_t *value)
{
	struct error e = {0};
	if (abi_value_parse(abi_call(arch, d->syscall), arch, i, text, value, &e) == 0)
		return true;
	if (strstr(e.text, "does not exist on") == NULL)
		fail_msg("%s: %s", d->syscall, e.text);
	return false;
}

static bool holds_on(const struct danger *d, enum arch arch, uint64_t raw)
{
	int i = syscall_arg_by_name(abi_call(arch, d->syscall), d->arg);
	uint64_t mask = UINT64_MAX, value;
	assert_true(i >= 0);
	assert_true(d->mask == NULL || reads(d, arch, (unsigned)i, d->mask, &mask));
	assert_true(reads(d, arch, (unsigned)i, d->value, &value));
	return (abi_canonical(abi_call(arch, d->syscall), arch, (unsigned)i, raw) & mask) == value;
}

static void check_row(const struct danger *d)
{
	assert_true(d->level >= DANGER_ESCAPE && d->level <= DANGER_CAUTION);
	assert_true(d->why[0] != '\0' && d->source[0] != '\0' && strchr(d->why, '\n') == NULL);
	assert_true((d->arg == NULL) == (d->value == NULL));
	assert_true(d->arg != NULL || d->mask == NULL);
	size_t somewhere = 0;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		const struct syscall_desc *call = abi_call((enum arch)arch, d->syscall);
		if (call == NULL)
			continue;
		int i = d->arg != NULL ? syscall_arg_by_name(call, d->arg) : -1;
		if (d->arg == NULL || i < 0) {
			somewhere += d->arg == NULL;
			continue;
		}
		if (!arg_checkable(&call->args[i]))
			fail_msg("%s.%s is not recorded", d->syscall, d->arg);
		uint64_t mask = UINT64_MAX, value;
		if ((d->mask != NULL && !reads(d, (enum arch)arch, (unsigned)i, d->mask, &mask)) ||
		    !reads(d, (enum arch)arch, (unsigned)i, d->value, &value))
			continue;
		if ((value & ~mask) != 0)
			fail_msg("%s.%s: %s is outside %s", d->syscall, d->arg, d->value, d->mask);
		somewhere++;
	}
	if (somewhere == 0)
		fail_msg("%s, %s: counts nowhere", d->syscall, d->arg != NULL ? d->arg : "");
}

static void rows(void **state)
{
	(void)state;
	size_t total = 0, calls = 0, n;
	const struct danger *first = NULL, *last = NULL;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const struct danger *d = abi_dangers(abi_syscalls[i].name, &n);
		assert_true((d == NULL) == (n == 0));
		calls += n > 0;
		for (size_t k = 0; k < n; k++, total++) {
			assert_string_equal(d[k].syscall, abi_syscalls[i].name);
			assert_true(k == 0 || d[k - 1].level <= d[k].level);
			check_row(&d[k]);
			first = first == NULL ? d : first;
			last = &d[k];
		}
	}
	/* The names of the table of calls reach every row, so every row's name is one of them. */
	assert_int_equal(total, (size_t)(last - first) + 1);
	assert_true(total >= 150 && calls >= 100);
	assert_null(abi_dangers("no_such_call", &n));
	assert_null(abi_dangers("read", &n));
	assert_int_equal(n, 0);
}

static void tests_of_values(void **state)
{
	(void)state;
	size_t n;
	const struct danger *d = abi_dangers("personality", &n);
	for (size_t i = 0; i < n; i++) {
		assert_false(holds_on(&d[i], ARCH_NATIVE, 0xffffffff)); /* only asks */
		assert_false(holds_on(&d[i], ARCH_NATIVE, 0));
		assert_int_equal(holds_on(&d[i], ARCH_NATIVE, 0x0040000), strcmp(d[i].value, "ADDR_NO_RANDOMIZE") == 0);
	}
	assert_int_equal(n, 4);
	d = abi_dangers("mprotect", &n);
	assert_int_equal(n, 2);
	assert_int_equal(holds_on(&d[0], ARCH_NATIVE, 4) + holds_on(&d[1], ARCH_NATIVE, 4), 1);
	assert_int_equal(holds_on(&d[0], ARCH_NATIVE, 7) + holds_on(&d[1], ARCH_NATIVE, 7), 2);
	assert_int_equal(holds_on(&d[0], ARCH_NATIVE, 3) + holds_on(&d[1], ARCH_NATIVE, 3), 0);
	d = abi_dangers("socket", &n);
	size_t raw = 0;
	for (size_t i = 0; i < n; i++)
		raw += strcmp(d[i].arg, "type") == 0 && holds_on(&d[i], ARCH_NATIVE, 3 | 02000000); /* SOCK_RAW, CLOEXEC */
	assert_int_equal(raw, 1);
	d = abi_dangers("chmod", &n);
	assert_true(d == NULL || holds_on(&d[0], ARCH_X86_64, 04755) || holds_on(&d[1], ARCH_X86_64, 04755));
	assert_string_equal(danger_level_name(DANGER_SURFACE), "attack surface");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(tests_of_values)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
