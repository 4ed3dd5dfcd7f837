/* build: -pthread */
/* What mode quiet has to do with, a case each: programs that repeat themselves so long that they go quiet, and do
 * something new, or odd, only then. Prints the same whoever watches. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 3000 };

static void repeat(int n)
{
	while (n-- > 0)
		syscall(SYS_getppid);
}

/* A fact that nothing else makes: one for each number. */
static void mark(int number)
{
	fcntl(-1, 2000 + number);
}

static int new_facts(void)
{
	repeat(MANY);
	mark(0);
	repeat(10);
	mark(1);
	return 0;
}

/* What failed before it went quiet succeeds after. */
static int late_success(void)
{
	int fd = -1;

	for (int i = 0; i < 5; i++)
		syscall(SYS_accept, -1, NULL, NULL);
	for (int i = 0; i < 5; i++)
		fcntl(fd, F_GETSIG);
	for (int i = 0; i < 500; i++)
		fcntl(fd, F_GETOWN);
	repeat(MANY);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	printf("succeed: %d %d\n", fcntl(fd, F_GETSIG), fcntl(fd, F_GETOWN));
	return 0;
}

static pthread_barrier_t ready; /* not a loop: that would be a long time without anything new */

static void *thread(void *number)
{
	pthread_barrier_wait(&ready);
	repeat(MANY);
	mark((int)(long)number);
	return NULL;
}

static int threads(void)
{
	pthread_t all[8];

	pthread_barrier_init(&ready, NULL, 8);
	for (long i = 0; i < 8; i++)
		pthread_create(&all[i], NULL, thread, (void *)i);
	for (int i = 0; i < 8; i++)
		pthread_join(all[i], NULL);
	printf("8 threads\n");
	return 0;
}

/* Threads that make children all the while, so that some are made just as the filter comes. */
static void *maker(void *number)
{
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (child == 0) {
			mark((int)(long)number * 20 + i);
			_exit(0);
		}
		repeat(20);
		waitpid(child, NULL, 0);
	}
	return NULL;
}

static int makers(void)
{
	pthread_t all[8];

	for (long i = 0; i < 8; i++)
		pthread_create(&all[i], NULL, maker, (void *)i);
	for (int i = 0; i < 8; i++)
		pthread_join(all[i], NULL);
	printf("160 children\n");
	return 0;
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	syscall(SYS_getppid);
	alarms++;
}

/* Signals all the while, each of them handled; and all registers as they were after each call. */
static int signals(void)
{
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	pid_t me = getpid();
	int status;

	sigaction(SIGRTMIN, &action, NULL);
	pid_t child = fork();

	if (child == 0) {
		for (int i = 0; i < 2000; i++)
			while (sigqueue(me, SIGRTMIN, (union sigval){0}) != 0)
				usleep(100);
		_exit(0);
	}
	while (alarms < 2000)
		repeat(1);
	waitpid(child, &status, 0);
	printf("signals: %d\n", (int)alarms);
	return 0;
}

#if defined(__x86_64__)
/* The kernel keeps all registers but the result's, rcx and r11. */
static int registers(void)
{
	unsigned long bad = 0;

	for (unsigned long i = 1; i < MANY; i++) {
		unsigned long in[11], out[11], result;

		for (int k = 0; k < 11; k++)
			in[k] = i * 0x9e3779b97f4a7c15ul + (unsigned long)k * 0x123456789ul;
		__asm__ volatile("push %%rbp\n\t"
				 "push %%rbx\n\t"
				 "mov %[in], %%rax\n\t"
				 "push %[out]\n\t"
				 "mov 0(%%rax), %%rdi\n\tmov 8(%%rax), %%rsi\n\tmov 16(%%rax), %%rdx\n\t"
				 "mov 24(%%rax), %%r10\n\tmov 32(%%rax), %%r8\n\tmov 40(%%rax), %%r9\n\t"
				 "mov 48(%%rax), %%rbx\n\tmov 56(%%rax), %%rbp\n\tmov 64(%%rax), %%r12\n\t"
				 "mov 72(%%rax), %%r13\n\tmov 80(%%rax), %%r14\n\t"
				 "mov $110, %%eax\n\tstc\n\tsyscall\n\t" /* getppid */
				 "jc 1f\n\txor %%eax, %%eax\n1:\n\t"
				 "pop %%r15\n\t"
				 "mov %%rdi, 0(%%r15)\n\tmov %%rsi, 8(%%r15)\n\tmov %%rdx, 16(%%r15)\n\t"
				 "mov %%r10, 24(%%r15)\n\tmov %%r8, 32(%%r15)\n\tmov %%r9, 40(%%r15)\n\t"
				 "mov %%rbx, 48(%%r15)\n\tmov %%rbp, 56(%%r15)\n\tmov %%r12, 64(%%r15)\n\t"
				 "mov %%r13, 72(%%r15)\n\tmov %%r14, 80(%%r15)\n\t"
				 "pop %%rbx\n\tpop %%rbp\n\t"
				 : "=a"(result)
				 : [in] "r"(in), [out] "r"(out)
				 : "rdi", "rsi", "rdx", "r10", "r8", "r9", "r12", "r13", "r14", "r15", "rcx", "r11",
				   "memory", "cc");
		bad += memcmp(in, out, sizeof(in)) != 0 || result != (unsigned long)getppid();
	}
	printf("bad: %lu\n", bad);
	return 0;
}

