/* More numbers that are no system calls than a profile keeps: as many as the argument says, from 100000 on, every seventh.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long wrong = 0;
	for (long i = 0; i < (argc > 1 ? atol(argv[1]) : 0); i++)
		wrong += syscall(100000 + 7 * i) != -1 || errno != ENOSYS;
	printf("%ld of another answer than ENOSYS\n", wrong);
	return wrong != 0;
}
