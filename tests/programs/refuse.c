/* Does something good or something bad, and says "survived" if it can. Argument: good, or what to do wrong.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GARBAGE 0xdeadbeef00000000ul

static void *page;

/* All that may be done; the bad is one step beside it. */
static long good(void)
{
	syscall(SYS_getpid);
	syscall(SYS_close, syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
	syscall(SYS_mprotect, page, 4096, PROT_READ);
	syscall(SYS_fcntl, 1, F_GETFD);
	syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
	syscall(SYS_madvise, page, 4096, MADV_NORMAL);
	return syscall(SYS_kill, getpid(), 0);
}

/* Calls that the recording did not make. */
static long unrecorded(void) { return syscall(SYS_mkdirat, AT_FDCWD, "refuse.tmp", 0700); }
static long unrecorded_without_arguments(void) { return syscall(SYS_getppid); }

/* The right call with a wrong argument, 32-bit and 64-bit. */
static long family(void) { return syscall(SYS_socket, AF_NETLINK, SOCK_STREAM, 0); }
static long type(void) { return syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0); }
static long protocol(void) { return syscall(SYS_socket, AF_INET, SOCK_STREAM, 132); }
static long command(void) { return syscall(SYS_fcntl, 1, F_SETFL, 0); }
static long option(void) { return syscall(SYS_prctl, PR_SET_NAME, "x", 0, 0, 0); }
static long protection(void) { return syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC); }
static long signal_number(void) { return syscall(SYS_kill, getpid(), SIGWINCH); }

/* The kernel reads 32 bits of these: what is above them selects nothing. */
static long garbage_family(void)
{
	return syscall(SYS_socket, GARBAGE | AF_INET, GARBAGE | SOCK_STREAM, GARBAGE);
}
static long garbage_command(void) { return syscall(SYS_fcntl, GARBAGE | 1, GARBAGE | F_GETFD); }
static long garbage_option(void) { return syscall(SYS_prctl, GARBAGE | PR_GET_DUMPABLE, 0, 0, 0, 0); }
static long garbage_signal(void) { return syscall(SYS_kill, GARBAGE | (unsigned)getpid(), GARBAGE); }

/* And 64 bits of this. */
static long garbage_protection(void) { return syscall(SYS_mprotect, page, 4096, GARBAGE | PROT_READ); }
static long one_high_bit(void) { return syscall(SYS_mprotect, page, 4096, (1ul << 32) | PROT_READ); }

/* Numbers that are no system calls. */
static long minus_one(void) { return syscall(-1); }
static long largest(void) { return syscall(0x7fffffff); }
static long sign_bit(void) { return syscall(0x80000000); }
static long first_foreign(void) { return syscall(0x40000000); }
/* One that no kernel has yet: the answer of old kernels, so that libc falls back. */
static long newer(void) { return syscall(0x1000); }

#ifdef __x86_64__
static long int80(long nr, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(nr), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

/* i386: 20 is getpid (x86_64: writev), 1 is exit (x86_64: write, which was recorded). */
static long i386_getpid(void) { return int80(20, 0, 0, 0); }
static long i386_exit(void) { return int80(1, 0, 0, 0); }
/* x86_64's getpid is 39; i386's 39 is mkdir. */
static long i386_mkdir(void) { return int80(39, 0, 0, 0); }

/* x32: bit 30 and the number of getpid, which was recorded. */
static long x32(void) { return syscall(0x40000000 | SYS_getpid); }
static long x32_write(void) { return syscall(0x40000000 | SYS_write, 1, "x32\n", 4); }
#endif

/* A number's upper half is not part of it: the kernel takes the low 32 bits of the register (Linux 5.13). */
static long garbage_number(void) { return syscall((long)(GARBAGE | SYS_getpid)); }

static const struct {
	const char *name;
	long (*act)(void);
} acts[] = {
	{"good", good},
	{"unrecorded", unrecorded},
	{"unrecorded_without_arguments", unrecorded_without_arguments},
	{"family", family},
	{"type", type},
	{"protocol", protocol},
	{"command", command},
	{"option", option},
	{"protection", protection},
	{"signal_number", signal_number},
	{"garbage_family", garbage_family},
	{"garbage_command", garbage_command},
	{"garbage_option", garbage_option},
	{"garbage_signal", garbage_signal},
	{"garbage_protection", garbage_protection},
	{"one_high_bit", one_high_bit},
	{"minus_one", minus_one},
	{"largest", largest},
	{"sign_bit", sign_bit},
	{"first_foreign", first_foreign},
	{"newer", newer},
	{"garbage_number", garbage_number},
#ifdef __x86_64__
	{"i386_getpid", i386_getpid},
	{"i386_exit", i386_exit},
	{"i386_mkdir", i386_mkdir},
	{"x32", x32},
	{"x32_write", x32_write},
#endif
};

int main(int argc, char **argv)
{
	char text[64];

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (argc != 2)
		errx(2, "usage: refuse good|WHAT");
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		if (strcmp(acts[i].name, argv[1]) != 0)
			continue;
		/* In glibc 2.41 an error's name takes memory, and the first memory a random number: each act makes these calls. */
		const char *name = strerror(ENOSYS);
		errno = 0;
		long result = acts[i].act();
		if (result < 0 && errno != ENOSYS)
			name = strerror(errno);
		int n = snprintf(text, sizeof(text), "survived, %s\n", result < 0 ? name : "succeeded");

		return write(1, text, n) == n ? 0 : 1;
	}
	errx(2, "refuse knows no %s", argv[1]);
}
