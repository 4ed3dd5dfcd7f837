/* Functions whose addresses are in the table of addresses (.got), which the linker does not take out again: one is only
 * compared with, one is loaded and called, one is called there and is given its number by that call.
 * SPDX-License-Identifier: MIT
 * reach: acct swapon
 * not: reboot swapoff */
#include <sys/syscall.h>
#include <unistd.h>

/* Relocations that linkers must leave as they are: R_X86_64_GOTPCREL. */
__asm__(".text\n"
	".macro begin name\n.globl \\name\n.hidden \\name\n.type \\name, @function\n\\name: .cfi_startproc\n.endm\n"
	".macro end name\nret\n.cfi_endproc\n.size \\name, . - \\name\n.endm\n"
	"begin compared\n mov $169, %eax\n syscall\n end compared\n"
	"begin loaded\n mov $163, %eax\n syscall\n end loaded\n"
	"begin given\n mov %rdi, %rax\n syscall\n end given\n"
	"begin unused\n mov $168, %eax\n syscall\n end unused\n");

int main(int argc, char **argv)
{
	long result = argc;
	(void)argv;
	__asm__ volatile(".byte 0x48, 0x3b, 0x05\n.reloc ., R_X86_64_GOTPCREL, compared - 4\n.long 0\n" /* cmp, %rax */
			 "jb 1f\n"
			 "push %%rbp\n mov %%rsp, %%rbp\n and $-16, %%rsp\n"
			 ".byte 0x48, 0x8b, 0x05\n.reloc ., R_X86_64_GOTPCREL, loaded - 4\n.long 0\n" /* mov, %rax */
			 "call *%%rax\n"
			 "mov %1, %%edi\n"
			 ".byte 0xff, 0x15\n.reloc ., R_X86_64_GOTPCREL, given - 4\n.long 0\n" /* call */
			 "leave\n"
			 "1:"
			 : "+a"(result)
			 : "i"(SYS_swapon)
			 : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
	return (int)result;
}
