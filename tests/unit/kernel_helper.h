/* Asks the kernel itself: a forked child installs a filter and makes one raw system call. SPDX-License-Identifier: MIT
 */
#ifndef PINHOLE_TEST_KERNEL_HELPER_H
#define PINHOLE_TEST_KERNEL_HELPER_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum kernel_end {
	KERNEL_REFUSED,	 /* the filter could not be installed: value is the errno */
	KERNEL_RETURNED, /* the call returned: value is the raw result */
	KERNEL_TRAPPED,	 /* SIGSYS was delivered to the handler */
	KERNEL_KILLED,	 /* SIGSYS without the handler */
	KERNEL_EXITED,	 /* the call ended the child */
	KERNEL_OTHER,	 /* it died of another signal: value */
};

struct kernel_answer {
	enum kernel_end end;
	long value;
};

/* What the child leaves here is read after its death: it may not be able to make any further call. */
static volatile struct kernel_answer *kernel_shared;

static inline void kernel_trapped(int signal)
{
	(void)signal;
	kernel_shared->end = KERNEL_TRAPPED;
	__builtin_trap();
}

/* The arguments as they are, all 64 bits of them: libc's wrapper takes longs, but is variadic and may do more. */
static inline long kernel_raw(bool i386, uint32_t nr, const uint64_t a[6])
{
#if defined(__x86_64__)
	long result;
	if (i386) {
		/* int 0x80 from a 64-bit process: the kernel takes the low halves (arch/x86/entry). */
		struct {
			uint64_t nr, a[6];
		} in = {nr, {a[0], a[1], a[2], a[3], a[4], a[5]}};
		/* In a register that is none of the call's: rbx and rbp can't be named as operands everywhere. */
		register void *at __asm__("r12") = &in;
		__asm__ volatile("pushq %%rbp\n\tpushq %%rbx\n\t"
				 "movq 8(%1), %%rbx\n\tmovq 16(%1), %%rcx\n\tmovq 24(%1), %%rdx\n\t"
				 "movq 32(%1), %%rsi\n\tmovq 40(%1), %%rdi\n\tmovq 48(%1), %%rbp\n\t"
				 "int $0x80\n\t"
				 "popq %%rbx\n\tpopq %%rbp"
				 : "=a"(result)
				 : "r"(at), "a"((uint64_t)nr)
				 : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
		return (int)result;
	}
	register uint64_t r10 __asm__("r10") = a[3];
	register uint64_t r8 __asm__("r8") = a[4];
	register uint64_t r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"((uint64_t)nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	(void)i386;
	register uint64_t x8 __asm__("x8") = nr;
	register uint64_t x0 __asm__("x0") = a[0];
	register uint64_t x1 __asm__("x1") = a[1];
	register uint64_t x2 __asm__("x2") = a[2];
	register uint64_t x3 __asm__("x3") = a[3];
	register uint64_t x4 __asm__("x4") = a[4];
	register uint64_t x5 __asm__("x5") = a[5];
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return (long)x0;
#endif
}

/* In the child: installs the filter (n = 0: none), or leaves the reason and dies. */
static inline void kernel_install(const struct sock_filter *code, size_t n)
{
	struct sock_fprog program = {.len = (unsigned short)n, .filter = (struct sock_filter *)code};
	struct rlimit no_core = {0};
	struct sigaction trapped = {.sa_handler = kernel_trapped};
	setrlimit(RLIMIT_CORE, &no_core);
	sigaction(SIGSYS, &trapped, NULL);
	/* A sanitizer's handlers would make calls. */
	signal(SIGILL, SIG_DFL);
	signal(SIGTRAP, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	if (n > 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)) {
		kernel_shared->value = errno;
		kernel_shared->end = KERNEL_REFUSED;
		__builtin_trap();
	}
}

static inline _Noreturn void kernel_child(const struct sock_filter *code, size_t n, bool i386, uint32_t nr,
					  const uint64_t args[6])
{
	kernel_install(code, n);
	kernel_shared->end = KERNEL_OTHER;
	kernel_shared->value = kernel_raw(i386, nr, args);
	kernel_shared->end = KERNEL_RETURNED;
	__builtin_trap();
}

/* Memory that children share with their parent; NULL: none. */
static inline void *kernel_share(size_t bytes)
{
	void *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return page == MAP_FAILED ? NULL : page;
}

/* One call under a filter (n = 0: none). */
static inline struct kernel_answer kernel_ask(const struct sock_filter *code, size_t n, bool i386, uint32_t nr,
					      const uint64_t args[6])
{
	if (kernel_shared == NULL && (kernel_shared = kernel_share(4096)) == NULL)
		return (struct kernel_answer){KERNEL_REFUSED, errno};
	kernel_shared->end = KERNEL_OTHER;
	kernel_shared->value = 0;
	pid_t pid = fork();
	if (pid == 0)
		kernel_child(code, n, i386, nr, args);
	int status = 0;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	struct kernel_answer a = {kernel_shared->end, kernel_shared->value};
	if (a.end != KERNEL_OTHER)
		return a;
	if (WIFEXITED(status))
		return (struct kernel_answer){KERNEL_EXITED, WEXITSTATUS(status)};
	if (WTERMSIG(status) == SIGSYS)
		return (struct kernel_answer){KERNEL_KILLED, 0};
	return (struct kernel_answer){KERNEL_OTHER, WTERMSIG(status)};
}

/* A call and, once it was made, its raw result. */
struct kernel_call {
	bool i386;
	uint32_t nr;
	uint64_t args[6];
	long result;
};

/* Makes all these calls, which lie in memory from kernel_share, under one filter in one child: none of them may end it,
 * change what it needs or be answered by other than an errno. Returns whether all were made. */
static inline bool kernel_ask_all(const struct sock_filter *code, size_t n, struct kernel_call *calls, size_t count)
{
	if (kernel_shared == NULL && (kernel_shared = kernel_share(4096)) == NULL)
		return false;
	kernel_shared->end = KERNEL_OTHER;
	pid_t pid = fork();
	if (pid == 0) {
		kernel_install(code, n);
		for (size_t i = 0; i < count; i++)
			calls[i].result = kernel_raw(calls[i].i386, calls[i].nr, calls[i].args);
		kernel_shared->end = KERNEL_RETURNED;
		__builtin_trap();
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return kernel_shared->end == KERNEL_RETURNED;
}

/* NULL where filters can be installed here, else why not. */
static inline const char *kernel_has_no_filters(void)
{
	static const struct sock_filter allow = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW};
	struct kernel_answer a = kernel_ask(&allow, 1, false, 0x7fff, (uint64_t[6]){0});
	if (a.end == KERNEL_REFUSED)
		return strerror((int)a.value);
	return a.end == KERNEL_RETURNED ? NULL : "a child with a filter that allows all did not survive";
}

/* NULL where int 0x80 works, else why not. */
static inline const char *kernel_has_no_i386(void)
{
#if defined(__x86_64__)
	struct kernel_answer a = kernel_ask(NULL, 0, true, 20 /* getpid */, (uint64_t[6]){0});
	return a.end == KERNEL_RETURNED && a.value > 0 ? NULL : "the kernel has no 32-bit system calls";
#else
	return "this is no x86";
#endif
}

#endif
