/* Values as strace prints them: differences from the names and numbers of the tables.
 * SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/import/strace/strace.h"

/* Longer texts are not values. */
enum { VALUE_LENGTH = 1024 };

/* Names of strace that the tables lack or have under another name; for one call, or for all
 * (""). */
static const struct {
	const char *call, *name;
	uint64_t value;
} aliases[] = {
    {"", "NULL", 0},
    {"", "S_IFSOCK", 0140000},
    {"", "S_IFLNK", 0120000},
    {"", "S_IFREG", 0100000},
    {"", "S_IFBLK", 0060000},
    {"", "S_IFDIR", 0040000},
    {"", "S_IFCHR", 0020000},
    {"", "S_IFIFO", 0010000},
    {"", "S_ISUID", 04000},
    {"", "S_ISGID", 02000},
    {"", "S_ISVTX", 01000},
    {"", "AT_STATX_SYNC_TYPE", 0x6000},
    {"", "ISDN_P_BASE", 0},
    {"", "KCMPROTO_CONNECTED", 0},
    {"", "MSG_SENDPAGE_DECRYPTED", 0x100000},
    {"", "O_ACCMODE", 3},
    {"", "PKEY_DISABLE_EXECUTE", 4},
    {"", "SMCPROTO_SMC", 0},
    {"", "SMCPROTO_SMC6", 1},
    /* strace's "N<<NAME" */
    {"<<", "MAP_HUGE_SHIFT", 26},
    {"<<", "PR_MTE_TAG_SHIFT", 3},
    {"<<", "MFD_HUGE_SHIFT", 26},
    {"<<", "SHM_HUGE_SHIFT", 26},
};

static bool find_alias(const char *call, const char *name, uint64_t *value)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].name, name) == 0 &&
		    (aliases[i].call[0] == '\0' || strcmp(aliases[i].call, call) == 0)) {
			*value = aliases[i].value;
			return true;
		}
	return false;
}

/* Decimal, 0x, 0 octal, negative. The register may have had more bits than the argument: -e raw shows all. */
static bool number(const char *s, uint64_t *value)
{
	char *end;
	bool negative = s[0] == '-';
	if (!isdigit((unsigned char)s[negative]))
		return false;
	errno = 0;
	*value = strtoull(s + negative, &end, 0);
	*value = negative ? -*value : *value;
	return *end == '\0' && errno == 0;
}

/* MAKE_PROCESS_CPUCLOCK(123, CPUCLOCK_SCHED) and similar: include/linux/posix-timers.h. */
static bool made_clock(const char *s, uint64_t *value)
{
	static const struct {
		const char *begin;
		unsigned kind;
	} makers[] = {{"MAKE_PROCESS_CPUCLOCK(", 0}, {"MAKE_THREAD_CPUCLOCK(", 4}, {"FD_TO_CLOCKID(", 3}};
	static const char *const whiches[] = {"CPUCLOCK_PROF", "CPUCLOCK_VIRT", "CPUCLOCK_SCHED"};
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		size_t n = strlen(makers[i].begin);
		if (strncmp(s, makers[i].begin, n) != 0)
			continue;
		char *rest;
		long of = strtol(s + n, &rest, 10);
		unsigned kind = makers[i].kind;
		for (unsigned k = 0; *rest == ',' && k < 3; k++)
			if (strncmp(rest + 1, whiches[k], strlen(whiches[k])) == 0)
				kind |= k;
		*value = (uint64_t)(~of * 8) | kind;
		return rest > s + n;
	}
	return false;
}

static bool value_of(const struct syscall_desc *call, enum arch arch, unsigned i, const char *s, uint64_t *value);

/* "QCMD(Q_GETQUOTA, USRQUOTA)", "IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)": one name above another. */
static bool composed(const struct syscall_desc *call, enum arch arch, unsigned i, char *s, uint64_t *value)
{
	static const struct {
		const char *begin;
		unsigned shift;
	} composers[] = {{"QCMD(", 8}, {"IOPRIO_PRIO_VALUE(", 13}};
	static const struct {
		const char *name;
		uint64_t value;
	} parts[] = {{"USRQUOTA", 0},	     {"GRPQUOTA", 1},	     {"PRJQUOTA", 2},	      {"IOPRIO_CLASS_NONE", 0},
		     {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}};
	for (size_t k = 0; k < sizeof(composers) / sizeof(composers[0]); k++) {
		size_t n = strlen(composers[k].begin), length = strlen(s);
		char *comma = strchr(s, ',');
		if (strncmp(s, composers[k].begin, n) != 0 || comma == NULL || s[length - 1] != ')')
			continue;
		*comma = s[length - 1] = '\0';
		uint64_t halves[2];
		const char *names[2] = {s + n, comma + 1};
		for (int half = 0; half < 2; half++) {
			bool known = number(names[half], &halves[half]);
			for (size_t p = 0; !known && p < sizeof(parts) / sizeof(parts[0]); p++)
				if ((known = strcmp(parts[p].name, names[half]) == 0))
					halves[half] = parts[p].value;
			if (!known && !value_of(call, arch, i, names[half], &halves[half]))
				return false;
			/* The tables have quotactl's commands where they stand in the value. */
			if (!known && half == 0)
				halves[0] >>= composers[k].shift;
		}
		*value = halves[0] << composers[k].shift | halves[1];
		return true;
	}
	return false;
}

