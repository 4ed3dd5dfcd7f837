/* Searches the tables: architectures, calls by name and number, arguments by name, canonical
 * values. SPDX-License-Identifier: MIT */
#include "policies/abi/abi.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/names/names.h"

/* Above the highest number of any architecture; the table's test checks this. */
#define NR_LIMIT 512

/* The name of an unknown number begins with this; the number follows in hexadecimal. */
#define UNKNOWN_PREFIX "syscall_0x"

static const struct {
	const char *name;
	uint32_t audit; /* linux/audit.h: the ELF machine, | 0x80000000 for 64 bits, | 0x40000000 for little-endian */
} arches[ARCH_COUNT] = {
    [ARCH_X86_64] = {"x86_64", 0xc000003e},
    [ARCH_I386] = {"i386", 0x40000003},
    [ARCH_AARCH64] = {"aarch64", 0xc00000b7},
};

static const struct syscall_desc *by_nr[ARCH_COUNT][NR_LIMIT];
static uint32_t newest[ARCH_COUNT];

static void index_table(const struct syscall_desc *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (int arch = 0; arch < ARCH_COUNT; arch++) {
			int nr = table[i].nr[arch];
			if (nr < 0 || nr >= NR_LIMIT)
				continue;
			by_nr[arch][nr] = &table[i];
			if ((uint32_t)nr > newest[arch])
				newest[arch] = (uint32_t)nr;
		}
	}
}

/* Runs before main, so that the tracer needs neither a lock nor a check at each call. */
__attribute__((constructor(101))) static void index_build(void)
{
	index_table(abi_syscalls, abi_syscall_count);
	index_table(abi_variants, abi_variant_count); /* after the main table, as these replace its rows */
}

const char *arch_name(enum arch arch)
{
	return arches[arch].name;
}

int arch_by_name(const char *name)
{
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		if (strcmp(arches[arch].name, name) == 0)
			return arch;
	return -1;
}

int archs_parse(const char *text, arch_set *archs, struct error *e)
{
	char names[64], *rest = names;
	snprintf(names, sizeof(names), "%s", text);
	for (char *name; (name = strsep(&rest, ",")) != NULL;) {
		int arch = arch_by_name(name);
		if (arch < 0)
			return error_set(e, ERR_INPUT, "%.40s: not an architecture; give x86_64, aarch64 or i386, or several with commas between", text);
		*archs |= ARCH_BIT(arch);
	}
	return 0;
}

uint32_t arch_audit(enum arch arch)
{
	return arches[arch].audit;
}

int arch_by_audit(uint32_t audit)
{
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		if (arches[arch].audit == audit)
			return arch;
	return -1;
}

static int compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct syscall_desc *)row)->name);
}

const struct syscall_desc *abi_by_name(const char *name)
{
	return bsearch(name, abi_syscalls, abi_syscall_count, sizeof(abi_syscalls[0]), compare_name);
}

bool abi_changes_process(const char *name)
{
	static const char *const names[] = {"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64",
					    "process_vm_writev", "sched_setaffinity", "sched_setattr", "sched_setparam",
					    "sched_setscheduler"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

const struct syscall_desc *abi_by_nr(enum arch arch, uint32_t nr)
{
	return nr < NR_LIMIT ? by_nr[arch][nr] : NULL;
}

const struct syscall_desc *abi_call(enum arch arch, const char *name)
{
	const struct syscall_desc *call = abi_by_name(name);
	return call != NULL && call->nr[arch] >= 0 ? by_nr[arch][call->nr[arch]] : NULL;
}

uint32_t abi_newest(enum arch arch)
{
	return newest[arch];
}

const char *abi_name(enum arch arch, uint32_t nr, char *buffer, size_t size)
{
	const struct syscall_desc *call = abi_by_nr(arch, nr);
	if (call != NULL)
		return call->name;
	snprintf(buffer, size, UNKNOWN_PREFIX "%" PRIx32, nr);
	return buffer;
}

/* Reads the number in a name like "syscall_0x1f4", as abi_name writes it: lower case, no leading
 * zeros. */
static bool unknown_number(const char *name, uint32_t *nr)
{
	size_t prefix = strlen(UNKNOWN_PREFIX);
	if (strncmp(name, UNKNOWN_PREFIX, prefix) != 0)
		return false;
	const char *digits = name + prefix;
	size_t n = strlen(digits);
	if (n == 0 || n > 8 || strspn(digits, "0123456789abcdef") != n || (digits[0] == '0' && n > 1))
		return false;
	*nr = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

int abi_number(enum arch arch, const char *name, uint32_t *nr, struct error *e)
{
	const struct syscall_desc *call = abi_by_name(name);
	if (call != NULL) {
		if (call->nr[arch] < 0)
			return 1;
		*nr = (uint32_t)call->nr[arch];
		return 0;
	}
	uint32_t number;
	if (unknown_number(name, &number)) {
		call = abi_by_nr(arch, number);
		if (call != NULL && e == NULL)
			return ERR_INPUT;
		if (call != NULL)
			return error_set(e, ERR_INPUT, "%s is called %s on %s; use its name", name, call->name,
					 arch_name(arch));
		*nr = number;
		return 0;
	}
	if (e == NULL)
		return ERR_INPUT;
	const char *near = abi_nearest(name);
	if (near == NULL)
		return error_set(e, ERR_INPUT, "unknown system call %.100s", name);
	return error_set(e, ERR_INPUT, "unknown system call %.100s; did you mean %s?", name, near);
}

/* Returns the edit distance of two names: insertions, deletions, replacements, and exchanges of two
 * neighbours count 1 each. Returns `limit` + 1 if it exceeds limit. */
static size_t edit_distance(const char *a, const char *b, size_t limit)
{
	enum { LONGEST = 63 };
	size_t rows[3][LONGEST + 1];
	size_t n = strlen(a), m = strlen(b);
	if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > limit)
		return limit + 1;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two_above[j - 2] + 1 < best)
				best = two_above[j - 2] + 1;
			row[j] = best;
		}
	}
	size_t distance = rows[n % 3][m];
	return distance <= limit ? distance : limit + 1;
}

