/* Programs that aim at their parent, which is the recorder where they are recorded, and the parent that they think they
 * have. SPDX-License-Identifier: MIT
 *
 *     aimed parent COMMAND…    runs it, and says which signals come meanwhile
 *     aimed receive            says which signals come, until SIGRTMAX, which comes last: what is pending is delivered in order
 *     aimed send PID           sends it every signal once
 *     aimed queue PID          sends it signals with values, and SIGRTMAX
 *     aimed CASE [PID]         what a case does to its parent, or to the process */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#define SYS_pidfd_open 434
#endif

static pid_t target;
static int written = 1; /* a child may change that of its parent */

static const char *outcome(long result)
{
	return result < 0 ? strerror(errno) : "done";
}

static void rest(void)
{
	nanosleep(&(struct timespec){0, 20000000}, NULL);
}

/* Blocked are all, so that what comes waits for its turn. Those of the C library's own cannot be. */
static void block_all(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, before);
}

static void say(int signal, const siginfo_t *info)
{
	if (signal > 0 && signal != SIGCHLD)
		printf("signal %d, code %d, value %d\n", signal, info->si_code, info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
}

/* Says which signals come, until `last`. */
static void listen_until(int last)
{
	sigset_t all;
	siginfo_t info;

	sigfillset(&all);
	for (int signal = 0; signal != last;) {
		signal = sigwaitinfo(&all, &info);
		say(signal, &info);
	}
}

/* And which have come already. */
static void listen_to_the_rest(void)
{
	sigset_t all;
	siginfo_t info;

	sigfillset(&all);
	for (int signal = 0; signal >= 0;) {
		signal = sigtimedwait(&all, &info, &(struct timespec){0});
		say(signal, &info);
	}
}

static int be_parent(char **command)
{
	sigset_t before;
	int status;

	char address[32];

	snprintf(address, sizeof(address), "%p", (void *)&written);
	setenv("AIMED_AT", address, 1);
	block_all(&before);
	pid_t child = fork();

	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	do
		listen_until(SIGCHLD);
	while (waitpid(child, &status, WNOHANG) != child);
	listen_to_the_rest();
	printf("the child ended with %d, and wrote %d\n", WEXITSTATUS(status), written);
	return 0;
}

/* All that can be caught, and end or are ignored by default; those of job control are for the parent to see alone. */
static int is_sent(int signal)
{
	return signal != SIGKILL && signal != SIGSTOP && signal != SIGCHLD && signal != SIGCONT && signal != SIGTSTP &&
	       signal != SIGTTIN && signal != SIGTTOU && (signal < 32 || signal >= SIGRTMIN);
}

static void send_each(void)
{
	for (int signal = 1; signal <= SIGRTMAX; signal++)
		if (is_sent(signal) && kill(target, signal) != 0)
			printf("%d: %s\n", signal, strerror(errno));
}

static void queue(int signal, int value)
{
	union sigval v = {.sival_int = value};

	if (sigqueue(target, signal, v) != 0)
		printf("%d: %s\n", signal, strerror(errno));
}

static void queue_some(void)
{
	for (int i = 1; i <= 5; i++)
		queue(SIGRTMIN, i);
	queue(SIGRTMIN + 7, 8);
	queue(SIGRTMIN + 7, 9);
	queue(SIGUSR2, 10);
}

static siginfo_t queued(int signal)
{
	siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = signal;
	return info;
}

/* Every call that sends signals, each with another one, which is queued. */
static void by_each_call(void)
{
	siginfo_t first = queued(SIGRTMIN + 4), second = queued(SIGRTMIN + 5), third = queued(SIGRTMIN + 7);
	char path[64];
	int fd = (int)syscall(SYS_pidfd_open, target, 0);

	snprintf(path, sizeof(path), "/proc/%d", (int)target);
	int folder = open(path, O_RDONLY | O_DIRECTORY);

	printf("kill: %s\n", outcome(syscall(SYS_kill, target, SIGRTMIN + 1)));
	printf("tkill: %s\n", outcome(syscall(SYS_tkill, target, SIGRTMIN + 2)));
	printf("tgkill: %s\n", outcome(syscall(SYS_tgkill, target, target, SIGRTMIN + 3)));
	printf("rt_sigqueueinfo: %s\n", outcome(syscall(SYS_rt_sigqueueinfo, target, SIGRTMIN + 4, &first)));
	printf("rt_tgsigqueueinfo: %s\n", outcome(syscall(SYS_rt_tgsigqueueinfo, target, target, SIGRTMIN + 5, &second)));
	printf("nothing: %s\n", outcome(kill(target, 0)));
	if (fd < 0)
		return;
	printf("pidfd_send_signal: %s\n", outcome(syscall(SYS_pidfd_send_signal, fd, SIGRTMIN + 6, NULL, 0)));
	printf("with information: %s\n", outcome(syscall(SYS_pidfd_send_signal, fd, SIGRTMIN + 7, &third, 0)));
	printf("by a folder: %s\n", outcome(syscall(SYS_pidfd_send_signal, folder, SIGRTMIN + 8, NULL, 0)));
}

static void *in_thread(void *unused)
{
	printf("from a thread: %s\n", outcome(kill(target, SIGUSR1)));
	return unused;
}

static void from_others(void)
{
	pthread_t thread;
	pid_t child = fork();

	if (child == 0) {
		printf("from a child: %s\n", outcome(kill(target, SIGUSR2)));
		_exit(0);
	}
	waitpid(child, NULL, 0);
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, NULL);
}

