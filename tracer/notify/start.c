/* Starting a command whose calls notify. SPDX-License-Identifier: MIT
 *
 * The process that becomes the command cannot hand the listener over by a message: that call would notify, too, and nobody would
 * answer. So it shares its table of descriptors with the recorder until the filter is installed, and tells the number of the new
 * descriptor through shared memory. */
#include "tracer/notify/start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/process/install.h"
#include "tracer/process/spawn.h"

/* A call that was taken is interrupted by deadly signals only (WAIT_KILLABLE_RECV, Linux 5.19): others would end it with EINTR where
 * a handler has no SA_RESTART. SPEC_ALLOW: watching must not switch on the mitigation that filters imply on old kernels. */
static int install(const struct watch_filter *filter)
{
	const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int fd = filter_install(filter->code, filter->length, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	return fd >= 0 || errno != EINVAL ? fd : filter_install(filter->code, filter->length, flags);
}

static void tell(int report, int step)
{
	struct report r = {.step = step, .error = errno};
	ssize_t n = write(report, &r, sizeof(r));
	_exit(n == (ssize_t)sizeof(r) ? 127 : 126);
}

/* The process, which makes async-signal-safe calls only (but for spawn_takes_name: the recorder has one thread). After the filter its next call waits until the recorder answers
 * notifications, or execve does if the profile knows the others. */
static void become(char *const argv[], const struct watch_filter *filter, struct shared *shared, int report, pid_t recorder)
{
	/* Until then nobody but the recorder knows of this process. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != recorder)
		_exit(127);
	spawn_takes_name();
	int fd = install(filter);
	if (fd < 0)
		tell(report, STEP_FILTER);
	__atomic_store_n(&shared->listener, fd, __ATOMIC_RELEASE);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0); /* it would outlive the exec */
	if (unshare(CLONE_FILES) == 0) {
		__atomic_store_n(&shared->alone, 1, __ATOMIC_RELEASE);
		execvp(argv[0], argv);
	}
	tell(report, STEP_EXEC);
}

static int fail(struct start *s, const char *text, struct error *e)
{
	int rc = error_system(e, "%s", text);
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, __WALL);
	}
	start_close(s);
	return rc;
}

/* Waits until the filter is installed: the process cannot tell by a call, which would wait for us. Returns false where the process has ended or told why it cannot be. */
static bool wait_for_listener(struct start *s)
{
	static const struct timespec moment = {0, 100000};
	struct pollfd told = {.fd = s->report, .events = POLLIN};
	for (;;) {
		s->listener = __atomic_load_n(&s->shared->listener, __ATOMIC_ACQUIRE);
		if (s->listener >= 0)
			return true;
		struct pollfd ended = {.fd = s->pidfd, .events = POLLIN};
		if (ppoll(&told, 1, &moment, NULL) > 0 || poll(&ended, 1, 0) > 0)
			return false;
	}
}

int start_begin(struct start *s, char *const argv[], const struct watch_filter *filter, struct error *e)
{
	struct itimerval timers[3] = {0};
	int report[2];
	*s = (struct start){.pidfd = -1, .listener = -1, .report = -1, .report_end = -1};
	s->shared = mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->shared == MAP_FAILED) {
		s->shared = NULL;
		return error_memory(e);
	}
	s->shared->listener = -1;
	if (pipe2(report, O_CLOEXEC | O_NONBLOCK) != 0)
		return fail(s, "cannot make a pipe", e);
	s->report = report[0];
	s->report_end = report[1];
	pid_t recorder = getpid();
	timers_take(timers);
	s->pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (s->pid == 0) {
		timers_hand_on(timers);
		become(argv, filter, s->shared, report[1], recorder);
	}
	if (s->pid > 0)
		s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	bool listening = s->pidfd >= 0 && wait_for_listener(s);
	struct report r;
	if (!listening && s->pidfd >= 0 && read(s->report, &r, sizeof(r)) == (ssize_t)sizeof(r))
		errno = r.error;
	if (!listening)
		return fail(s,
			    s->pidfd < 0     ? "cannot start a process"
			    : errno == EBUSY ? "listening is not possible here, as a listener watches this process already; record "
					       "with another --mode"
					     : "this system refuses seccomp filters with a listener; record with another --mode",
			    e);
	listener_wake_up_at_once(s->listener);
	return 0;
}

int start_executed(struct start *s, const char *command, struct error *e)
{
	struct report r;
	bool alone = __atomic_load_n(&s->shared->alone, __ATOMIC_ACQUIRE) != 0;
	if (alone && s->report_end >= 0) {
		close(s->report_end); /* until now it was the process's, too */
		s->report_end = -1;
	}
	ssize_t n = read(s->report, &r, sizeof(r));
	if (n == 0)
		return 1;
	struct pollfd ended = {.fd = s->pidfd, .events = POLLIN};
	if (n < 0)
		return alone || poll(&ended, 1, 0) == 0 ? 0 : spawn_was_killed(command, e);
	return spawn_cannot_run(command, r.error, e);
}

void start_close(struct start *s)
{
	const int all[] = {s->pidfd, s->listener, s->report, s->report_end};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
	if (s->shared != NULL)
		munmap(s->shared, sizeof(*s->shared));
	*s = (struct start){.pidfd = -1, .listener = -1, .report = -1, .report_end = -1};
}
