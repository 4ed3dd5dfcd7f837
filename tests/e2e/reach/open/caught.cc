// A number that an exception finds in the stack: after a jump through a table, and after code that the compiler placed
// before. Each case is a program: -DCASE=N. SPDX-License-Identifier: MIT
// cases: 2
// open: acct
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline __attribute__((always_inline)) long raw(long number)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(0L) : "rcx", "r11", "memory");
	return result;
}

__attribute__((noinline)) static void thrower(int n)
{
	if (n > 0)
		throw 1;
}

int main(int argc, char **)
{
	volatile long number = SYS_getpid;
	volatile int k = 0;
	if (CASE == 1) {
		switch (argc) {
		case 1: k = 4; break;
		case 2: k = 7; break;
		case 3: k = 9; puts("3"); break;
		case 4: k = 3; break;
		case 5: k = 1; puts("5"); break;
		case 6: k = 2; break;
		case 7: k = 22; break;
		}
	} else if (argc > 3) {
		throw 2;
	}
	number = SYS_acct;
	try {
		thrower(argc + k);
	} catch (int) {
		return (int)raw(number);
	}
	return 0;
}
