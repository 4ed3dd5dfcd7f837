/* Makes one call from each chain of functions, told apart by ioctl's request; tests/e2e/explain.sh knows which functions are
 * on the way. chains LIBRARY; the library is chains_library. SPDX-License-Identifier: MIT
 * build: -pthread -ldl */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Functions that are there as written: not inlined, not cloned, and their calls no jumps. */
#if defined(__clang__)
#define KEPT __attribute__((noinline, used))
#else
#define KEPT __attribute__((noipa, used))
#endif
#define HERE __asm__ volatile("" ::: "memory")

enum request { PLAIN = 0x7700, SORTED, THREAD, HANDLER, TAIL, CONSTRUCTOR, LEAVING, RECURSION, CHILD, POINTER };

KEPT static void plain_inner(enum request request)
{
	ioctl(-1, request);
	HERE;
}

KEPT static void plain_middle(enum request request)
{
	char room[100];
	__asm__ volatile("" ::"r"(room) : "memory");
	plain_inner(request);
	HERE;
}

KEPT static void plain_outer(enum request request)
{
	plain_middle(request);
	HERE;
}

KEPT static int compare_numbers(const void *a, const void *b)
{
	ioctl(-1, SORTED);
	HERE;
	return *(const int *)a - *(const int *)b;
}

KEPT static void sort_numbers(void)
{
	int numbers[] = {2, 1};
	qsort(numbers, 2, sizeof(numbers[0]), compare_numbers);
	HERE;
}

KEPT static void *thread_body(void *unused)
{
	plain_inner(THREAD);
	HERE;
	return unused;
}

KEPT static void start_thread_of(void *(*body)(void *))
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, body, NULL) == 0)
		pthread_join(thread, NULL);
	HERE;
}

KEPT static void on_signal(int signal)
{
	plain_inner(signal == SIGUSR1 ? HANDLER : 0);
	HERE;
}

KEPT static void raise_signal(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	HERE;
}

/* Jumps, so that it is in no stack. */
KEPT void tail_target(void);
KEPT void tail_target(void)
{
	ioctl(-1, TAIL);
	HERE;
}
void tail_caller(void);
#if defined(__aarch64__)
#define JUMP "b"
#else
#define JUMP "jmp"
#endif
__asm__(".text\n.type tail_caller, %function\ntail_caller:\n\t.cfi_startproc\n\t" JUMP " tail_target\n\t.cfi_endproc\n"
	".size tail_caller, . - tail_caller\n");

KEPT static void call_tail(void)
{
	tail_caller();
	HERE;
}

KEPT __attribute__((constructor)) static void before_main(void)
{
	ioctl(-1, CONSTRUCTOR);
	HERE;
}

/* What follows the call belongs to another function already. */
KEPT __attribute__((noreturn)) static void leave(void)
{
	ioctl(-1, LEAVING);
	pthread_exit(NULL);
}

KEPT __attribute__((noreturn)) static void *leaving_body(void *unused)
{
	(void)unused;
	leave();
}

KEPT static int recurse(int depth)
{
	int result = depth > 0 ? recurse(depth - 1) : ioctl(-1, RECURSION);
	HERE;
	return result + depth;
}

KEPT static void in_child(void)
{
	plain_inner(CHILD);
	HERE;
}

KEPT static void make_child(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		in_child();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	HERE;
}

KEPT static void through_pointer(void (*volatile function)(enum request))
{
	function(POINTER);
	HERE;
}

KEPT static void call_library(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	void (*entry)(void) = library != NULL ? (void (*)(void))dlsym(library, "library_entry") : NULL;
	if (entry != NULL)
		entry();
	else
		printf("%s\n", dlerror());
	HERE;
}

int main(int argc, char **argv)
{
	plain_outer(PLAIN);
	sort_numbers();
	start_thread_of(thread_body);
	raise_signal();
	call_tail();
	start_thread_of(leaving_body);
	recurse(3);
	make_child();
	through_pointer(plain_outer);
	if (argc > 1)
		call_library(argv[1]);
	return 0;
}
