/* The helper that gives a running program its filters: how it starts and ends. SPDX-License-Identifier: MIT */
#include "tracer/deploy/deploy.h"

#include <errno.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "tracer/deploy/tighten.h"
#include "tracer/ptrace/attach.h"

/* Whether this process's children will be in another PID namespace (unshare(2), CLONE_NEWPID). Its first child would be
 * the init of that namespace, and after the child's end no further one can be made. Before the first child the link
 * leads nowhere (pidns_for_children_get, kernel/pid_namespace.c, Linux 4.12). */
static bool children_are_apart(void)
{
	static const char link[] = "/proc/self/ns/pid_for_children";
	char own[64], theirs[64];
	struct stat st;
	ssize_t n = readlink("/proc/self/ns/pid", own, sizeof(own)), m = readlink(link, theirs, sizeof(theirs));
	return n > 0 && lstat(link, &st) == 0 && (n != m || memcmp(own, theirs, (size_t)n) != 0);
}

int deploy_try(const struct watch_filter *filter, struct error *e)
{
	int status = 0;
	if (children_are_apart())
		return error_set(
		    e, ERR_SYSTEM,
		    "the children of this process get their own PID namespace, "
		    "so it cannot start a helper; give unshare --pid also --fork");
	/* No signal at its end: the command must not learn of a child that it did not make. */
	pid_t pid = (pid_t)syscall(SYS_clone, 0L, NULL, NULL, NULL, 0L);
	if (pid == 0) {
		struct sock_fprog program = {.len = (unsigned short)filter->length, .filter = filter->code};
		struct rlimit none = {0};
		setrlimit(RLIMIT_CORE, &none);
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
			_exit(errno < 255 ? errno : 255);
		_exit(0); /* the filter may refuse exit_group: then the process is killed, which is no refusal of the kernel's */
	}
	if (pid < 0)
		return error_system(e, "cannot start a process");
	while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	return errno == 0 ? 0 : error_system(e, "the kernel refuses the filter");
}

/* Separates the helper from the command: from the terminal's signals, and from the command's descriptors and folder. */
static void live_apart(int *fd, int *words)
{
	static const uint64_t all = UINT64_MAX; /* all of them: the C library's function would leave out its own */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a program that was left must not trace the helper */
	signal(SIGCHLD, SIG_DFL);
	setsid();
	/* Moves both above 4, so that copying them to 3 and 4 overwrites neither. */
	*fd = fcntl(*fd, F_DUPFD_CLOEXEC, 5);
	if (*words >= 0)
		*words = fcntl(*words, F_DUPFD_CLOEXEC, 5);
	dup2(*fd, 3);
	dup2(*words, 4);
	close_range(*words >= 0 ? 5 : 4, ~0u, 0);
	*fd = 3;
	*words = *words >= 0 ? 4 : -1;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < 3 && null >= 0; i++)
		dup2(null, i);
	if (null > 4)
		close(null);
	if (chdir("/") != 0)
		return;
}

/* Adds the command, as it waits for the helper. */
static int follow(struct tightening *t, struct error *e)
{
	struct loop *l = &t->loop;
	struct process *first = process_new(l->command, NULL);
	if (first == NULL || tracee_add(&l->tracees, l->command, first) == NULL)
		return error_memory(e);
	first->syscall_stops = true;
	first->deployed.filters = t->filters->installed;
	l->tracees.judge = t->filters->first->lets_through;
	/* It waits in read(2): system-call stops begin at its next stop, and this makes one. */
	ptrace(PTRACE_INTERRUPT, l->command, NULL, NULL);
	return 0;
}

static void help(const struct deployment *d, pid_t command, int fd)
{
	struct error e = {0};
	struct tightening t = {.loop = {.watcher = &tighten_watcher, .command = command}, .filters = d};
	t.loop.self = &t;
	t.words = d->installed ? -1 : STDERR_FILENO;
	char byte;
	long how = attach_options | PTRACE_O_EXITKILL;
	pid_t self = getpid();
	int answer = 0;
	live_apart(&fd, &t.words);
	if (send(fd, &self, sizeof(self), MSG_NOSIGNAL) != sizeof(self) || recv(fd, &byte, 1, 0) != 1)
		_exit(1);
	if (ptrace(PTRACE_SEIZE, command, NULL, (void *)how) != 0)
		answer = errno;
	else if (follow(&t, &e) < 0)
		answer = ENOMEM;
	if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) != sizeof(answer) || answer != 0)
		_exit(1);
	close(fd);
	/* A failure ends this process, and with it everything that it traces (PTRACE_O_EXITKILL). */
	_exit(loop_run(&t.loop, &e) == 0 ? 0 : 1);
}

/* Starts the helper so that it is no child of this process: its parent is a process that ends at once. The first
 * process of a PID namespace gets all orphans and would get the helper back: there the helper is a child that wait(2)
 * does not see without __WCLONE. */
static pid_t start_helper(const struct deployment *d, int ours, int its)
{
	pid_t command = getpid();
	int reaper = 0;
	prctl(PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0);
	if (reaper != 0)
		prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	pid_t between = (pid_t)syscall(SYS_clone, 0L, NULL, NULL, NULL, 0L);
	if (between == 0) {
		close(ours);
		pid_t helper = command == 1 ? 0 : fork();
		if (helper == 0)
			help(d, command, its);
		_exit(helper < 0 ? errno : 0);
	}
	int saved = errno, status = 0;
	while (between > 0 && command != 1 && waitpid(between, &status, __WALL) < 0 && errno == EINTR)
		;
	if (reaper != 0)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	errno = between < 0 ? saved : WEXITSTATUS(status);
	return between < 0 || status != 0 ? -1 : between;
}

/* Permits the helper to trace this process, and waits until it does. The helper is no ancestor, so that Yama must be
 * told of it (Documentation/admin-guide/LSM/Yama.rst); without Yama PR_SET_PTRACER fails with EINVAL. */
static int hand_over(int fd, struct error *e)
{
	pid_t helper;
	int answer = 0;
	bool there = recv(fd, &helper, sizeof(helper), MSG_WAITALL) == sizeof(helper);
	if (there)
		prctl(PR_SET_PTRACER, (unsigned long)helper, 0, 0, 0);
	there = there && send(fd, "", 1, MSG_NOSIGNAL) == 1 &&
		recv(fd, &answer, sizeof(answer), MSG_WAITALL) == sizeof(answer);
	prctl(PR_SET_PTRACER, 0, 0, 0, 0);
	errno = answer;
	if (there && answer == 0)
		return 0;
	if (!there || answer == ENOMEM)
		return error_set(e, ERR_SYSTEM, "the helper that installs the filter has ended");
	return error_system(
	    e, "tracing is not permitted here (a container without the ptrace call, another tracer, or "
	       "kernel.yama.ptrace_scope of 2 or 3), so the filter can only be installed at exec");
}

int deploy_start(const struct deployment *d, struct error *e)
{
	int ends[2], rc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return error_system(e, "cannot make a pair of sockets");
	pid_t started = start_helper(d, ends[0], ends[1]);
	rc = started < 0 ? error_system(e, "cannot start a process") : 0;
	close(ends[1]);
	if (rc == 0)
		rc = hand_over(ends[0], e);
	close(ends[0]);
	return rc;
}
