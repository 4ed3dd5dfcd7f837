/* A program that calls libc by way of its procedure linkage table. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	return puts("dynamic") < 0 || getppid() == 0 || atoi("1") == 2;
}
