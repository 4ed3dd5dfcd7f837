/* systemd's groups of calls. SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policies/abi/abi.h"
#include "policies/abi/groups.h"

static const struct syscall_group *named(const char *name)
{
	for (size_t i = 0; i < abi_group_count; i++)
		if (strcmp(abi_groups[i].name, name) == 0)
			return &abi_groups[i];
	return NULL;
}

static void members_exist(void **state)
{
	(void)state;
	for (size_t i = 0; i < abi_group_count; i++) {
		assert_ptr_equal(named(abi_groups[i].name), &abi_groups[i]);
		assert_true(abi_groups[i].name[0] == '@' && abi_groups[i].what[0] != '\0');
		char copy[2048], before[64] = "", *rest = copy, *name;
		assert_true(strlen(abi_groups[i].members) < sizeof(copy));
		strcpy(copy, abi_groups[i].members);
		while ((name = strsep(&rest, " ")) != NULL && name[0] != '\0') {
			if (name[0] == '@' ? named(name) == NULL : abi_by_name(name) == NULL)
				fail_msg("%s: there is no %s", abi_groups[i].name, name);
			if (name[0] == '@' && named(name) > &abi_groups[i])
				fail_msg("%s stands before %s, which it contains", abi_groups[i].name, name);
			if (strcmp(before, name) >= 0)
				fail_msg("%s: %s stands after %s", abi_groups[i].name, name, before);
			assert_true(strlen(name) < sizeof(before));
			strcpy(before, name);
		}
	}
}

static void every_call_has_one(void **state)
{
	(void)state;
	size_t other = 0;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const char *group = abi_group(abi_syscalls[i].name);
		assert_non_null(named(group));
		other += strcmp(group, "@other") == 0;
	}
	assert_true(other >= 1 && other <= 8);
	assert_string_equal(abi_group("no_such_call"), "@other");
	assert_string_equal(abi_group(""), "@other");
}

static void the_most_specific(void **state)
{
	(void)state;
	assert_string_equal(abi_group("socket"), "@network-io");
	assert_string_equal(abi_group("close"), "@basic-io");
	assert_string_equal(abi_group("chroot"), "@mount");
	assert_string_equal(abi_group("chown"), "@chown");
	assert_string_equal(abi_group("setuid32"), "@setuid");
	assert_string_equal(abi_group("seccomp"), "@sandbox");
	assert_string_equal(abi_group("times"), "@timer");
	assert_string_equal(abi_group("execve"), "@default");
	assert_string_equal(abi_group("capset"), "@privileged");
	assert_string_equal(abi_group("ioctl"), "@system-service");
	assert_string_equal(abi_group("_llseek"), "@basic-io");
	assert_string_equal(abi_group("futex_wait"), "@default");
	assert_string_equal(abi_group("syslog"), "@other");
	assert_string_equal(abi_group("@default"), "@other");
	assert_string_equal(abi_group("acc"), "@other");
}

/* A call with a time of 64 bits, or ids of 32, is listed where the older one is. */
static void siblings_together(void **state)
{
	(void)state;
	static const char *const ends[] = {"_time64", "64", "32"};
	for (size_t i = 0; i < abi_syscall_count; i++)
		for (size_t k = 0; k < 3; k++) {
			char name[64];
			size_t n = strlen(abi_syscalls[i].name), end = strlen(ends[k]);
			if (n <= end || strcmp(abi_syscalls[i].name + n - end, ends[k]) != 0)
				continue;
			snprintf(name, sizeof(name), "%.*s", (int)(n - end), abi_syscalls[i].name);
			if (abi_by_name(name) != NULL)
				assert_string_equal(abi_group(abi_syscalls[i].name), abi_group(name));
		}
}

static void nested(void **state)
{
	(void)state;
	assert_true(abi_in_group("chown", "@privileged"));
	assert_true(abi_in_group("chown", "@system-service"));
	assert_true(abi_in_group("seccomp", "@system-service"));
	assert_true(abi_in_group("close", "@file-system"));
	assert_false(abi_in_group("mount", "@system-service"));
	assert_false(abi_in_group("futex_wait", "@default"));
	assert_false(abi_in_group("chown", "@no-such-group"));
	assert_false(abi_in_group("chown", "@"));
	assert_false(abi_in_group("", "@chown"));
	assert_false(abi_in_group("syslog", "@other"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_exist),     cmocka_unit_test(every_call_has_one),
		cmocka_unit_test(the_most_specific), cmocka_unit_test(siblings_together),
		cmocka_unit_test(nested),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
