/* Wants to trace, as LeakSanitizer does at the end of a program: says how that went. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>

int main(void)
{
	long result = ptrace(PTRACE_TRACEME, 0, NULL, NULL);

	printf("%ld %s\n", result, result < 0 ? strerror(errno) : "-");
	return 0;
}
