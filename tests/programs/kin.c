/* Whose child is whose: orphans and their reapers (PR_SET_CHILD_SUBREAPER), a parent's death (PR_SET_PDEATHSIG), CLONE_PARENT
 * once more, what a vfork's parent gets to see meanwhile, stops as SIGCHLD tells them, children that end otherwise than by
 * SIGCHLD. SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t seen;
static int message[2];

static void on_signal(int number)
{
	seen = number;
}

static int ended(pid_t pid, int options)
{
	int status;

	if (waitpid(pid, &status, options) != pid)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static pid_t told(void)
{
	pid_t pid;

	if (read(message[0], &pid, sizeof(pid)) != sizeof(pid))
		err(1, "read");
	return pid;
}
static void tell(pid_t pid)
{
	if (write(message[1], &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
}

/* An orphan becomes the child of the nearest subreaper above it, which is told of its end. */
static void orphans(void)
{
	pid_t reaper = getpid(), maker, orphan;
	int is = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_GET_CHILD_SUBREAPER, &is);
	if ((maker = fork()) == 0) {
		pid_t self = getpid();

		if (fork() == 0) {
			while (getppid() == self)
				usleep(500);
			tell(getpid());
			_exit(getppid() == reaper ? 41 : 42);
		}
		_exit(40);
	}
	printf("a subreaper %d: its child ended with %d,", is, ended(maker, 0));
	orphan = told();
	printf(" its orphan with %d\n", ended(orphan, 0));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* A parent's end is a signal to who asked for it, but not to that one's children. */
static void parents_death(void)
{
	sigset_t set;
	siginfo_t info;
	int none = -1;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid_t maker = fork();

	if (maker == 0) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGUSR1);
			if (fork() == 0) {
				prctl(PR_GET_PDEATHSIG, &none);
				_exit(none);
			}
			int status;

			wait(&status);
			tell(getpid());
			sigwaitinfo(&set, &info);
			tell(info.si_signo * 1000 + WEXITSTATUS(status) * 10 + (info.si_pid > 0));
			_exit(0);
		}
		for (;;)
			pause();
	}
	told();
	kill(maker, SIGKILL);
	printf("the parent ended with %d,", ended(maker, 0));
	pid_t what = told();
	printf(" its child got signal %d (%s), the child's child nothing: %d\n", what / 1000,
	       what % 10 ? "of that process" : "of nobody", what / 10 % 100 == 0);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Siblings by CLONE_PARENT, of a sibling, which ends first. */
static void siblings(void)
{
	pid_t self = getpid(), first = fork();

	if (first == 0) {
		for (int i = 0; i < 3; i++) {
			pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

			if (pid == 0)
				_exit(getppid() == self ? 51 + i : 50);
			tell(pid);
		}
		_exit(54);
	}
	int status = ended(first, 0);

	for (int i = 0; i < 3; i++)
		printf("a sibling ended with %d\n", ended(told(), 0));
	printf("their maker with %d\n", status);
}

/* A signal for a parent in vfork waits until that is over; it has the child's changes. */
static void vfork_and_signals(void)
{
	volatile int in_child = 0;

	signal(SIGUSR2, on_signal);
	seen = 0;
	pid_t child = vfork();

	if (child == 0) {
		kill(getppid(), SIGUSR2);
		usleep(20000);
		in_child = seen == 0 ? 1 : 2;
		_exit(61);
	}
	printf("vfork: the parent's signal came after it: %d, and came: %d; the child ended with %d\n", in_child == 1,
	       seen == SIGUSR2, ended(child, 0));
}

/* SIGCHLD of stops, continuations and ends, and none of stops with SA_NOCLDSTOP. */
static void stops(int flags)
{
	static const int send[] = {SIGSTOP, SIGCONT, SIGTERM};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
	struct timespec soon = {.tv_nsec = 30000000}, late = {.tv_sec = 30};
	sigset_t set;
	siginfo_t info;

	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid_t child = fork();

	if (child == 0)
		for (;;)
			pause();
	for (int i = 0; i < 3; i++) {
		memset(&info, 0, sizeof(info));
		kill(child, send[i]);
		/* The signal first: it tells of a stop by what a wait takes away (do_notify_parent_cldstop, kernel/signal.c). */
		bool comes = flags == 0 || send[i] == SIGTERM;
		if (sigtimedwait(&set, &info, comes ? &late : &soon) == SIGCHLD)
			printf("SIGCHLD of it %d: code %d, status %d;", info.si_pid == child, info.si_code, info.si_status);
		else
			printf("no SIGCHLD;");
		memset(&info, 0, sizeof(info));
		if (waitid(P_PID, (id_t)child, &info, WSTOPPED | WCONTINUED | WEXITED) != 0)
			err(1, "waitid");
		printf(" waitid: code %d, status %d\n", info.si_code, info.si_status);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGCHLD, SIG_DFL);
}

/* A child that ends by another signal than SIGCHLD is waited for with __WCLONE or __WALL alone. */
static void other_signals(void)
{
	signal(SIGUSR1, on_signal);
	seen = 0;
	pid_t child = (pid_t)syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0);

	if (child == 0)
		_exit(71);
	while (seen == 0)
		usleep(500);
	int without = waitpid(child, NULL, 0), error = errno;

	printf("a child that ends by SIGUSR1: %d; wait: %s; with __WCLONE it ended with %d\n", seen == SIGUSR1,
	       without < 0 ? strerror(error) : "ended", ended(child, __WCLONE));
}

static void descriptors(void)
{
	pid_t child = fork();
	siginfo_t info = {0};

	if (child == 0) {
		told();
		_exit(81);
	}
	int fd = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int before = poll(&p, 1, 0);

	tell(0);
	int after = poll(&p, 1, -1), error = waitid(3 /* P_PIDFD */, (id_t)fd, &info, WEXITED);

	printf("a descriptor: %d before its end, %d after it; %d, %d\n", before, after, error, info.si_status);
	error = (int)syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0);
	printf("then: %d, %s\n", error, strerror(errno));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	if (pipe(message) != 0)
		err(1, "pipe");
	orphans();
	parents_death();
	siblings();
	vfork_and_signals();
	stops(0);
	stops(SA_NOCLDSTOP);
	other_signals();
	descriptors();
	return 0;
}
