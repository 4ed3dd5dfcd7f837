/* Numbers that come to the kernel as a seventh argument, on the stack, in the shapes of glibc 2.41's __syscall_cancel:
 * pushed as a constant, from a register, from memory, or stored beside the stack pointer; as a long and as an int.
 * SPDX-License-Identifier: MIT
 * reach: kexec_load quotactl swapon swapoff acct init_module delete_module
 * not: reboot pivot_root vhangup */
#include <sys/syscall.h>
#include <unistd.h>

long traps(long a, long b, long c, long d, long e, long f, long number);
long again(long a, long b, long c, long d, long e, long f, long number);
long moved(long a, long b, long c, long d, long e, long f, long number);

/* traps: calls the kernel with its seventh argument. again: hands its own on by a push of memory. moved: by a pop to
 * memory. */
__asm__(".text\n"
	".globl traps\n.type traps, @function\n"
	"traps: .cfi_startproc\n"
	"	mov %rcx, %r10\n"
	"	mov 8(%rsp), %eax\n"
	"	syscall\n"
	"	ret\n"
	"	.cfi_endproc\n.size traps, . - traps\n"
	".globl again\n.type again, @function\n"
	"again: .cfi_startproc\n"
	"	sub $0x10, %rsp\n"
	"	push 0x18(%rsp)\n"
	"	call traps\n"
	"	add $0x18, %rsp\n"
	"	ret\n"
	"	.cfi_endproc\n.size again, . - again\n"
	".globl moved\n.type moved, @function\n"
	"moved: .cfi_startproc\n"
	"	sub $0x18, %rsp\n"
	"	push 0x20(%rsp)\n"
	"	pop (%rsp)\n"
	"	call traps\n"
	"	add $0x18, %rsp\n"
	"	ret\n"
	"	.cfi_endproc\n.size moved, . - moved\n");

/* An int: only half of the word is written where arguments are stored. */
static long __attribute__((noinline)) narrow(long a, long b, long c, long d, long e, long f, int number)
{
	return syscall(number, a, b, c, d, e, f);
}

/* Nobody calls it. */
long __attribute__((noinline, used)) never(void)
{
	return traps(0, 0, 0, 0, 0, 0, SYS_reboot);
}

int main(int argc, char **argv)
{
	(void)argv;
	switch (argc) {
	case 5:
		return (int)traps(argc, 0, 0, 0, 0, 0, SYS_kexec_load);
	case 6:
		return (int)again(argc, 0, 0, 0, 0, 0, SYS_quotactl);
	case 7:
		return (int)moved(argc, 0, 0, 0, 0, 0, SYS_swapon);
	case 8:
		return (int)narrow(argc, 0, 0, 0, 0, 0, SYS_swapoff);
	case 9:
		return (int)narrow(argc, 0, 0, 0, 0, 0, SYS_acct);
	default:
		return (int)again(argc, 0, 0, 0, 0, 0, argc > 3 ? SYS_init_module : SYS_delete_module);
	}
}