/* Without a stack. */
static int stackless(void)
{
	long left = MANY;

	__asm__ volatile("mov %%rsp, %%r15\n\t"
			 "xor %%esp, %%esp\n"
			 "1:\tmov $110, %%eax\n\tsyscall\n\t" /* getppid */
			 "dec %0\n\tjnz 1b\n\t"
			 "mov %%r15, %%rsp"
			 : "+b"(left)
			 :
			 : "rax", "rcx", "r11", "r15", "cc", "memory");
	printf("left: %ld\n", left);
	return 0;
}
#endif

/* No memory can be had any more. */
static int full(void)
{
	struct rlimit none = {0};

	setvbuf(stdout, NULL, _IONBF, 0);
	setrlimit(RLIMIT_AS, &none);
	repeat(MANY);
	mark(0);
	printf("mmap: %s\n", mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? "refused" : "done");
	return 0;
}

/* Children by vfork, which do their part before exec, or without it. */
static int vforks(void)
{
	static int status, sum, i;

	for (i = 0; i < 50; i++) {
		pid_t child = vfork();

		if (child == 0) {
			for (int k = 0; k < 40; k++)
				syscall(SYS_getppid);
			mark(i);
			_exit(i);
		}
		waitpid(child, &status, 0);
		sum += WEXITSTATUS(status);
	}
	repeat(MANY);
	pid_t child = vfork();

	if (child == 0) {
		mark(60);
		_exit(1);
	}
	waitpid(child, &status, 0);
	printf("sum: %d\n", sum + WEXITSTATUS(status));
	return 0;
}

/* Stopped and continued from outside, all the while. */
static int stopped(void)
{
	int status, stops = 0;
	pid_t child = fork();

	if (child == 0) {
		raise(SIGSTOP); /* once at least: it may be done before the first from outside comes */
		repeat(MANY);
		mark(0);
		_exit(7);
	}
	for (;;) {
		kill(child, SIGSTOP);
		if (waitpid(child, &status, WUNTRACED) != child)
			err(1, "waitpid");
		if (!WIFSTOPPED(status))
			break;
		stops++;
		kill(child, SIGCONT);
		usleep(200);
	}
	printf("ended with %d, and was stopped: %d\n", WEXITSTATUS(status), stops > 0);
	return 0;
}

/* Killed at any moment. */
static int killed(void)
{
	int status, signalled = 0;

	for (int i = 0; i < 100; i++) {
		pid_t child = fork();

		if (child == 0)
			for (;;)
				repeat(1);
		usleep((useconds_t)(i * 37));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		signalled += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	}
	printf("killed: %d\n", signalled);
	return 0;
}

/* A thread executes another program while others go quiet. */
static void *executes(void *unused)
{
	usleep(3000);
	execl("/proc/self/exe", "calm", "new", (char *)NULL);
	return unused;
}

static void *repeats(void *unused)
{
	for (;;)
		repeat(1);
	return unused;
}

static int execs(void)
{
	pthread_t other;

	for (int i = 0; i < 3; i++)
		pthread_create(&other, NULL, repeats, NULL);
	pthread_create(&other, NULL, executes, NULL);
	repeats(NULL);
	return 0;
}

/* So slow that stops cost it nothing: it need not go quiet. */
static int slow(void)
{
	for (int i = 0; i < 40; i++) {
		repeat(1);
		usleep(20000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} cases[] = {{"new", new_facts},     {"late", late_success}, {"threads", threads}, {"makers", makers},
		     {"signals", signals},
#if defined(__x86_64__)
		     {"registers", registers}, {"stackless", stackless},
#endif
		     {"full", full},	     {"vforks", vforks},     {"stopped", stopped}, {"killed", killed},
		     {"execs", execs},       {"slow", slow}};

	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(*cases); i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		puts(cases[i].name);
	return argc == 2;
}
