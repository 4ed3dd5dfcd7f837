/* Functions in tables, tail calls, jump tables, the instruction itself. SPDX-License-Identifier: MIT
 * reach: kexec_load swapon acct pivot_root quotactl setdomainname settimeofday
 * not: reboot vhangup */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static long __attribute__((noinline)) raw(long number)
{
#ifdef __aarch64__
	register long x8 __asm__("x8") = number;
	register long result __asm__("x0") = 0;
	__asm__ volatile("svc #0" : "+r"(result) : "r"(x8) : "memory");
#else
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(0L), "S"(0L), "d"(0L) : "rcx", "r11", "memory");
#endif
	return result;
}

static long first(void)
{
	return syscall(SYS_kexec_load, 0, 0, 0, 0);
}

static long second(void)
{
	return raw(SYS_swapon);
}

static long (*const table[])(void) = {first, second};
static long (*volatile pointer)(void);

static long third(void)
{
	return raw(SYS_acct);
}

static long __attribute__((noinline)) tail(void)
{
	return raw(SYS_pivot_root);
}

static long __attribute__((noinline)) chosen(int which)
{
	long number;
	switch (which) {
	case 1: number = SYS_quotactl; break;
	case 2: number = SYS_setdomainname; break;
	case 3: number = SYS_settimeofday; break;
	case 4: number = SYS_getpid; break;
	case 5: puts("five"); number = SYS_getppid; break;
	case 6: number = SYS_getuid; break;
	default: return -1;
	}
	return raw(number);
}

static long __attribute__((noinline, used)) never(void)
{
	return raw(SYS_reboot);
}

int main(int argc, char **argv)
{
	(void)argv;
	pointer = argc > 3 ? third : table[argc & 1];
	if (argc > 7)
		return (int)chosen(argc);
	return argc > 2 ? (int)tail() : (int)pointer();
}
