/* Numbers that come to the kernel by syscall(3), by a parameter, by two functions. SPDX-License-Identifier: MIT
 * reach: kexec_load quotactl swapon swapoff acct
 * not: reboot pivot_root vhangup */
#include <sys/syscall.h>
#include <unistd.h>

static long __attribute__((noinline)) inner(long number, long a)
{
	return syscall(number, a, 0, 0, 0);
}

static long __attribute__((noinline)) outer(int a, long number)
{
	return inner(number, a) + 1;
}

/* Nobody calls it. */
long __attribute__((noinline, used)) never(void)
{
	return syscall(SYS_reboot, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 5)
		return (int)syscall(SYS_kexec_load, 0, 0, 0, 0);
	if (argc > 4)
		return (int)inner(SYS_quotactl, argc);
	return (int)outer(argc, argc > 3 ? SYS_swapon : argc > 2 ? SYS_swapoff : SYS_acct);
}
