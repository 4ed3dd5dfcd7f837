/* The table of addresses (.got) is used by an index: any function whose address is there may be called. Each case is a
 * program: -DCASE=N. SPDX-License-Identifier: MIT
 * cases: 2
 * open: acct */
#include <unistd.h>

__asm__(".text\n.globl kept\n.hidden kept\n.type kept, @function\n"
	"kept: .cfi_startproc\n mov $163, %eax\n syscall\n ret\n.cfi_endproc\n.size kept, . - kept\n");

int main(int argc, char **argv)
{
	long (**table)(void);
	(void)argv;
	/* The comparison makes the linker put the address there. */
	__asm__ volatile(".byte 0x48, 0x3b, 0x05\n.reloc ., R_X86_64_GOTPCREL, kept - 4\n.long 0\n" ::"a"(0) : "cc");
#if CASE == 1
	__asm__ volatile("lea _GLOBAL_OFFSET_TABLE_(%%rip), %0" : "=r"(table));
#else
	/* the address of the word itself */
	__asm__ volatile(".byte 0x48, 0x8d, 0x05\n.reloc ., R_X86_64_GOTPCREL, kept - 4\n.long 0\n" : "=a"(table));
#endif
	return (int)table[argc]();
}
