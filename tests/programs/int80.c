/* A 64-bit program that makes 32-bit calls, by `int 0x80`: getpid is 20 there, where writev is for 64 bits.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
#ifdef __x86_64__
	int pid;

	for (int i = 0; i < 3; i++)
		__asm__ volatile("int $0x80" : "=a"(pid) : "0"(20) : "memory");
	printf("the same pid by both ways: %d\n", pid == getpid());
	/* prctl is 172 there; PR_GET_DUMPABLE is 3. */
	__asm__ volatile("int $0x80" : "=a"(pid) : "0"(172), "b"(3), "c"(0), "d"(0), "S"(0), "D"(0) : "memory");
	printf("dumpable by int 0x80: %d\n", pid);
	return 0;
#else
	return 1; /* other processors have no such instruction */
#endif
}
