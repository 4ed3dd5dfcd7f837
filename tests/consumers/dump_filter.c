/* Loaded before a program (LD_PRELOAD): writes the first filter that the program would install to the file $FILTER_DUMP, and ends
 * with 42 in place of installing it. For x86_64. SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void dump(const struct sock_fprog *p)
{
	const char *name = getenv("FILTER_DUMP");
	size_t n = p->len * sizeof(*p->filter);
	int fd = open(name != NULL ? name : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	_exit(write(fd, p->filter, n) == (ssize_t)n ? 42 : 1);
}

long syscall(long nr, ...)
{
	long x[6], result;
	va_list list;
	va_start(list, nr);
	for (int i = 0; i < 6; i++)
		x[i] = va_arg(list, long);
	va_end(list);
	if (nr == SYS_seccomp && x[0] == SECCOMP_SET_MODE_FILTER && x[2] != 0)
		dump((const struct sock_fprog *)x[2]);
	register long r10 __asm__("r10") = x[3], r8 __asm__("r8") = x[4], r9 __asm__("r9") = x[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(x[0]), "S"(x[1]), "d"(x[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

int prctl(int option, ...)
{
	long x[4];
	va_list list;
	va_start(list, option);
	for (int i = 0; i < 4; i++)
		x[i] = va_arg(list, long);
	va_end(list);
	if (option == PR_SET_SECCOMP && x[0] == SECCOMP_MODE_FILTER && x[1] != 0)
		dump((const struct sock_fprog *)x[1]);
	return (int)syscall(SYS_prctl, (long)option, x[0], x[1], x[2], x[3]);
}
