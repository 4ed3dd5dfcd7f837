/* Makes calls with every value that the tables name, and some that they do not, so that what strace prints of them can
 * be held against what record sees. SPDX-License-Identifier: MIT
 *
 *     values FROM TO        those from one number up to another; without, how many there are
 *
 * Each is made by a child of its own. Descriptors are -1, pointers bad, ids of nobody: almost all fail, and none
 * reaches beyond its process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/abi/names/names.h"

/* What would be more than a failed call, and ioctl, of which there are too many: past 256 facts of a call single values
 * are not kept. */
static const char *const left_out[] = {"clone",		  "clone3",	"exit",	  "exit_group", "fork",	 "ioctl",
				       "kexec_file_load", "kexec_load", "kill",	  "msgget",	"pause", "reboot",
				       "semget",	  "shmget",	"syslog", "vfork"};

static long made, from, to;

static bool is_left_out(const char *name)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		if (strcmp(left_out[i], name) == 0)
			return true;
	return false;
}

static void make(const struct syscall_desc *call, const uint64_t a[6])
{
	int status;
	if (made++ < from || made > to)
		return;
	pid_t child = fork();
	if (child == 0) {
		alarm(2);
		syscall(call->nr[ARCH_NATIVE], a[0], a[1], a[2], a[3], a[4], a[5]);
		_exit(0);
	}
	waitpid(child, &status, 0);
}

static void harmless(const struct syscall_desc *call, uint64_t a[6])
{
	static const uint64_t values[] = {
	    [ARG_FD] = UINT64_MAX, [ARG_POINTER] = 1, [ARG_ID] = (uint64_t)-9999, [ARG_SIZE] = 1};
	for (unsigned i = 0; i < 6; i++) {
		unsigned kind = i < syscall_arg_count(call) ? call->args[i].kind : ARG_UNKNOWN;
		a[i] = kind < sizeof(values) / sizeof(values[0]) ? values[kind] : 0;
	}
}

/* All values of one argument; `by` is one that selects it, or that itself. */
static void make_all(const struct syscall_desc *call, const struct arg *arg, unsigned i, unsigned by,
		     uint64_t selecting)
{
	static const uint64_t others[] = {0, 0x12, 0x12345678, 0104755};
	uint64_t a[6];
	harmless(call, a);
	a[by] = selecting;
	for (size_t v = 0; arg->set != NULL && v < arg->set->count; v++) {
		a[i] = arg->set->values[v].value;
		/* Of prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) mode exact changes the end: it has a filter already. */
		if ((arg->set->values[v].archs & ARCH_BIT(ARCH_NATIVE)) && arg->set != &abi_set_seccomp_modes)
			make(call, a);
	}
	/* Enumerations without a name for them: strace may have one (ISDN_P_TE_E1). */
	for (size_t v = 0; v < sizeof(others) / sizeof(others[0]) && (arg->kind != ARG_SELECTOR || v == 0); v++) {
		a[i] = others[v];
		if (arg->kind != ARG_MODE || others[v] <= UINT16_MAX) /* as much of them as strace prints */
			make(call, a);
	}
}

int main(int argc, char **argv)
{
	const char *name;
	unsigned by, at;
	uint64_t value;
	const struct arg *arg;
	from = argc > 2 ? atol(argv[1]) : 0;
	to = argc > 2 ? atol(argv[2]) : 0;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const struct syscall_desc *call = abi_call(ARCH_NATIVE, abi_syscalls[i].name);
		for (unsigned k = 0; call != NULL && !is_left_out(call->name) && k < syscall_arg_count(call); k++)
			if (arg_checkable(&call->args[k]))
				make_all(call, &call->args[k], k, k, 0);
	}
	for (size_t i = 0; abi_selected_row(i, &name, &by, &value, &at, &arg); i++) {
		const struct syscall_desc *call = abi_call(ARCH_NATIVE, name);
		if (call != NULL && !is_left_out(name))
			make_all(call, arg, at, by, value);
	}
	if (argc <= 2)
		printf("%ld\n", made);
	return 0;
}
