/* The address of a function at an odd place, which no relocation tells of where a program is loaded at a fixed address.
 * SPDX-License-Identifier: MIT
 * cases: 1
 * open: acct */
#include <sys/syscall.h>
#include <unistd.h>

static long call(void)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"((long)SYS_acct), "D"(0L) : "rcx", "r11", "memory");
	return result;
}

static struct __attribute__((packed)) {
	char one;
	long (*function)(void);
} odd = {CASE, call};

int main(void)
{
	__asm__ volatile("" : "+m"(odd));
	return (int)odd.function();
}
