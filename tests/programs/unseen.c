/* build: -nostdlib -static -ffreestanding -fno-stack-protector -fno-builtin */
/* Says "before", makes the call that its arguments name, says what came of it. Without a libc, so that nothing but write and
 * exit_group is asked for besides. Arguments: NAME [NUMBER…]. SPDX-License-Identifier: MIT */
#include "raw.h"

static const struct {
	const char *name;
	long nr;
} calls[] = {
	{"close", __NR_close},
	{"inotify_init1", __NR_inotify_init1},
	{"memfd_create", __NR_memfd_create},
	{"socket", __NR_socket},
	{"timerfd_create", __NR_timerfd_create},
};

static unsigned long length(const char *s)
{
	unsigned long n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

static void say(const char *s) { raw(__NR_write, 1, (long)s, (long)length(s)); }

static void say_number(long n)
{
	char text[24], *at = text + sizeof(text) - 1;
	unsigned long rest = n < 0 ? -(unsigned long)n : (unsigned long)n;

	for (*at = '\0'; rest > 0 || *at == '\0'; rest /= 10)
		*--at = (char)('0' + rest % 10);
	say(n < 0 ? "-" : "");
	say(at);
	say("\n");
}

static long number(const char *s)
{
	long n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + *s - '0';
	return n;
}

static int alike(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b)
		a++, b++;
	return *a == *b;
}

/* The stack as the kernel leaves it: the number of arguments, and the arguments. */
__attribute__((used)) static void start(const long *stack)
{
	char *const *argv = (char *const *)(stack + 1);
	long argc = stack[0], arguments[3] = {0};

	for (long i = 2; i < argc && i < 5; i++)
		arguments[i - 2] = number(argv[i]);
	for (unsigned long i = 0; argc > 1 && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (alike(calls[i].name, argv[1])) {
			say("before\n");
			say_number(raw(calls[i].nr, arguments[0], arguments[1], arguments[2]));
			raw(__NR_exit_group, 0, 0, 0);
		}
	raw(__NR_exit_group, 2, 0, 0);
	__builtin_unreachable();
}

#ifdef __x86_64__
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
#else
__asm__(".globl _start\n_start: mov x0, sp\n bl start\n");
#endif
