/* A program whose own filters answer SECCOMP_RET_TRACE, for a tracer that it does not have: the kernel lets such calls
 * fail with ENOSYS (seccomp(2)), and none of them has an effect. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *outcome(long result)
{
	return result < 0 ? strerror(errno) : "went through";
}

/* A filter that answers one call with that action, and allows all others. */
static void install(int how, unsigned call, unsigned action)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {COUNT(code), code};
	long result = how < 0 ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)
			      : syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, how, &program);

	if (result != 0)
		err(1, "seccomp");
}

static void *other_thread(void *go)
{
	char byte;

	if (read(*(int *)go, &byte, 1) != 1)
		err(1, "read");
	printf("another thread's: %s\n", outcome(syscall(SYS_getppid)));
	return NULL;
}

/* In a child, as filters stay. */
static void in_child(const char *title, void (*body)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		printf("%s\n", title);
		body();
		_exit(7);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		err(1, "fork");
	printf("ended with %d\n", WEXITSTATUS(status));
}

static unsigned data;

static void constant(void)
{
	install(0, SYS_getppid, SECCOMP_RET_TRACE | data);
	printf("%u: %s, %s\n", data, outcome(syscall(SYS_getppid)), outcome(syscall(SYS_getppid)));
}

static void by_prctl(void)
{
	install(-1, SYS_getppid, SECCOMP_RET_TRACE);
	printf("%s\n", outcome(syscall(SYS_getppid)));
}

static void late(void)
{
	for (int i = 0; i < 3000; i++)
		syscall(SYS_getppid);
	by_prctl();
	for (int i = 0; i < 3000; i++)
		if (syscall(SYS_getppid) >= 0 || errno != ENOSYS)
			err(1, "getppid");
}

static void older_and_newer(void)
{
	install(0, SYS_getppid, SECCOMP_RET_TRACE | 1);
	install(0, SYS_getuid, SECCOMP_RET_TRACE | 2);
	install(0, SYS_getppid, SECCOMP_RET_TRACE | 3);
	install(0, SYS_geteuid, SECCOMP_RET_ERRNO | EPERM);
	install(0, SYS_geteuid, SECCOMP_RET_TRACE | 4);
	install(0, SYS_getegid, SECCOMP_RET_TRACE | 5);
	install(0, SYS_getegid, SECCOMP_RET_ERRNO | EPERM);
	printf("%s, %s, %s, %s\n", outcome(syscall(SYS_getppid)), outcome(syscall(SYS_getuid)),
	       outcome(syscall(SYS_geteuid)), outcome(syscall(SYS_getegid)));
}

static void descendants(void)
{
	int status;

	install(0, SYS_getppid, SECCOMP_RET_TRACE | 1);
	pid_t child = fork();

	if (child == 0) {
		printf("a child's: %s\n", outcome(syscall(SYS_getppid)));
		char self[] = "/proc/self/exe", again[] = "again";
		execv(self, (char *[]){self, again, NULL});
		err(1, "exec");
	}
	waitpid(child, &status, 0);
	printf("it ended with %d\n", WEXITSTATUS(status));
}

static void threads(void)
{
	int both[2];
	pthread_t thread;

	if (pipe(both) != 0)
		err(1, "pipe");
	pthread_create(&thread, NULL, other_thread, &both[0]);
	install(SECCOMP_FILTER_FLAG_TSYNC, SYS_getppid, SECCOMP_RET_TRACE | 1);
	if (write(both[1], "", 1) != 1)
		err(1, "write");
	pthread_join(thread, NULL);
	printf("this one's: %s\n", outcome(syscall(SYS_getppid)));
}

static void one_thread(void)
{
	int one[2];
	pthread_t thread;

	if (pipe(one) != 0)
		err(1, "pipe");
	pthread_create(&thread, NULL, other_thread, &one[0]);
	install(0, SYS_getppid, SECCOMP_RET_TRACE | 1);
	printf("this one's: %s\n", outcome(syscall(SYS_getppid)));
	if (write(one[1], "", 1) != 1)
		err(1, "write");
	pthread_join(thread, NULL);
}