static void stop_and_continue(void)
{
	printf("SIGSTOP: %s\n", outcome(kill(target, SIGSTOP)));
	rest();
	rest();
	printf("SIGCONT: %s\n", outcome(kill(target, SIGCONT)));
}

/* Who owns a descriptor gets signals when there is something to read. */
static void own(void)
{
	static const char *const ways[] = {"F_SETOWN", "F_SETOWN_EX", "F_SETOWN_EX of a thread", "FIOSETOWN", "SIOCSPGRP", "F_SETOWN, SIGSTOP"};

	for (int i = 0; i < 6; i++) {
		struct f_owner_ex owner = {i == 2 ? F_OWNER_TID : F_OWNER_PID, target};
		int ends[2], id = (int)target;
		long set;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
			err(1, "socketpair");
		if (i == 1 || i == 2)
			set = fcntl(ends[0], F_SETOWN_EX, &owner);
		else if (i == 3 || i == 4)
			set = ioctl(ends[0], i == 3 ? FIOSETOWN : SIOCSPGRP, &id);
		else
			set = fcntl(ends[0], F_SETOWN, target);
		printf("%s: %s\n", ways[i], outcome(set));
		fcntl(ends[0], F_SETSIG, i == 5 ? SIGSTOP : SIGRTMIN + 1 + i);
		fcntl(ends[0], F_SETFL, O_ASYNC);
		printf("written: %d\n", (int)write(ends[1], "x", 1));
		close(ends[0]);
		close(ends[1]);
	}
	rest();
	printf("SIGCONT: %s\n", outcome(kill(target, SIGCONT)));
}

/* A recorder with such limits could neither open nor write its profile. */
static void limit(void)
{
	static const int resources[] = {RLIMIT_NOFILE, RLIMIT_FSIZE};
	struct rlimit now = {0};

	for (int i = 0; i < 2; i++)
		printf("prlimit: %s\n", outcome(prlimit(target, resources[i], &(struct rlimit){1, 1}, NULL)));
	printf("prlimit: %s", outcome(prlimit(target, RLIMIT_NOFILE, NULL, &now)));
	printf(", %d\n", (int)now.rlim_cur);
}

static void overwrite(void)
{
	int two = 2;
	const char *at = getenv("AIMED_AT");
	void *address = NULL;
	struct iovec ours = {&two, sizeof(two)}, theirs = {NULL, sizeof(two)};

	if (at != NULL && sscanf(at, "%p", &address) == 1)
		theirs.iov_base = address;
	printf("process_vm_writev: %s\n", outcome(process_vm_writev(target, &ours, 1, &theirs, 1, 0)));
}

static void end(void)
{
	printf("SIGKILL: %s\n", outcome(kill(target, SIGKILL)));
	rest();
	printf("still here\n");
}

/* A parent that is the recorder would stop for its tracee, and wait for ever. */
static void trace(void)
{
	printf("PTRACE_SEIZE: %s\n", outcome(ptrace(PTRACE_SEIZE, target, NULL, NULL)));
	printf("PTRACE_ATTACH: %s\n", outcome(ptrace(PTRACE_ATTACH, target, NULL, NULL)));
}

/* The same call with its own id, which fails, so often that it may pass; then with a number that the kernel takes for the
 * target's, as it looks at the lower half of a register. */
static void trace_late(void)
{
	long upper = sizeof(long) > 4 ? (long)1 << (sizeof(long) * 8 - 2) : 0;

	for (int i = 0; i < 3000; i++)
		if (ptrace(PTRACE_ATTACH, getpid(), NULL, NULL) >= 0)
			errx(1, "it traces itself");
	printf("PTRACE_ATTACH: %s\n", outcome(syscall(SYS_ptrace, (long)PTRACE_ATTACH, target | upper, 0L, 0L)));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {{"each", send_each}, {"queued", queue_some}, {"calls", by_each_call}, {"others", from_others},
		     {"stop", stop_and_continue}, {"end", end}, {"trace", trace}, {"trace_late", trace_late}, {"limit", limit}, {"overwrite", overwrite}, {"own", own}};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "parent") == 0)
		return be_parent(argv + 2);
	if (strcmp(argv[1], "receive") == 0) {
		block_all(NULL);
		printf("ready\n");
		listen_until(SIGRTMAX);
		return 0;
	}
	target = argc > 2 ? (pid_t)atoi(argv[2]) : getppid();
	if (strcmp(argv[1], "send") == 0 || strcmp(argv[1], "queue") == 0) {
		if (argv[1][0] == 's')
			send_each();
		else
			queue_some();
		return argv[1][0] == 's' ? 0 : kill(target, SIGRTMAX) != 0;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(argv[1], cases[i].name) == 0) {
			cases[i].run();
			return 3;
		}
	return 2;
}
