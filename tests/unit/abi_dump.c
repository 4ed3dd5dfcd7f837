/* Prints the tables of policies/abi, one thing a line, for tools/dev/check-abi. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "policies/abi/abi.h"
#include "policies/abi/names/names.h"

static void dump_calls(const char *what, const struct syscall_desc *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct syscall_desc *call = &table[i];
		printf("%s %s %d %d %d", what, call->name, call->nr[ARCH_X86_64], call->nr[ARCH_I386],
		       call->nr[ARCH_AARCH64]);
		for (unsigned k = 0; k < syscall_arg_count(call); k++) {
			const struct arg *arg = &call->args[k];
			printf(" %s:%u%c%s", arg->name, arg->bytes, arg->is_signed ? 's' : 'u',
			       arg->kind == ARG_POINTER ? "p" : "");
		}
		printf("\n");
	}
}

int main(void)
{
	dump_calls("call", abi_syscalls, abi_syscall_count);
	dump_calls("variant", abi_variants, abi_variant_count);
#define DUMP_SET(id, title)                                                                                            \
	for (size_t i = 0; i < abi_set_##id.count; i++)                                                                \
		printf("value %s %s 0x%" PRIx64 " %u\n", #id, abi_set_##id.values[i].name,                             \
		       abi_set_##id.values[i].value &UINT32_MAX, abi_set_##id.values[i].archs);
	ABI_SETS(DUMP_SET)
	for (int number = 1; number < 4096; number++)
		if (errno_name(number) != NULL)
			printf("value errno %s 0x%x %u\n", errno_name(number), (unsigned)number, (unsigned)ARCH_ALL);
	return 0;
}