/* Calls that would do something. */
static void effects(void)
{
	int ends[2];
	struct utsname system = {.sysname = "untouched"};
	char self[] = "/proc/self/exe", again[] = "again";

	if (pipe(ends) != 0)
		err(1, "pipe");
	install(0, SYS_dup3, SECCOMP_RET_TRACE | 0xffff);
	install(0, SYS_execve, SECCOMP_RET_TRACE);
	install(0, SYS_uname, SECCOMP_RET_TRACE);
	install(0, SYS_close, SECCOMP_RET_TRACE);
	install(0, SYS_clone, SECCOMP_RET_TRACE);
	install(0, SYS_gettid, SECCOMP_RET_TRACE);
	printf("dup3: %s\n", outcome(syscall(SYS_dup3, ends[1], 1, 0)));
	printf("uname: %s", outcome(uname(&system)));
	printf(" %s\n", system.sysname);
	printf("close: %s\n", outcome(syscall(SYS_close, 1)));
	printf("clone: %s\n", outcome(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)));
	printf("gettid: %s\n", outcome(syscall(SYS_gettid)));
	printf("execve: %s\n", outcome(execv(self, (char *[]){self, again, NULL})));
}

/* Says that its filter is there, waits for a line, and then makes the call, with and without the filter. */
static void when_told(void)
{
	int ends[2];
	char line[16];
	pthread_t thread;

	if (pipe(ends) != 0)
		err(1, "pipe");
	pthread_create(&thread, NULL, other_thread, &ends[0]);
	install(0, SYS_getppid, SECCOMP_RET_TRACE | 1);
	printf("ready\n");
	if (fgets(line, sizeof(line), stdin) == NULL)
		err(1, "standard input");
	printf("this one's: %s\n", outcome(syscall(SYS_getppid)));
	if (write(ends[1], "", 1) != 1)
		err(1, "write");
	pthread_join(thread, NULL);
}

/* A thread installs the filter for all, while another does what has a recorder give the process a filter of its own. */
static atomic_int meeting;

static void meet(int times, int delay)
{
	meeting++;
	while (meeting < 2 * times)
		;
	for (volatile int i = 0; i < delay; i++)
		;
}

static void *give_up_privileges(void *delay)
{
	meet(1, *(int *)delay);
	syscall(SYS_setresuid, -1, -1, -1);
	meet(2, 0);
	printf("%s", syscall(SYS_getppid) < 0 ? "" : "another thread's went through\n");
	return NULL;
}

static void contended(int times)
{
	for (int i = 0; i < times; i++) {
		pid_t child = fork();
		pthread_t thread;
		int delay = i % 40 * 2000;

		if (child == 0) {
			pthread_create(&thread, NULL, give_up_privileges, &delay);
			meet(1, (39 - i % 40) * 2000);
			install(SECCOMP_FILTER_FLAG_TSYNC, SYS_getppid, SECCOMP_RET_TRACE | 1);
			meet(2, 0);
			pthread_join(thread, NULL);
			printf("%s", syscall(SYS_getppid) < 0 ? "" : "this one's went through\n");
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static const unsigned constants[] = {0, 1, 0x7fff, 0x8000, 0xffff};

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 1 && strcmp(argv[1], "again") == 0) {
		printf("another image's: %s\n", outcome(syscall(SYS_getppid)));
		return 0;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		err(1, "prctl");
	if (argc > 1 && strcmp(argv[1], "wait") == 0) {
		when_told();
		return 0;
	}
	if (argc > 2 && strcmp(argv[1], "contend") == 0) {
		contended(atoi(argv[2]));
		return 0;
	}
	for (size_t i = 0; i < COUNT(constants); i++) {
		data = constants[i];
		in_child("a filter", constant);
	}
	in_child("a filter by prctl", by_prctl);
	in_child("a filter after many calls", late);
	in_child("several filters", older_and_newer);
	in_child("descendants", descendants);
	in_child("threads", threads);
	in_child("one thread", one_thread);
	in_child("effects", effects);
	printf("without one: %s\n", outcome(syscall(SYS_getppid)));
	return 0;
}
