/* Makes calls with every value that the tables name, and some that they do not, so that what strace prints of them can
 * be held against what record sees. SPDX-License-Identifier: MIT
 *
 *     values FROM TO             those from one number up to another; without, how many there are
 *     values random SEED COUNT   so many calls, with random values in all their arguments at once
 *
 * Each is made by a child of its own. Descriptors are -1, pointers bad, ids of nobody: almost all fail, and none
 * reaches beyond its process. */
#include <stdbool.h>
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
static uint64_t state;

/* xorshift64star (Vigna): the same numbers for the same seed. */
static uint64_t next(void)
{
	state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dU;
}

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

/* One value, or several together where they are flags; sometimes with bits that have no names. */
static uint64_t random_value(const struct arg *arg)
{
	uint64_t value = 0;
	bool flags = arg->kind == ARG_FLAGS || arg->kind == ARG_PROT;
	if (arg->kind == ARG_MODE)
		return next() % (UINT16_MAX + 1);
	if (arg->set != NULL && arg->set != &abi_set_seccomp_modes)
		for (size_t i = 0, n = flags ? next() % 5 : 1; i < n; i++) {
			const struct name_value *one = &arg->set->values[next() % arg->set->count];
			if (one->archs & ARCH_BIT(ARCH_NATIVE))
				value = flags ? value | one->value : one->value;
		}
	if (flags && next() % 8 == 0)
		value |= (uint64_t)1 << next() % 32;
	return value;
}

static void make_random(const struct syscall_desc *call)
{
	const char *name;
	unsigned by, at;
	uint64_t value, a[6];
	const struct arg *arg;
	harmless(call, a);
	for (unsigned i = 0; i < syscall_arg_count(call); i++)
		if (arg_checkable(&call->args[i])) {
			bool ignored = call->args[i].bytes == 4 && next() % 8 == 0; /* the kernel takes no more than 32 bits */
			a[i] = random_value(&call->args[i]) | (ignored ? next() << 32 : 0);
		}
	for (size_t i = 0; abi_selected_row(i, &name, &by, &value, &at, &arg); i++)
		if (strcmp(name, call->name) == 0 && (uint32_t)a[by] == value)
			a[at] = random_value(arg);
	make(call, a);
}

static bool can_vary(const struct syscall_desc *call)
{
	for (unsigned i = 0; call != NULL && i < syscall_arg_count(call); i++)
		if (arg_checkable(&call->args[i]))
			return !is_left_out(call->name);
	return false;
}

static void make_randomly(uint64_t seed, long count)
{
	state = seed * 2 + 1;
	to = count;
	while (made < count) {
		const struct syscall_desc *call = abi_call(ARCH_NATIVE, abi_syscalls[next() % abi_syscall_count].name);
		if (can_vary(call))
			make_random(call);
	}
}

int main(int argc, char **argv)
{
	const char *name;
	unsigned by, at;
	uint64_t value;
	const struct arg *arg;
	if (argc == 4) {
		make_randomly(strtoull(argv[2], NULL, 10), atol(argv[3]));
		return 0;
	}
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