/* Up to a third of the letters may be wrong, but at most three: beyond that a suggestion is a
 * guess. */
static size_t edit_limit(const char *name)
{
	size_t n = strlen(name) / 3;
	return n > 3 ? 3 : n;
}

const char *abi_nearest(const char *name)
{
	const char *best = NULL;
	size_t limit = edit_limit(name);
	for (size_t i = 0; i < abi_syscall_count; i++) {
		size_t distance = edit_distance(name, abi_syscalls[i].name, limit);
		if (distance > limit || (best != NULL && distance == limit))
			continue;
		best = abi_syscalls[i].name;
		limit = distance;
	}
	return best;
}

const char *abi_nearest_value(const struct name_set *set, enum arch arch, const char *name)
{
	const char *best = NULL;
	size_t limit = edit_limit(name);
	for (size_t i = 0; i < set->count; i++) {
		if (!(set->values[i].archs & ARCH_BIT(arch)))
			continue;
		size_t distance = edit_distance(name, set->values[i].name, limit);
		if (distance > limit || (best != NULL && distance == limit))
			continue;
		best = set->values[i].name;
		limit = distance;
	}
	return best;
}

bool arg_checkable(const struct arg *arg)
{
	return arg->name != NULL && arg->kind >= ARG_FLAGS;
}

bool arg_is_address(const struct arg *arg)
{
	return arg->kind == ARG_POINTER || arg->kind == ARG_POINTED;
}

uint8_t syscall_checkable(const struct syscall_desc *call)
{
	uint8_t mask = 0;
	for (unsigned i = 0; i < syscall_arg_count(call); i++)
		if (arg_checkable(&call->args[i]))
			mask |= (uint8_t)(1u << i);
	return mask;
}

unsigned syscall_arg_count(const struct syscall_desc *call)
{
	unsigned n = 0;
	while (call != NULL && n < 6 && call->args[n].name != NULL)
		n++;
	return n;
}

static const char *const generic_names[6] = {"arg0", "arg1", "arg2", "arg3", "arg4", "arg5"};
/* The same names with an "s", which no call uses itself: as in struct seccomp_data's args[5]. */
static const char *const plain_names[] = {"args0", "args1", "args2", "args3", "args4", "args5"};

int syscall_arg_by_name(const struct syscall_desc *call, const char *name)
{
	/* The table first: prctl(2) and keyctl(2) name their second argument "arg2". */
	for (unsigned i = 0; i < syscall_arg_count(call); i++)
		if (strcmp(call->args[i].name, name) == 0)
			return (int)i;
	for (int i = 0; i < 6; i++)
		if (strcmp(generic_names[i], name) == 0 || strcmp(plain_names[i], name) == 0)
			return i;
	return -1;
}

const char *syscall_arg_name(const struct syscall_desc *call, unsigned i)
{
	if (i < syscall_arg_count(call))
		return call->args[i].name;
	/* prctl(2) names its fifth argument "arg5". */
	return syscall_arg_by_name(call, generic_names[i]) == (int)i ? generic_names[i] : plain_names[i];
}

unsigned syscall_arg_bits(const struct syscall_desc *call, enum arch arch, unsigned i)
{
	unsigned reg = arch == ARCH_I386 ? 32 : 64;
	unsigned bits = i < syscall_arg_count(call) ? call->args[i].bytes * 8u : 0;
	return bits == 0 || bits > reg ? reg : bits;
}

uint64_t abi_canonical(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t raw)
{
	unsigned bits = syscall_arg_bits(call, arch, i);
	if (bits == 64)
		return raw;
	uint64_t mask = (UINT64_C(1) << bits) - 1;
	uint64_t value = raw & mask;
	bool negative = i < syscall_arg_count(call) && call->args[i].is_signed && (value >> (bits - 1)) != 0;
	return negative ? value | ~mask : value;
}
