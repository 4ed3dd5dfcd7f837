/* The library that chains opens. SPDX-License-Identifier: MIT
 * build: -shared -fPIC */
#include <sys/ioctl.h>

void library_entry(void);

__attribute__((noinline, used)) static void library_inner(void)
{
	ioctl(-1, 0x77ff);
	__asm__ volatile("" ::: "memory");
}

void library_entry(void)
{
	library_inner();
	__asm__ volatile("" ::: "memory");
}
