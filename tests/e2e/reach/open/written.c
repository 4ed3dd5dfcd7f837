/* A number in the stack that changes by ways that are not followed: by an index, by a pointer that was chosen, by a
 * function that knows a neighbour's address, by the kernel, by an instruction with a register of its own, by a pop; or
 * beside which the stack pointer moves in a rare way. Each case is a program: -DCASE=N. SPDX-License-Identifier: MIT
 * cases: 9
 * open: acct */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline __attribute__((always_inline)) long raw(long number, long a, const void *b, long c)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}

struct pair {
	long number, other;
};

void __attribute__((noinline)) neighbour(long *other)
{
	struct pair *p = (void *)((char *)other - sizeof(long));
	__asm__ volatile("" : "+r"(p));
	p->number = SYS_acct;
}

int main(int argc, char **argv)
{
	long first = SYS_getpid, second = SYS_getpid, number = SYS_acct;
	volatile long all[4] = {SYS_getpid, SYS_getpid, SYS_getpid, SYS_getpid};
	volatile struct pair pair = {SYS_getpid, 0};
	long *chosen = argc > 1 ? &first : &second;
	int ends[2];
	(void)argv, (void)all, (void)pair, (void)ends, (void)number, (void)chosen;
	switch (CASE) {
	case 1:
		all[argc] = SYS_acct;
		return (int)raw(all[1], 0, 0, 0);
	case 2:
		__asm__ volatile("" : "+r"(chosen));
		*chosen = SYS_acct;
		__asm__ volatile("" : "+m"(first), "+m"(second));
		return (int)raw(second, 0, 0, 0);
	case 3:
		neighbour((long *)&pair.other);
		return (int)raw(pair.number, 0, 0, 0);
	case 4:
		if (pipe(ends) < 0 || write(ends[1], &number, sizeof(number)) < 0)
			return 1;
		raw(SYS_read, ends[0], &first, sizeof(first));
		return (int)raw(first, 0, 0, 0);
	case 5:
		__asm__ volatile("mov $200,%%ecx; 1: cmp %1,%%rcx; loopne 1b; mov %%ecx,%%eax; syscall"
				 : "=a"(number)
				 : "r"((long)SYS_acct + 1)
				 : "rcx", "r11", "memory");
		return (int)number;
	case 7:
		__asm__ volatile("push %1; pop (%0)" : : "r"(&pair.number), "r"((long)SYS_acct) : "memory");
		return (int)raw(pair.number, 0, 0, 0);
	case 8:
		__asm__ volatile("mov %%rsp,%%rbx; push $39; enter $8,$0; movq %1,16(%%rsp); mov -8(%%rbx),%%rax; leave;"
				 "add $8,%%rsp; syscall"
				 : "=a"(number)
				 : "i"(SYS_acct)
				 : "rbx", "rcx", "r11", "memory");
		return (int)number;
	case 9:
		__asm__ volatile("mov %%rsp,%%rbx; push $39; pushfw; pushfw; pushfw; pushfw; movq %1,8(%%rsp);"
				 "mov -8(%%rbx),%%rax; add $16,%%rsp; syscall"
				 : "=a"(number)
				 : "i"(SYS_acct)
				 : "rbx", "rcx", "r11", "memory");
		return (int)number;
	default:
		/* an array that is filled from its end */
		__asm__ volatile("lea 24(%0),%%rdi; mov $4,%%ecx; mov %1,%%rax; std; rep stosq; cld"
				 :
				 : "r"(all), "r"((long)SYS_acct)
				 : "rdi", "rcx", "rax", "memory");
		return (int)raw(all[0], 0, 0, 0);
	}
}