/* htons(ETH_P_ALL): the protocols of AF_PACKET, in network byte order. */
static bool ethernet(const char *s, uint64_t *value)
{
	static const struct {
		const char *name;
		uint16_t value;
	} types[] = {{"ETH_P_ALL", 3},	     {"ETH_P_LOOP", 0x60},    {"ETH_P_IP", 0x800},    {"ETH_P_ARP", 0x806},
		     {"ETH_P_RARP", 0x8035}, {"ETH_P_8021Q", 0x8100}, {"ETH_P_IPV6", 0x86dd}, {"ETH_P_PAE", 0x888e},
		     {"ETH_P_LLDP", 0x88cc}, {"ETH_P_TSN", 0x22f0},   {"ETH_P_1588", 0x88f7}, {"ETH_P_MACSEC", 0x88e5}};
	char name[40];
	size_t n = strlen(s);
	if (strncmp(s, "htons(", 6) != 0 || s[n - 1] != ')' || n - 7 >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(n - 7), s + 6);
	bool known = number(name, value) && *value <= UINT16_MAX;
	for (size_t i = 0; !known && i < sizeof(types) / sizeof(types[0]); i++)
		if ((known = strcmp(types[i].name, name) == 0))
			*value = types[i].value;
	*value = (*value & 0xff) << 8 | *value >> 8; /* as little-endian machines, which all of ours are, hold it */
	return known;
}

/* strace counts real-time signals from the kernel's first: SIGRTMIN, SIGRT_1, … */
static bool real_time_signal(const char *s, uint64_t *value)
{
	if (strncmp(s, "SIGRT_", 6) != 0 || !number(s + 6, value))
		return false;
	*value += 32;
	return *value <= 64;
}

/* Reads a name or number of the tables, or strace's own spelling. */
static bool value_of(const struct syscall_desc *call, enum arch arch, unsigned i, const char *s, uint64_t *value)
{
	const struct name_set *set = call->args[i].set;
	for (size_t k = 0; set != NULL && k < set->count; k++)
		if ((set->values[k].archs & ARCH_BIT(arch)) && strcmp(set->values[k].name, s) == 0) {
			*value = set->values[k].value;
			return true;
		}
	return number(s, value) || find_alias(call->name, s, value) || abi_value_named(arch, s, value);
}

/* Reads one of the parts joined by "|": a name, a number, or "21<<MAP_HUGE_SHIFT". The text is
 * changed. */
static bool read_atom(const struct syscall_desc *call, enum arch arch, unsigned i, char *s, uint64_t *value)
{
	uint64_t shift;
	char *by = strstr(s, "<<");
	if (by != NULL) {
		*by = '\0';
		if (!number(by + 2, &shift) && !find_alias("<<", by + 2, &shift))
			return false;
		if (!number(s, value) || shift > 63)
			return false;
		*value <<= shift;
		return true;
	}
	if (s[0] == '!') { /* "!PR_TAGGED_ADDR_ENABLE": the bit is not set */
		*value = 0;
		return true;
	}
	return real_time_signal(s, value) || ethernet(s, value) || made_clock(s, value) ||
	       value_of(call, arch, i, s, value) || composed(call, arch, i, s, value);
}

/* "A|B|0x4". The text is changed. */
static bool read_union(const struct syscall_desc *call, enum arch arch, unsigned i, char *s, uint64_t *value)
{
	uint64_t all = 0, part;
	for (char *next = s; s != NULL; s = next) {
		next = abi_value_bar(s);
		if (next != NULL)
			*next++ = '\0';
		if (*s == '\0' && next != NULL && all == 0)
			continue; /* -X raw writes nothing for a field that is 0: "|0x1800" */
		if (*s == '\0' || !read_atom(call, arch, i, s, &part))
			return false;
		all |= part;
	}
	*value = abi_canonical(call, arch, i, all);
	return true;
}

/* Copies the text without comments, and without blanks except those around "or". false: it is too
 * long, or cut off. */
static bool clean(const char *text, size_t n, char out[VALUE_LENGTH])
{
	size_t to = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '/' && i + 1 < n && text[i + 1] == '*') {
			const char *rest = strace_comment(text + i, text + n);
			if (rest == NULL)
				return false;
			i = (size_t)(rest - text) - 1;
			continue;
		}
		bool word = (i + 4 <= n && memcmp(text + i, " or ", 4) == 0) ||
			    (i >= 3 && memcmp(text + i - 3, " or ", 4) == 0);
		if (text[i] == ' ' && !word)
			continue;
		if (to + 1 >= VALUE_LENGTH)
			return false;
		out[to++] = text[i];
	}
	out[to] = '\0';
	return true;
}

int strace_value(const struct syscall_desc *call, enum arch arch, unsigned i, const char *text, size_t n,
		 uint64_t *value)
{
	char copy[VALUE_LENGTH];
	struct error ignored = {0};
	if (n >= VALUE_LENGTH || !clean(text, n, copy))
		return 0;
	if (*copy == '\0') { /* -X raw writes nothing for flags that are 0 */
		*value = 0;
		return n == 0 && call->args[i].kind == ARG_FLAGS;
	}
	if (strncmp(copy, "_IOC(", 5) == 0) {
		int rc = abi_value_parse(call, arch, i, copy, value, &ignored);
		return rc == 0 ? 1 : rc == ERR_MEMORY ? ERR_MEMORY : 0;
	}
	/* "TCGETS or SNDCTL_TMR_TIMEBASE": names of one number. */
	for (char *s = copy, *next; s != NULL; s = next) {
		next = strstr(s, " or ");
		if (next != NULL) {
			*next = '\0';
			next += 4;
		}
		if (read_union(call, arch, i, s, value))
			return 1;
	}
	return 0;
}
