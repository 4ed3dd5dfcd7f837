/* Arguments whose meaning another argument selects. SPDX-License-Identifier: MIT
 *
 * One row: after this value of the selecting argument, that argument is this. The first row that fits counts. What no row
 * names stays as the table of calls has it (a plain number that is not recorded, as a rule). Sources: the man pages named
 * beside each group, section 2 and 7, and the kernel's UAPI headers. */
#include <string.h>

#include "abi.h"
#include "names.h"

/* clang-format off */
#define AS_FLAGS(n, s) {.name = #n, .bytes = 4, .kind = ARG_FLAGS, .set = &abi_set_##s}
#define AS_ENUM(n, s)  {.name = #n, .bytes = 4, .is_signed = true, .kind = ARG_ENUM, .set = &abi_set_##s}
#define AS_SIGNAL(n)   {.name = #n, .bytes = 4, .is_signed = true, .kind = ARG_SIGNAL, .set = &abi_set_signals}
#define AS_SEL(n)      {.name = #n, .bytes = 4, .is_signed = true, .kind = ARG_SELECTOR}

static const struct selected {
	const char *syscall;
	uint8_t by;    /* the position of the selecting argument; always before `at` */
	uint64_t value;
	uint8_t at;    /* the position of the argument that is selected */
	struct arg arg;
} selected[] = {
	/* fcntl(2) */
	{"fcntl", 1, 4 /* F_SETFL */, 2, AS_FLAGS(arg, open_flags)},
};
/* clang-format on */

/* More than the table of calls has rows; its test holds it to that. */
enum { ROWS = sizeof(selected) / sizeof(selected[0]), ROWS_LIMIT = 600 };

/* Per row of the table of calls: its first row here, plus 1; 0: none. */
static uint16_t first[ROWS_LIMIT];

__attribute__((constructor)) static void index_selected(void)
{
	for (size_t i = ROWS; i-- > 0;) {
		const struct syscall_desc *call = abi_by_name(selected[i].syscall);
		if (call != NULL && call - abi_syscalls < ROWS_LIMIT)
			first[call - abi_syscalls] = (uint16_t)(i + 1);
	}
}

/* The rows of one call stand side by side. */
static size_t rows_of(const struct syscall_desc *call, size_t *end)
{
	size_t at = call >= abi_syscalls && call < abi_syscalls + abi_syscall_count ? first[call - abi_syscalls] : 0;
	size_t begin = at > 0 ? at - 1 : ROWS;
	for (*end = begin; *end < ROWS && strcmp(selected[*end].syscall, call->name) == 0;)
		(*end)++;
	return begin;
}

const struct syscall_desc *abi_select(const struct syscall_desc *call, enum arch arch, const uint64_t args[6],
				      uint8_t known, struct syscall_desc *room)
{
	if (call == NULL)
		return NULL;
	size_t end, begin = rows_of(call, &end);
	const struct syscall_desc *result = call;
	uint8_t done = 0;
	for (size_t i = begin; i < end; i++) {
		const struct selected *s = &selected[i];
		if ((known >> s->by & 1) == 0 || (done >> s->at & 1) != 0 ||
		    abi_canonical(call, arch, s->by, args[s->by]) != abi_canonical(call, arch, s->by, s->value))
			continue;
		if (result == call)
			*room = *call;
		result = room;
		room->args[s->at] = s->arg;
		/* The prototype's width stays: it is what the registers, the facts and the filters hold. */
		room->args[s->at].bytes = call->args[s->at].bytes;
		room->args[s->at].is_signed = call->args[s->at].is_signed;
		done |= (uint8_t)(1u << s->at);
	}
	return result;
}

uint8_t syscall_selectors(const struct syscall_desc *call)
{
	uint8_t set = 0;
	if (call == NULL)
		return 0;
	size_t end;
	for (size_t i = rows_of(call, &end); i < end; i++)
		set |= (uint8_t)(1u << selected[i].by);
	return set;
}
